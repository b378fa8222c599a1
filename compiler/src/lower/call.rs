//! Watchers and runs: the kind that they call, and its arguments.

use super::{Lower, name};
use crate::ast::{Arg, Call, Expr, ExprKind, Mode, Watcher};
use crate::diagnostic::{Code, Diagnostic};
use machine_grammar::{Kind, Node};

/// What the names of files end with that are forgotten to be texts.
const EXTENSIONS: [&str; 12] = ["bash", "cfg", "conf", "csv", "ini", "json", "py", "sh", "toml", "txt", "yaml", "yml"];

impl<'s> Lower<'_, 's> {
    /// A watcher or run; of a bad one only its name.
    pub(super) fn watcher(&mut self, node: Node<'_, 's>, doc: String) -> Option<Watcher<'s>> {
        let mode = if matches!(node.kind(), Kind::Watch | Kind::BadWatch) { Mode::Watch } else { Mode::Run };
        let name = name(node.find(Kind::Name)?);
        let call = node.find(Kind::Call).and_then(|it| self.call(it));
        let mut modifiers = Vec::with_capacity(1);
        modifiers.extend(node.children().filter_map(|it| self.modifier(it)));
        Some(Watcher { doc, mode, name, call, modifiers, span: node.span() })
    }

    /// A call; nothing if an edit moved its arguments, so that their names stand nowhere.
    pub(super) fn call(&mut self, node: Node<'_, 's>) -> Option<Call<'s>> {
        let mut children = node.children();
        let name = name(children.next()?);
        let mut args = Vec::with_capacity(children.clone().count());
        for arg in children {
            let refused = self.refuse_file_name(arg);
            let arg = self.arg(arg);
            args.extend(arg.map(|it| if refused { faulty(it) } else { it }));
        }
        let moved = args.iter().any(|it| it.name.is_some_and(|name| name.text.is_empty()));
        (!moved).then(|| Call { name, args, span: node.span() })
    }

    /// An argument, with its name if it has one.
    pub(super) fn arg(&mut self, node: Node<'_, 's>) -> Option<Arg<'s>> {
        let mut children = node.children();
        let first = children.next()?;
        Some(match children.next() {
            Some(value) => Arg { name: Some(name(first)), value: self.value(value) },
            None => Arg { name: None, value: self.value(first) },
        })
    }

    /// `file(manifest.json)`: nothing that a watcher is given has fields of such names.
    fn refuse_file_name(&mut self, arg: Node<'_, 's>) -> bool {
        let Some(value) = arg.children().last().filter(|it| it.kind() == Kind::Expr) else { return false };
        let parts: Vec<_> = value.children().take(3).collect();
        let [first, member] = parts.as_slice() else { return false };
        let extension = member.text().trim_start_matches('.');
        let is_file = first.kind() == Kind::Name && member.kind() == Kind::Member && EXTENSIONS.contains(&extension);
        if is_file {
            let quoted = format!("\"{}\"", value.text());
            let headline = format!("`{}` is a text and needs quotes", value.text());
            let told = Diagnostic::new(Code::UNEXPECTED, self.file, value.span(), headline)
                .label("a text without quotes")
                .help(format!("write `{quoted}`"))
                .fix(self.file, value.span(), quoted)
                .certain();
            self.report(told);
        }
        is_file
    }
}

/// The same argument with a value of which nothing is known.
fn faulty(arg: Arg<'_>) -> Arg<'_> {
    Arg { value: Expr { kind: ExprKind::Faulty, span: arg.value.span }, ..arg }
}
