//! What each rule of the grammar becomes in the tree, and what a message calls it.

use crate::Kind;
use crate::machine::Rule;
use std::sync::LazyLock;

/// What becomes of a rule's pair.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// A node whose text is its own.
    Leaf(Kind),
    /// A node that ends where its last token ends: behind it, pest has read blanks and comments too.
    Branch(Kind),
    /// Not kept, but it may be the last token of a branch.
    Mark,
    Comment,
}

/// The roles of all rules: they are asked for twice a pair, and no guess of a processor hits which rule comes next.
pub(crate) struct Roles(Vec<Role>);

impl Roles {
    /// Found out once a process.
    pub(crate) fn all() -> &'static Self {
        static ALL: LazyLock<Roles> = LazyLock::new(Roles::new);
        &ALL
    }

    fn new() -> Self {
        let rules = Rule::all_rules();
        let count = rules.iter().map(|it| *it as usize + 1).max().unwrap_or(0);
        let mut roles = vec![Role::Mark; count];
        rules.iter().for_each(|it| roles[*it as usize] = role(*it));
        Self(roles)
    }

    /// What becomes of a rule's pair.
    pub(crate) fn of(&self, rule: Rule) -> Role {
        self.0.get(rule as usize).copied().unwrap_or(Role::Mark)
    }
}

/// What rules become, in no order, some of it more than once.
pub(crate) fn kinds() -> Vec<Kind> {
    let kind = |it: &Rule| match role(*it) {
        Role::Leaf(kind) | Role::Branch(kind) => Some(kind),
        Role::Mark | Role::Comment => None,
    };
    Rule::all_rules().iter().filter_map(kind).collect()
}

/// The same, looked for. Silent rules have no pairs, so they never matter.
fn role(rule: Rule) -> Role {
    match rule {
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
        Rule::operator | Rule::sum_operator => Role::Leaf(Kind::Operator),
        Rule::not_ => Role::Leaf(Kind::Not),
        Rule::minus => Role::Leaf(Kind::Minus),
        rule => of_tests(rule),
    }
}

/// The leaves of tests.
fn of_tests(rule: Rule) -> Role {
    match rule {
        Rule::outcome_word => Role::Leaf(Kind::Name),
        Rule::any_state => Role::Leaf(Kind::AnyState),
        Rule::repeat => Role::Leaf(Kind::Repeat),
        Rule::date => Role::Leaf(Kind::Date),
        Rule::clock => Role::Leaf(Kind::Clock),
        Rule::zone => Role::Leaf(Kind::Zone),
        Rule::restart => Role::Leaf(Kind::Restart),
        Rule::often => Role::Leaf(Kind::Often),
        Rule::least => Role::Leaf(Kind::Least),
        Rule::most => Role::Leaf(Kind::Most),
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
        rule => return rarer(rule),
    })
}

/// The same for what stands less often in a source.
fn rarer(rule: Rule) -> Option<Kind> {
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
        Rule::offline => Kind::Offline,
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
        Rule::expr | Rule::sum => Kind::Expr,
        Rule::args => Kind::Args,
        Rule::member => Kind::Member,
        Rule::paren | Rule::embedded => Kind::Paren,
        Rule::by => Kind::By,
        Rule::within => Kind::Within,
        Rule::at_most => Kind::AtMost,
        Rule::negative => Kind::Negative,
        rule => return promised(rule).or_else(|| tested(rule)).or_else(|| bad(rule)),
    })
}

/// What promises are made of.
fn promised(rule: Rule) -> Option<Kind> {
    Some(match rule {
        Rule::require => Kind::Require,
        Rule::always => Kind::CanReach,
        Rule::leads_to => Kind::LeadsTo,
        Rule::follows => Kind::Follows,
        Rule::never => Kind::Never,
        Rule::at_most_of => Kind::AtMostOf,
        Rule::per => Kind::Per,
        _ => return None,
    })
}

/// What tests are made of.
fn tested(rule: Rule) -> Option<Kind> {
    Some(match rule {
        Rule::test => Kind::Test,
        Rule::subject => Kind::Subject,
        Rule::random => Kind::RandomRuns,
        Rule::seed => Kind::Seed,
        Rule::cases => Kind::Cases,
        Rule::case_param => Kind::CaseParam,
        Rule::case => Kind::Case,
        Rule::answers => Kind::Answers,
        Rule::answer => Kind::Answer,
        Rule::later => Kind::Later,
        Rule::advance => Kind::Advance,
        Rule::until => Kind::Until,
        Rule::in_time => Kind::InTime,
        Rule::start => Kind::Start,
        Rule::with => Kind::With,
        Rule::power_off => Kind::PowerOff,
        Rule::other_is => Kind::OtherIs,
        Rule::send => Kind::Send,
        Rule::expect => Kind::Expect,
        Rule::way => Kind::Way,
        Rule::ran => Kind::Ran,
        Rule::emitted => Kind::Emitted,
        Rule::at_moment => Kind::AtMoment,
        Rule::moment => Kind::Moment,
        Rule::times => Kind::Times,
        _ => return None,
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
        Rule::bad_line => Kind::BadLine,
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
        Rule::leads => Some(Kind::Leads),
        Rule::or => Some(Kind::Or),
        Rule::in_ => Some(Kind::In),
        Rule::answers_word => Some(Kind::AnswersWord),
        Rule::then => Some(Kind::Then),
        Rule::for_how_long => Some(Kind::ForHowLong),
        Rule::onward => Some(Kind::Onward),
        Rule::times_word => Some(Kind::TimesWord),
        Rule::EOI => Some(Kind::End),
        _ => match role(rule) {
            Role::Leaf(kind) | Role::Branch(kind) if bad(rule).is_none() => Some(kind),
            _ => None,
        },
    }
}
