//! What lowering says of sources, drawn.

use machine_compiler::diagnostic::Diagnostics;
use machine_compiler::diagnostic::render::{self, Form, Style};
use machine_compiler::lower::lower;
use machine_compiler::source::SourceMap;

/// All that lowering says of a source, drawn.
pub(crate) fn said(text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("m.machine", text);
    let mut sink = Diagnostics::default();
    lower(file, text, &mut sink);
    render::to_string(Form::Rich, &sources, &sink.sorted(), Style::PLAIN)
}

/// The same for several sources.
pub(crate) fn said_of(sources: &[&str]) -> String {
    sources.iter().map(|it| said(it)).collect::<Vec<_>>().join("\n----\n\n")
}

/// The same for lines that stand in a state.
pub(crate) fn said_of_lines(lines: &[&str]) -> String {
    let sources: Vec<String> = lines.iter().map(|it| in_state(it)).collect();
    said_of(&sources.iter().map(String::as_str).collect::<Vec<_>>())
}

fn in_state(lines: &str) -> String {
    let lines = lines.replace('\n', "\n        ");
    format!(
        "machine m 1.0.0 {{\n    initial state a {{\n        watch w = exec(\"./w.sh\") every 1m\n        {lines}\n    }}\n    state b\n}}\n"
    )
}
