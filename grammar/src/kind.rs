//! What a node of the tree, or a token, can be; and the word that a message calls it.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $word:literal)*) => {
        /// What a node of the tree, or a token, is. Punctuation and keywords without a choice are tokens that the
        /// tree leaves out; they are kinds because an error may expect them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// What a message calls it when it is expected: a keyword or mark in backticks, or a noun with its article.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Kind::$name => $word,)*
                }
            }
        }
    };
}

kinds! {
    /// The whole file: `Doc`, `Use`, `Machine`, `Instance`, `Extern`, `WatcherKind`, `Test` and what could not be read.
    File "a file"
    /// `UsePath` or `Text`.
    Use "`use`"
    /// `std/service`, as written.
    UsePath "a path such as `std/service`"
    /// `Name`, `Params` if written, `Version` if written, `Body`.
    Machine "`machine`"
    /// `Param`, perhaps `BadParam`.
    Params "`(`"
    /// `Name`, `Call`.
    Instance "`machine`"
    /// `Name`, then `Doc`, `States`, `Event`.
    Extern "`extern`"
    /// `Path` for each state.
    States "`states`"
    /// Where a version is expected: the word as written.
    Version "a version"
    /// What stands between the braces of a machine or state: `Doc`, `State`, `Watch`, `Run`, `On`, `After`, `When`,
    /// `Enter`, `Exit`, `Data`, `Fact`, `Secret`, `Limit`, `Event`, `Require`.
    Body "`{`"

    /// `Initial` and `Final` as far as written, `Name`, `Was` if written, `Body` if it has braces.
    State "`state`"
    /// The word `initial`.
    Initial "`initial`"
    /// The word `final`.
    Final "`final`"
    /// `Path` for each former name.
    Was "`was`"
    /// `Name`, `Type` if written, a value.
    Data "`data`"
    /// The same as `Data`.
    Fact "`fact`"
    /// `Name`, `From`, `Text`.
    Secret "`secret`"
    /// `Word`.
    From "`from`"
    /// `Name`, a value, `AcrossFleet` or `OnNode` if written, `Offline` if written behind the former.
    Limit "`limit`"
    /// The words `across fleet`.
    AcrossFleet "`across fleet`"
    /// `Word`.
    Offline "`offline`"
    /// The words `on node`.
    OnNode "`on node`"
    /// `Name`, `Field` in any number, `From` if written.
    Event "`event`"
    /// `Name`, `Call`, then modifiers: `Every` to `Returns`, `UnknownModifier`, `BadModifier`.
    Watch "`watch`"
    /// The same as `Watch`.
    Run "`run`"
    /// `Name`, then `Arg`.
    Call "a kind and its arguments"
    /// A value, or `Name` and a value.
    Arg "an argument"
    /// A value.
    Every "`every`"
    /// A value.
    Splay "`splay`"
    /// A value.
    Timeout "`timeout`"
    /// A value, `UpTo` if written.
    Backoff "`backoff`"
    /// A value.
    UpTo "`up to`"
    /// `Every`.
    Announce "`announce`"
    /// The word `quiet`.
    Quiet "`quiet`"
    /// `Name`, `Wait` if written.
    Under "`under`"
    /// A value.
    Wait "`wait`"
    /// `Name`, `Path`.
    While "`while`"
    /// A value.
    RunAs "`as`"
    /// `Return`.
    Returns "`returns`"
    /// `Name`, `Type`, the default if written.
    Return "a field"
    /// `Word`; all that follows on its line belongs to it.
    UnknownModifier "a modifier"

    /// For each event `Path` and perhaps `Binding` or `Enters`; `Guard` if written, `Goto` or `Stay`, `Label` and
    /// `Actions` if written.
    On "`on`"
    /// `Name`.
    Binding "`(`"
    /// `Path`.
    Enters "`enters`"
    /// A value.
    Guard "`when`"
    /// A value, `Guard` if written, `Goto` or `Stay`, `Label` and `Actions` if written.
    After "`after`"
    /// A value, `Goto` or `Stay`, `Label` and `Actions` if written.
    When "`when`"
    /// `Path`, `Again` if written.
    Goto "`->`"
    /// The word `again`.
    Again "`again`"
    /// The word `stay`.
    Stay "`stay`"
    /// `Name`.
    Label "`as`"
    /// `Name` for each step.
    Path "a name"

    /// `Actions`.
    Enter "`enter`"
    /// `Actions`.
    Exit "`exit`"
    /// `Assign`, `Emit`, `Raise`, `Log`, `Poll`, perhaps `BadAction`.
    Actions "`{`"
    /// `Name`, `AssignMark`, a value.
    Assign "an assignment"
    /// `=`, `+=` or `-=`.
    AssignMark "`=`"
    /// `Name`, then `Arg`.
    Emit "`emit`"
    /// `Name`, then `Arg`.
    Raise "`raise`"
    /// A value.
    Log "`log`"
    /// `Name`.
    Poll "`poll`"

    /// `CanReach`, `LeadsTo`, `Follows`, `Never` or `AtMostOf`.
    Require "`require`"
    /// `Path` for each state.
    CanReach "`always can reach`"
    /// `Path` of the first state, then `Path` for each of the others.
    LeadsTo "`leads to`"
    /// `Path`, `Path`.
    Follows "`never`"
    /// A value.
    Never "`never`"
    /// A value, `Word`, `Per` if written.
    AtMostOf "`at most`"
    /// A value.
    Per "`per`"

    /// `Text`, `Subject`, `RandomRuns` and `Cases` as far as written, then lines: `Answers` to `Expect`, `Doc`,
    /// `BadLine`.
    Test "`test`"
    /// `Name` or `Call`.
    Subject "`for`"
    /// A value, `Seed` if written.
    RandomRuns "`random`"
    /// A value.
    Seed "`seed`"
    /// `CaseParam` once or more, then `Case`.
    Cases "`each`"
    /// `Name`, then `AnyState` or `Type`.
    CaseParam "a name and its type"
    /// The word `state`.
    AnyState "`state`"
    /// Values.
    Case "a case such as `(1, \"a\")`"
    /// `Path`, then `Answer` once or more.
    Answers "`answers`"
    /// `Name`, then `Map`, `Repeat` and `Later` as far as written.
    Answer "an outcome"
    /// `x3`.
    Repeat "`x3`"
    /// A value.
    Later "`after`"
    /// `Until` or a value.
    Advance "`advance`"
    /// A value, `InTime` if written.
    Until "`until`"
    /// A value.
    InTime "`within`"
    /// `Date`, then `Clock` and `Zone` as far as written.
    Start "`start`"
    /// Digits with `-` between them.
    Date "a date such as `2026-01-31`"
    /// Digits with `:` between them.
    Clock "a time of day such as `08:00`"
    /// `Europe/Berlin`.
    Zone "a time zone such as `Europe/Berlin`"
    /// `Name`, a value.
    With "`with`"
    /// A value.
    PowerOff "`power off`"
    /// The word `restart`.
    Restart "`restart`"
    /// `Name`, `Not` if written, `Path`.
    OtherIs "`is`"
    /// `Path`, then `Enters` or `Arg`.
    Send "an event"
    /// `Way`, `Ran`, `Emitted`, `Never`, `AtMoment`, `AtMostOf`, or values.
    Expect "`expect`"
    /// `Path`, once or more.
    Way "`path`"
    /// `Path`, `Times`.
    Ran "`ran`"
    /// `Name`, `Arg` in any number, `Times` if written.
    Emitted "`emitted`"
    /// `Moment`, then values.
    AtMoment "`at`"
    /// `Number`.
    Moment "a duration such as `2m`"
    /// `Often`; or `Number`, with `Least` or `Most` before it if written.
    Times "`once`, `twice`, `never` or `3 times`"
    /// `once`, `twice` or `never`.
    Often "`once`"
    /// The words `at least`.
    Least "`at least`"
    /// The words `at most`.
    Most "`at most`"

    /// Any value but a lone literal, name or map: operands with `Operator` between them, `Not` and `Minus` before them,
    /// `Args` and `Member` behind them, in the order of the text.
    Expr "a value"
    /// What stands between two operands: `==`, `and`, `..`, `not in` and so on.
    Operator "an operator"
    /// The word `not` in front of an operand.
    Not "`not`"
    /// The mark `-` in front of an operand.
    Minus "`-`"
    /// Values: the arguments of the name before.
    Args "`(`"
    /// `Name`: a field of the operand before.
    Member "`.`"
    /// A value between round brackets.
    Paren "`(`"
    /// A text with its quotes.
    Text "a text"
    /// A number with its unit, if any: all characters that hang together.
    Number "a number"
    /// `true` or `false`.
    Boolean "`true` or `false`"
    /// Values.
    List "a list"
    /// `Entry`.
    Map "a map"
    /// `Text`, `Word` or `Name`; then a value.
    Entry "a key"

    /// `Name`, `Param`, `By` if written, then `Doc`, `Outcome`, `Fault`, `Pace`, `Needs`.
    WatcherKind "`watcher`"
    /// `Call`.
    By "`by`"
    /// `Name`, `Type`, `Rest` if written, the default if written.
    Param "a parameter"
    /// The mark `...` of a parameter that takes all further arguments.
    Rest "`...`"
    /// `Name`, `Field`.
    Outcome "`outcome`"
    /// `Name`, `Field`.
    Fault "`fault`"
    /// `Name`, `Type`.
    Field "a field"
    /// `Required` or `Optional`.
    Pace "`every`"
    /// The word `required`.
    Required "`required`"
    /// The word `optional`.
    Optional "`optional`"
    /// `Need`, once or more.
    Needs "`needs`"
    /// A capability as written: `exec(program)`.
    Need "a capability"
    /// `ListOf` and `MapOf` in any number, then `Choice` or `Name`, `Within` if written, `AtMost` in any number.
    Type "a type"
    /// `in A..B`: two of `Number`, `Name`, `Negative` and `Expr`.
    Within "`in`"
    /// `up to N`: `Number`, `Name`, `Negative` or `Expr`.
    AtMost "`up to`"
    /// `Minus`, `Name`.
    Negative "a number"
    /// The words `list of`.
    ListOf "`list of`"
    /// The words `map of`.
    MapOf "`map of`"
    /// `Word`, twice or more.
    Choice "a choice of words"

    /// A name, backticks included.
    Name "a name"
    /// A word that may also be a reserved one.
    Word "a word"
    /// One line of a doc comment, `///` included.
    Doc "a doc comment"

    /// `->`
    Arrow "`->`"
    /// `=`
    Equals "`=`"
    /// `:`
    Colon "`:`"
    /// `,`
    Comma "`,`"
    /// `.`
    Dot "`.`"
    /// `{`
    Open "`{`"
    /// `}`
    Close "`}`"
    /// `(`
    OpenParen "`(`"
    /// `)`
    CloseParen "`)`"
    /// `[`
    OpenBracket "`[`"
    /// `]`
    CloseBracket "`]`"
    /// The word `state`.
    StateWord "`state`"
    /// The word `machine` behind `extern`.
    MachineWord "`machine`"
    /// The word `is`.
    Is "`is`"
    /// The words `leads to`.
    Leads "`leads to`"
    /// The word `or` between states.
    Or "`or`"
    /// The word `in` before cases, or before a zone.
    In "`in`"
    /// The word `answers`.
    AnswersWord "`answers`"
    /// The word `then`.
    Then "`then`"
    /// The word `for` before a duration.
    ForHowLong "`for`"
    /// `>` between states.
    Onward "`>`"
    /// The word `times`.
    TimesWord "`times`"
    /// `..`
    Range "`..`"
    /// The end of the declaration.
    End "the end of the line"

    /// A text that was repaired to read on; an error says so.
    BadText "a text"
    /// A number that was repaired to read on; an error says so.
    BadNumber "a number"
    /// A machine of which only `Name`, and perhaps a `Body`, could be read.
    BadMachine "`machine`"
    /// An instance of which only `Name` could be read.
    BadInstance "`machine`"
    /// A machine outside the sources of which only `Name` could be read.
    BadExtern "`extern`"
    /// What could not be read in it.
    BadExternPart "`states`"
    /// A parameter of a machine that could not be read.
    BadParam "a parameter"
    /// A test that could not be read; perhaps lines.
    BadTest "`test`"
    /// A kind of watcher of which only `Name` could be read.
    BadWatcherKind "`watcher`"
    /// What could not be read between machines; perhaps a `Body`.
    BadItem "a machine"
    /// A state of which `Initial` and `Final`, `Name`, and perhaps a `Body`, could be read.
    BadState "`state`"
    /// A watcher of which only `Name` could be read.
    BadWatch "`watch`"
    /// A run of which only `Name` could be read.
    BadRun "`run`"
    /// A handler of which only the events could be read: `Path`, `Binding`, `Enters`.
    BadOn "`on`"
    /// Data of which only `Name` could be read.
    BadData "`data`"
    /// A fact of which only `Name` could be read.
    BadFact "`fact`"
    /// A secret of which only `Name` could be read.
    BadSecret "`secret`"
    /// A limit of which only `Name` could be read.
    BadLimit "`limit`"
    /// An event of which only `Name` could be read.
    BadEvent "`event`"
    /// A promise that could not be read.
    BadRequire "`require`"
    /// A modifier of which only `Word` could be read.
    BadModifier "a modifier"
    /// An action that could not be read.
    BadAction "an action"
    /// What could not be read inside a body; perhaps a `Body`.
    BadPart "a declaration"
    /// What could not be read inside a kind of watcher.
    BadKindPart "an outcome"
    /// A line of a test that could not be read.
    BadLine "a line of a test"
}

impl Kind {
    /// Whether it stands for text that could not be read; an error of the same parse says why.
    #[must_use]
    pub fn is_bad(self) -> bool {
        matches!(
            self,
            Kind::BadMachine
                | Kind::BadInstance
                | Kind::BadExtern
                | Kind::BadExternPart
                | Kind::BadParam
                | Kind::BadTest
                | Kind::BadWatcherKind
                | Kind::BadItem
                | Kind::BadState
                | Kind::BadWatch
                | Kind::BadRun
                | Kind::BadOn
                | Kind::BadData
                | Kind::BadFact
                | Kind::BadSecret
                | Kind::BadLimit
                | Kind::BadEvent
                | Kind::BadRequire
                | Kind::BadModifier
                | Kind::BadAction
                | Kind::BadPart
                | Kind::BadKindPart
                | Kind::BadLine
        )
    }
}
