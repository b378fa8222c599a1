//! From pest's tokens to the tree, in one pass.

use crate::machine::Rule;
use crate::patch::Patched;
use crate::tree::{Entry, Tree};
use crate::{Kind, Span};
use pest::Token;
use pest::iterators::Pairs;

/// What becomes of a rule's pair.
enum Role {
    /// A node whose text is its own.
    Leaf(Kind),
    /// A node that ends where its last token ends: behind it, pest has read blanks and comments too.
    Branch(Kind),
    /// Not kept, but it may be the last token of a branch.
    Mark,
    Comment,
}

/// Nodes and comments of a text, spans in that text.
#[derive(Clone)]
pub(crate) struct Converted {
    nodes: Vec<Entry>,
    comments: Vec<Span>,
    /// Some of it could not be read.
    pub(crate) damaged: bool,
}

impl Converted {
    pub(crate) fn new(pairs: Pairs<'_, Rule>) -> Self {
        let tokens = pairs.tokens();
        let mut builder = Builder::with_capacity(tokens.len());
        for token in tokens {
            match token {
                Token::Start { rule, pos } => builder.start(role(rule), pos.pos()),
                Token::End { rule, pos } => builder.end(role(rule), pos.pos()),
            }
        }
        builder.done
    }

    /// The tree over the text that was parsed.
    pub(crate) fn into_tree(self, source: &str) -> Tree<'_> {
        Tree::new(source, self.nodes, self.comments)
    }

    pub(crate) fn has_comments(&self) -> bool {
        !self.comments.is_empty()
    }

    /// The same for a stretch of a source that was parsed by itself.
    pub(crate) fn into_tree_at(mut self, source: &str, offset: u32) -> Tree<'_> {
        let spans = self.nodes.iter_mut().map(|it| &mut it.span).chain(&mut self.comments);
        spans.for_each(|it| (it.start, it.end) = (it.start + offset, it.end + offset));
        self.into_tree(source)
    }

    /// The tree over the source, of which the parsed text is an edited copy.
    pub(crate) fn into_tree_of<'s>(mut self, source: &'s str, patched: &Patched) -> Tree<'s> {
        for node in &mut self.nodes {
            let (span, changed) = patched.original_span(node.span);
            node.span = span;
            node.kind = match node.kind {
                Kind::Text if changed => Kind::BadText,
                Kind::Number if changed => Kind::BadNumber,
                kind => kind,
            };
        }
        for comment in &mut self.comments {
            *comment = patched.original_span(*comment).0;
        }
        Tree::new(source, self.nodes, self.comments)
    }
}

struct Builder {
    done: Converted,
    /// Indices of the nodes that are not at their end yet.
    open: Vec<usize>,
    /// Where the last token ended.
    last: u32,
}

impl Builder {
    fn with_capacity(tokens: usize) -> Self {
        let done = Converted { nodes: Vec::with_capacity(tokens / 2), comments: Vec::new(), damaged: false };
        Self { done, open: Vec::with_capacity(64), last: 0 }
    }

    fn start(&mut self, role: Role, at: usize) {
        if let Role::Leaf(kind) | Role::Branch(kind) = role {
            self.open.push(self.done.nodes.len());
            self.done.nodes.push(Entry { span: Span::new(at, at), end: 0, kind });
            self.done.damaged |= kind.is_bad();
        } else if let Role::Comment = role {
            self.done.comments.push(Span::new(at, at));
        }
    }

    fn end(&mut self, role: Role, at: usize) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        match role {
            Role::Mark => self.last = at,
            Role::Comment => self.end_comment(at),
            Role::Leaf(_) => {
                self.last = at;
                self.end_node();
            }
            Role::Branch(_) => self.end_node(),
        }
    }

    fn end_node(&mut self) {
        let count = u32::try_from(self.done.nodes.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.open.pop().and_then(|index| self.done.nodes.get_mut(index)) {
            node.end = count;
            node.span.end = self.last.max(node.span.start);
        }
    }

    fn end_comment(&mut self, at: u32) {
        if let Some(comment) = self.done.comments.last_mut() {
            comment.end = at;
        }
    }
}

/// What becomes of a rule's pair. Silent rules have none, so they never come here.
fn role(rule: Rule) -> Role {
    match rule {
        // The most frequent of those that are only marks; the others are found below.
        Rule::open_paren | Rule::close_paren | Rule::open | Rule::close | Rule::arrow | Rule::equals | Rule::comma => {
            Role::Mark
        }
        Rule::comment => Role::Comment,
        Rule::doc => Role::Leaf(Kind::Doc),
        Rule::name | Rule::enum_word => Role::Leaf(Kind::Name),
        Rule::word => Role::Leaf(Kind::Word),
        Rule::version => Role::Leaf(Kind::Version),
        Rule::initial => Role::Leaf(Kind::Initial),
        Rule::final_ => Role::Leaf(Kind::Final),
        Rule::again => Role::Leaf(Kind::Again),
        Rule::stay => Role::Leaf(Kind::Stay),
        Rule::string => Role::Leaf(Kind::Text),
        Rule::number => Role::Leaf(Kind::Number),
        Rule::boolean => Role::Leaf(Kind::Boolean),
        Rule::rest => Role::Leaf(Kind::Rest),
        Rule::required => Role::Leaf(Kind::Required),
        Rule::optional => Role::Leaf(Kind::Optional),
        Rule::need => Role::Leaf(Kind::Need),
        Rule::list_of => Role::Leaf(Kind::ListOf),
        Rule::map_of => Role::Leaf(Kind::MapOf),
        Rule::use_path => Role::Leaf(Kind::UsePath),
        Rule::across_fleet => Role::Leaf(Kind::AcrossFleet),
        Rule::on_node => Role::Leaf(Kind::OnNode),
        Rule::quiet => Role::Leaf(Kind::Quiet),
        Rule::assign_mark => Role::Leaf(Kind::AssignMark),
        Rule::operator => Role::Leaf(Kind::Operator),
        Rule::not_ => Role::Leaf(Kind::Not),
        Rule::minus => Role::Leaf(Kind::Minus),
        rule => branch(rule).map_or(Role::Mark, Role::Branch),
    }
}

fn branch(rule: Rule) -> Option<Kind> {
    Some(match rule {
        Rule::file => Kind::File,
        Rule::machine => Kind::Machine,
        Rule::body => Kind::Body,
        Rule::state => Kind::State,
        Rule::watch => Kind::Watch,
        Rule::run => Kind::Run,
        Rule::call => Kind::Call,
        Rule::arg => Kind::Arg,
        Rule::every => Kind::Every,
        Rule::unknown_modifier => Kind::UnknownModifier,
        Rule::on => Kind::On,
        Rule::after => Kind::After,
        Rule::goto => Kind::Goto,
        Rule::label => Kind::Label,
        Rule::path => Kind::Path,
        Rule::list => Kind::List,
        Rule::map => Kind::Map,
        Rule::entry => Kind::Entry,
        Rule::kind => Kind::WatcherKind,
        Rule::param => Kind::Param,
        Rule::outcome => Kind::Outcome,
        Rule::fault => Kind::Fault,
        Rule::field => Kind::Field,
        Rule::pace => Kind::Pace,
        Rule::needs => Kind::Needs,
        Rule::type_ => Kind::Type,
        Rule::choice => Kind::Choice,
        rule => return whole_language(rule),
    })
}

fn whole_language(rule: Rule) -> Option<Kind> {
    Some(match rule {
        Rule::use_ => Kind::Use,
        Rule::template => Kind::Params,
        Rule::instance => Kind::Instance,
        Rule::extern_ => Kind::Extern,
        Rule::states => Kind::States,
        Rule::was => Kind::Was,
        Rule::data => Kind::Data,
        Rule::fact => Kind::Fact,
        Rule::secret => Kind::Secret,
        Rule::from => Kind::From,
        Rule::limit => Kind::Limit,
        Rule::event => Kind::Event,
        Rule::splay => Kind::Splay,
        Rule::timeout => Kind::Timeout,
        Rule::backoff => Kind::Backoff,
        Rule::up_to => Kind::UpTo,
        Rule::announce => Kind::Announce,
        Rule::under => Kind::Under,
        Rule::wait => Kind::Wait,
        Rule::while_ => Kind::While,
        Rule::run_as => Kind::RunAs,
        Rule::returns => Kind::Returns,
        Rule::return_ => Kind::Return,
        Rule::binding => Kind::Binding,
        Rule::enters => Kind::Enters,
        Rule::guard => Kind::Guard,
        Rule::when => Kind::When,
        Rule::enter => Kind::Enter,
        Rule::exit => Kind::Exit,
        Rule::actions => Kind::Actions,
        Rule::assign => Kind::Assign,
        Rule::emit => Kind::Emit,
        Rule::raise => Kind::Raise,
        Rule::log => Kind::Log,
        Rule::poll => Kind::Poll,
        Rule::expr => Kind::Expr,
        Rule::args => Kind::Args,
        Rule::member => Kind::Member,
        Rule::paren | Rule::embedded => Kind::Paren,
        Rule::by => Kind::By,
        Rule::within => Kind::Within,
        Rule::at_most => Kind::AtMost,
        Rule::negative => Kind::Negative,
        rule => return bad(rule),
    })
}

fn bad(rule: Rule) -> Option<Kind> {
    Some(match rule {
        Rule::bad_machine => Kind::BadMachine,
        Rule::bad_kind => Kind::BadWatcherKind,
        Rule::bad_item => Kind::BadItem,
        Rule::bad_state => Kind::BadState,
        Rule::bad_watch => Kind::BadWatch,
        Rule::bad_run => Kind::BadRun,
        Rule::bad_on => Kind::BadOn,
        Rule::bad_other => Kind::BadPart,
        Rule::bad_kind_part => Kind::BadKindPart,
        Rule::bad_instance => Kind::BadInstance,
        Rule::bad_extern => Kind::BadExtern,
        Rule::bad_extern_part => Kind::BadExternPart,
        Rule::bad_param => Kind::BadParam,
        Rule::bad_test => Kind::BadTest,
        Rule::bad_data => Kind::BadData,
        Rule::bad_fact => Kind::BadFact,
        Rule::bad_secret => Kind::BadSecret,
        Rule::bad_limit => Kind::BadLimit,
        Rule::bad_event => Kind::BadEvent,
        Rule::bad_require => Kind::BadRequire,
        Rule::bad_modifier => Kind::BadModifier,
        Rule::bad_action => Kind::BadAction,
        _ => return None,
    })
}

/// What a message calls a rule that was expected; `None` for rules of recovery, which nobody has to write.
pub(crate) fn expected(rule: Rule) -> Option<Kind> {
    match rule {
        Rule::arrow => Some(Kind::Arrow),
        Rule::equals => Some(Kind::Equals),
        Rule::colon => Some(Kind::Colon),
        Rule::comma => Some(Kind::Comma),
        Rule::dot => Some(Kind::Dot),
        Rule::open => Some(Kind::Open),
        Rule::close => Some(Kind::Close),
        Rule::open_paren => Some(Kind::OpenParen),
        Rule::close_paren => Some(Kind::CloseParen),
        Rule::open_bracket => Some(Kind::OpenBracket),
        Rule::close_bracket => Some(Kind::CloseBracket),
        Rule::state_word => Some(Kind::StateWord),
        Rule::machine_word => Some(Kind::MachineWord),
        Rule::is => Some(Kind::Is),
        Rule::range => Some(Kind::Range),
        Rule::EOI => Some(Kind::End),
        _ => match role(rule) {
            Role::Leaf(kind) | Role::Branch(kind) if bad(rule).is_none() => Some(kind),
            _ => None,
        },
    }
}
