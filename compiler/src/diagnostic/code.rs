//! Every code, one line each: number, phrase. Numbers go by stage and are never used again for something else.
//!
//! `E01` syntax, `E02` names, `E03` types, `E04` structure of a machine, `E05` limits, `E06` promises and
//! tests, `E07` promises that are not kept; `W` warnings.
//! The page of a code is `codes/CODE.md`; `explain` holds the text and a test holds the four of them together:
//! listed here, explained there by an example that fails with exactly this code, shown by another test, emitted somewhere.

use super::Severity;
use serde::{Serialize, Serializer};

/// A stable code such as `E0203`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// `E0203`.
    pub number: &'static str,
    /// `unknown-outcome`: the same in words, usable wherever the number is.
    pub phrase: &'static str,
}

macro_rules! codes {
    ($($name:ident $number:ident $phrase:literal)*) => {
        impl Code {
            $(
                #[doc = concat!("`", stringify!($number), "` ", $phrase)]
                pub const $name: Self = Self { number: stringify!($number), phrase: $phrase };
            )*
        }

        /// All codes, in the order of their numbers.
        pub const ALL: &[Code] = &[$(Code::$name),*];

        /// The page of each code, in the same order.
        pub(crate) const PAGES: &[&str] = &[$(include_str!(concat!("codes/", stringify!($number), ".md"))),*];
    };
}

codes! {
    UNEXPECTED         E0101 "unexpected-text"
    UNCLOSED_BRACE     E0102 "unclosed-brace"
    MISSPELT_KEYWORD   E0103 "misspelt-keyword"
    UNCLOSED_STRING    E0104 "unclosed-string"
    BAD_ESCAPE         E0105 "bad-escape"
    FORBIDDEN_CHAR     E0106 "forbidden-character"
    NESTED_TOO_DEEP    E0107 "nested-too-deep"
    NOT_TEXT           E0108 "not-text"
    NO_MACHINE         E0109 "no-machine"
    BAD_UNIT           E0110 "bad-unit"
    BRACE_IN_STRING    E0111 "brace-in-string"
    BAD_NUMBER         E0112 "bad-number"
    RESERVED_WORD      E0113 "reserved-word"
    STRAY_BRACE        E0114 "stray-brace"
    SOURCE_TOO_LARGE   E0115 "source-too-large"

    UNKNOWN_STATE      E0201 "unknown-state"
    UNKNOWN_WATCHER    E0202 "unknown-watcher"
    UNKNOWN_OUTCOME    E0203 "unknown-outcome"
    UNKNOWN_KIND       E0204 "unknown-kind"
    UNKNOWN_ARGUMENT   E0205 "unknown-argument"
    UNKNOWN_MODIFIER   E0206 "unknown-modifier"
    DUPLICATE_MACHINE  E0207 "duplicate-machine"
    DUPLICATE_STATE    E0208 "duplicate-state"
    DUPLICATE_WATCHER  E0209 "duplicate-watcher"
    STATE_AS_EVENT     E0210 "state-as-event"
    EVENT_AS_STATE     E0211 "event-as-state"
    HIDDEN_STATE       E0212 "state-needs-its-path"
    UNKNOWN_NAME       E0213 "unknown-name"
    DUPLICATE_ARGUMENT E0214 "duplicate-argument"
    DUPLICATE_KEY      E0215 "duplicate-key"
    INACTIVE_WATCHER   E0216 "watcher-not-active-here"
    DUPLICATE_MODIFIER E0217 "duplicate-modifier"
    MISSING_OUTCOME    E0218 "event-without-outcome"
    OWN_KIND           E0219 "kind-without-a-program"
    DUPLICATE_NAME     E0220 "duplicate-name"
    MISPLACED_DECLARATION E0221 "declaration-inside-a-state"
    UNKNOWN_EVENT      E0222 "unknown-event"
    UNKNOWN_FIELD      E0223 "unknown-field"
    HIDING_NAME        E0224 "name-hides-another"
    UNKNOWN_LIMIT      E0225 "unknown-limit"
    UNKNOWN_MACHINE    E0226 "unknown-machine"
    UNKNOWN_OF_MACHINE E0227 "unknown-state-or-event-of-a-machine"
    UNKNOWN_FUNCTION   E0228 "unknown-function"
    UNKNOWN_WORD       E0229 "unknown-word"
    NOT_DATA           E0230 "not-data"
    UNKNOWN_TYPE       E0231 "unknown-type"
    DUPLICATE_FIELD    E0232 "duplicate-field"
    AMBIGUOUS_WORD     E0233 "data-or-word"
    UNKNOWN_ORIGIN     E0234 "unknown-origin"
    DUPLICATE_KIND     E0235 "duplicate-kind"
    NO_SUCH_SOURCE     E0240 "no-such-file"
    UNKNOWN_STANDARD   E0241 "unknown-standard-template"
    UNUSABLE_SOURCE    E0242 "unusable-file"
    USES_ITSELF        E0243 "file-uses-itself"
    CIRCULAR_USE       E0244 "circular-use"
    USED_TWICE         E0245 "used-twice"
    NAME_COLLISION     E0246 "name-from-two-places"
    EMPTY_EXTERN       E0247 "nothing-said-of-a-machine"
    UNKNOWN_TEMPLATE   E0248 "unknown-template"
    NOT_A_TEMPLATE     E0249 "not-a-template"
    DUPLICATE_PARAMETER E0250 "duplicate-parameter"
    NO_PROGRAM_FAULT   E0251 "program-without-a-fault"
    DUPLICATE_OUTCOME  E0252 "duplicate-outcome"

    WRONG_TYPE         E0301 "wrong-type"
    MISSING_ARGUMENT   E0302 "missing-argument"
    TOO_MANY_ARGUMENTS E0303 "too-many-arguments"
    MISSING_UNIT       E0304 "missing-unit"
    DURATION_RANGE     E0305 "duration-out-of-range"
    UNUSABLE_TEXT      E0306 "unusable-text"
    MISSING_EVERY      E0307 "missing-every"
    EVERY_ON_RUN       E0308 "every-on-run"
    ARGUMENT_ORDER     E0309 "argument-order"
    OPERAND            E0310 "operands-do-not-fit"
    NO_CONDITION       E0311 "not-a-condition"
    DIFFERENT_TYPES    E0312 "different-types"
    OUT_OF_BOUNDS      E0313 "out-of-bounds"
    CERTAIN_FAILURE    E0314 "certain-to-fail"
    EMPTY_RANGE        E0315 "empty-range"
    MISSING_TYPE       E0316 "missing-type"
    SECRET_USE         E0317 "secret-would-be-seen"
    NOT_CONSTANT       E0318 "not-constant"
    EVENT_FIELDS       E0319 "event-fields"
    FAILING_ARGUMENT   E0320 "argument-can-fail"
    NO_RETURNS         E0321 "nothing-returned"
    MODIFIER_VALUE     E0322 "modifier-value"
    TWO_TIMEOUTS       E0323 "two-timeouts"
    FUNCTION_ARGUMENTS E0324 "function-arguments"
    MODIFIER_ON_RUN    E0325 "modifier-on-run"
    UNUSABLE_TYPE      E0326 "unusable-type"
    DIFFERING_FIELDS   E0327 "differing-fields"
    EMPTY_LIMIT        E0328 "empty-limit"
    UNKNOWN_OFFLINE    E0329 "unknown-way-offline"

    BAD_SCHEDULE       E0330 "bad-schedule"
    UNKNOWN_ZONE       E0331 "unknown-time-zone"
    NEVER_COMES        E0332 "schedule-never-comes"
    WINDOWS_OVERLAP    E0333 "windows-overlap"
    SCHEDULE_SPLAY     E0334 "splay-too-long"
    SCHEDULE_USE       E0335 "schedule-misused"
    BAD_BUCKET         E0336 "unusable-bucket-name"
    BAD_KEY            E0337 "unusable-key"

    MISSING_PARAMETER  E0340 "missing-parameter"
    UNKNOWN_PARAMETER  E0341 "unknown-parameter"
    TOO_MANY_PARAMETERS E0342 "too-many-parameters"
    PARAMETER_TWICE    E0343 "parameter-given-twice"
    PARAMETER_ORDER    E0344 "parameter-order"
    LATER_PARAMETER    E0345 "default-uses-later-parameter"
    UNUSABLE_PARAMETER E0346 "unusable-parameter"

    UNANSWERED_FAULT   E0401 "unanswered-fault"
    UNREACHABLE_STATE  E0402 "unreachable-state"
    STUCK_STATE        E0403 "stuck-state"
    UNREACHABLE_HANDLER E0404 "unreachable-handler"
    INSTANT_CYCLE      E0405 "cycle-without-a-wait"
    NO_INITIAL         E0406 "no-initial-state"
    TWO_INITIALS       E0407 "two-initial-states"
    IDLE_TRANSITION    E0408 "transition-to-where-it-is"
    NO_STATES          E0409 "no-states"
    MISSING_VERSION    E0410 "missing-version"
    BAD_VERSION        E0411 "bad-version"
    UNANSWERED_FAILURE E0412 "unanswered-calculation"
    UNRAISED_EVENT     E0413 "event-that-never-happens"
    NEVER_TRUE         E0414 "condition-never-true"
    COVERED_HANDLER    E0415 "handler-covered-by-earlier-ones"
    BAD_WAS            E0416 "earlier-name-in-use"
    LAST_OF_LEAF       E0417 "last-of-a-state-without-states"
    TWO_BLOCKS         E0418 "two-blocks"
    UNANSWERED_SKIP    E0419 "unanswered-skip"
    FAILING_ANSWER     E0420 "answer-that-can-fail"
    NO_OUTCOMES        E0421 "kind-without-outcomes"
    IDLE_CONDITION     E0422 "condition-without-effect"

    TOO_MANY           E0501 "too-many"
    TEXT_TOO_LONG      E0502 "text-too-long"
    UNUSABLE_NAME      E0503 "unusable-machine-name"
    TOO_MANY_STATES    E0504 "too-many-states"
    TOO_MANY_TRANSITIONS E0505 "too-many-transitions"
    KIND_TOO_LARGE     E0506 "kind-too-large"
    TOO_MUCH_MEMORY    E0507 "too-much-memory"

    MISSING_PER        E0601 "promise-without-a-time"
    UNUSABLE_COUNT     E0602 "unusable-count"
    DUPLICATE_TEST     E0603 "duplicate-test"
    NO_EXPECT          E0604 "test-without-expect"
    BAD_START          E0605 "bad-start"
    BAD_CASE           E0606 "bad-case"
    UNUSED_ANSWERS     E0607 "answers-without-use"
    NOT_SENT           E0608 "event-that-cannot-be-sent"
    SEVERAL_WATCHERS   E0609 "watchers-that-differ"
    LATE_PARAMETER     E0610 "parameter-set-too-late"
    NO_ROOM            E0611 "limit-that-cannot-be-so"

    OUT_OF_REACH       E0701 "out-of-reach"
    NEED_NOT_COME      E0702 "need-not-come"
    FORBIDDEN_TRANSITION E0703 "forbidden-transition"
    FORBIDDEN_CASE     E0704 "forbidden-case"
    TOO_OFTEN          E0705 "too-often"

    UNUSED_USE         W0201 "unused-use"
    UNCOVERED_CASE     W0401 "case-that-no-handler-takes"
    ALWAYS_TRUE        W0402 "condition-always-true"
    UNHEARD_EVENT      W0403 "event-that-nothing-answers"
    IDLE_TIMER         W0404 "timer-behind-a-default-timeout"
    RACE               W0405 "order-decides"

    UNDECIDED          W0701 "promise-not-decided"
    KEPT_ON_TIME       W0702 "promise-kept-on-time"
}

impl Code {
    /// The code with this number or phrase; upper and lower case alike.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let matches = |it: &&Self| it.number.eq_ignore_ascii_case(text) || it.phrase.eq_ignore_ascii_case(text);
        ALL.iter().find(matches).copied()
    }

    /// Told by the first letter of the number.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.number.starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.number)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.number)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.number)
    }
}
