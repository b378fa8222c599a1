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
    /// The whole file: `Doc`, `Machine`, `WatcherKind` and what could not be read.
    File "a file"
    /// `Name`, `Version` if written, `Body`.
    Machine "`machine`"
    /// Where a version is expected: the word as written.
    Version "a version"
    /// What stands between the braces of a machine or state: `Doc`, `State`, `Watch`, `Run`, `On`, `After`.
    Body "`{`"

    /// `Initial` and `Final` as far as written, `Name`, `Body` if it has braces.
    State "`state`"
    /// The word `initial`.
    Initial "`initial`"
    /// The word `final`.
    Final "`final`"
    /// `Name`, `Call`, then `Every` and `UnknownModifier`.
    Watch "`watch`"
    /// The same as `Watch`.
    Run "`run`"
    /// `Name`, then `Arg`.
    Call "a kind and its arguments"
    /// A value, or `Name` and a value.
    Arg "an argument"
    /// A value.
    Every "`every`"
    /// `Word`; all that follows on its line belongs to it.
    UnknownModifier "a modifier"

    /// `Path` for each event, `Goto` or `Stay`, `Label` if written.
    On "`on`"
    /// A value, `Goto` or `Stay`, `Label` if written.
    After "`after`"
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

    /// `Name`, `Param`, then `Doc`, `Outcome`, `Fault`, `Pace`, `Needs`.
    WatcherKind "`watcher`"
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
    /// `ListOf` and `MapOf` in any number, then `Choice` or `Name`.
    Type "a type"
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
    /// The end of the declaration.
    End "the end of the line"

    /// A text that was repaired to read on; an error says so.
    BadText "a text"
    /// A number that was repaired to read on; an error says so.
    BadNumber "a number"
    /// A machine of which only `Name`, and perhaps a `Body`, could be read.
    BadMachine "`machine`"
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
    /// A handler of which only the `Path` of each event could be read.
    BadOn "`on`"
    /// What could not be read inside a body; perhaps a `Body`.
    BadPart "a declaration"
    /// What could not be read inside a kind of watcher.
    BadKindPart "an outcome"
}

impl Kind {
    /// Whether it stands for text that could not be read; an error of the same parse says why.
    #[must_use]
    pub fn is_bad(self) -> bool {
        matches!(
            self,
            Kind::BadMachine
                | Kind::BadWatcherKind
                | Kind::BadItem
                | Kind::BadState
                | Kind::BadWatch
                | Kind::BadRun
                | Kind::BadOn
                | Kind::BadPart
                | Kind::BadKindPart
        )
    }
}
