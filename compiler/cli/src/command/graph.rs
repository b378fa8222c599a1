//! `machinec graph`: machines as pictures.

use super::Verdict;
use crate::args::{Color, Drawing, Format, Graph, Reporting};
use crate::error::Error;
use crate::output;
use crate::report::{Report, counted};
use crate::sources::Loaded;
use machine_compiler::diagnostic::{Severity, suggest};
use machine_compiler::graph::coverage::Coverage;
use machine_compiler::graph::{self, Chart, Marks};
use machine_compiler::source::SourceMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) fn run(it: &Graph, color: Color) -> Result<Verdict, Error> {
    let loaded = Loaded::with_used(&it.files);
    let reporting = Reporting { format: Format::Rich, quiet: true };
    let mut report = Report::new(&reporting, color);
    report.files(&loaded)?;
    if report.has_errors() && loaded.named().next().is_none() {
        return Ok(Verdict::Mistakes);
    }
    let charts = charts(it, &loaded)?;
    let pictures: Vec<_> = charts.iter().map(|chart| Ok((chart, picture(it, chart)?))).collect::<Result<_, Error>>()?;
    write(it, &pictures)?;
    mistakes(&loaded.sources);
    Ok(if report.has_errors() { Verdict::Mistakes } else { Verdict::Fine })
}

/// What is drawn: one machine, unless the pictures go into a folder.
fn charts(it: &Graph, loaded: &Loaded) -> Result<Vec<Chart>, Error> {
    if let Some(name) = &it.machine {
        let found = graph::chart(&loaded.sources, name);
        return found.map(|it| vec![it]).ok_or_else(|| no_such_machine(name, &graph::names(&loaded.sources)));
    }
    let charts = graph::charts(&loaded.sources);
    match charts.as_slice() {
        [] => Err(Error::no_machine("draw", loaded)),
        [_] => Ok(charts),
        _ if it.output.as_deref().is_some_and(is_folder) => Ok(charts),
        many => Err(several(&many.iter().map(|it| it.name.as_str()).collect::<Vec<_>>())),
    }
}

/// The machine that was asked for is not there.
pub(super) fn no_such_machine(name: &str, names: &[String]) -> Error {
    let near = suggest::nearest(name, names.iter().map(String::as_str));
    let all: Vec<_> = names.iter().map(|it| format!("`{it}`")).collect();
    let help = match (near, all.as_slice()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "the files have no machine at all".to_owned(),
        (None, all) => format!("there is {}", all.join(", ")),
    };
    Error::Said { what: format!("there is no machine `{name}`"), help }
}

fn several(names: &[&str]) -> Error {
    let all: Vec<_> = names.iter().map(|it| format!("`{it}`")).collect();
    Error::Said {
        what: format!("a picture shows one machine, and there are {}: {}", names.len(), all.join(", ")),
        help: format!("name one of them, `--machine {}`, or a folder for all of them, `-o pictures/`", names[0]),
    }
}

fn picture(it: &Graph, chart: &Chart) -> Result<String, Error> {
    let marks = marks(it, chart)?;
    Ok(match it.format {
        Drawing::Svg => graph::svg(chart, &marks),
        Drawing::Dot => graph::dot(chart, &marks),
        Drawing::Mermaid => graph::mermaid(chart, &marks),
    })
}

fn marks(it: &Graph, chart: &Chart) -> Result<Marks, Error> {
    if let Some(path) = &it.path {
        let words: Vec<_> = path.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
        return Marks::path(chart, &words).map_err(|it| Error::Said { what: it.what, help: it.help });
    }
    let Some(path) = &it.coverage else { return Ok(Marks::default()) };
    let text = fs::read_to_string(path).map_err(|it| Error::read(path, it))?;
    let all = Coverage::read(&text).map_err(|error| Error::Said {
        what: format!("`{}` does not tell where tests went: {error}", crate::error::shown(path)),
        help: "name a file that `machinec test --coverage-file FILE` wrote".to_owned(),
    })?;
    // Instances are tested as what they are made of.
    let of = |name: &str| all.iter().find(|it| it.machine == name);
    match of(&chart.name).or_else(|| of(&chart.declared)) {
        Some(own) => Ok(Marks::coverage(chart, own)),
        // One of many may have no tests.
        None if it.output.as_deref().is_some_and(is_folder) => Ok(Marks::coverage(chart, &Coverage::default())),
        None => Err(not_tested(path, chart, &all)),
    }
}

/// The file is about other machines.
fn not_tested(path: &Path, chart: &Chart, all: &[Coverage]) -> Error {
    let names: Vec<_> = all.iter().map(|it| format!("`{}`", it.machine)).collect();
    let about = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    Error::Said {
        what: format!("`{}` does not tell where tests of `{}` went", crate::error::shown(path), chart.name),
        help: format!("it is about {about}; write another one with `machinec test --coverage-file FILE`"),
    }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.to_string_lossy().ends_with('/')
}

fn write(it: &Graph, pictures: &[(&Chart, String)]) -> Result<(), Error> {
    let Some(target) = &it.output else {
        return pictures.iter().try_for_each(|it| output::print(&it.1));
    };
    if is_folder(target) {
        fs::create_dir_all(target).map_err(|it| Error::write(target, it))?;
    }
    for (at, (chart, picture)) in pictures.iter().enumerate() {
        let before = pictures[..at].iter().filter(|it| it.0.name == chart.name).count();
        let name = file_name(chart, before, it.format);
        if before > 0 {
            output::say(&format!("there are several machines `{}`: this one is in `{name}`\n", chart.name));
        }
        let path = if is_folder(target) { target.join(name) } else { PathBuf::from(target) };
        fs::write(&path, picture).map_err(|it| Error::write(&path, it))?;
    }
    Ok(())
}

/// `lamp.svg`; after another of this name `lamp_2.svg`.
fn file_name(chart: &Chart, before: usize, format: Drawing) -> String {
    let end = match format {
        Drawing::Svg => "svg",
        Drawing::Dot => "dot",
        Drawing::Mermaid => "mmd",
    };
    let number = if before > 0 { format!("_{}", before + 1) } else { String::new() };
    format!("{}{number}.{end}", chart.name.replace('/', "_"))
}

/// That something is wrong with what was drawn; what, another command tells.
fn mistakes(sources: &SourceMap) {
    let errors = machine_compiler::check(sources).iter().filter(|it| it.severity() == Severity::Error).count();
    if errors > 0 {
        output::say(&format!("the source has {}, which `machinec check` tells\n", counted(errors, "mistake")));
    }
}
