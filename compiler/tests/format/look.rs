//! How the canonical form looks.

use crate::formatted;
use insta::assert_snapshot;
use machine_compiler::format::format;
use machine_compiler::source::FileId;

/// The form of lines that stand in a state, without what is around them.
#[track_caller]
fn in_state(lines: &str) -> String {
    let whole = formatted(&format!("machine m 1.0.0 {{ state a {{\n{lines}\n}} }}"));
    let inside = whole.lines().skip(2).map(|it| it.strip_prefix("        ").unwrap_or(it));
    let mut inside: Vec<_> = inside.collect();
    inside.truncate(inside.len() - 2);
    inside.join("\n")
}

#[test]
fn the_example_of_the_book_is_in_its_form() {
    let page = include_str!("../../../docs/fmt.md");
    let (_, rest) = page.split_once("```machine\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("an end");
    assert_eq!(formatted(example), example);
}

#[test]
fn bounds_that_are_calculated() {
    assert_snapshot!(formatted(
        "machine q(most:int,low:int=-1) 1.0.0{data a:int in -low..most*2=0 data b:int in low-1 ..( most -1 )/2=0
         data c:list of string up to most+1 up to max(most,3)=[] final initial state s}"
    ), @"
    machine q(most: int, low: int = -1) 1.0.0 {
        data a: int in -low..most * 2 = 0
        data b: int in low - 1..(most - 1) / 2 = 0
        data c: list of string up to most + 1 up to max(most, 3) = []
        final initial state s
    }
    ");
}

#[test]
fn each_declaration_on_a_line_of_its_own() {
    assert_snapshot!(formatted(
        "machine lamp   1.0.0{initial state dark{watch w=exec(\"./w.sh\")every 10s on w.ok->lit again as on_ after 1m stay}
         final initial
         state lit state gone{}}machine fan 2.0.0-rc1{}"
    ), @r#"
    machine lamp 1.0.0 {
        initial state dark {
            watch w = exec("./w.sh") every 10s
            on w.ok  -> lit again as on_
            after 1m stay
        }
        final initial state lit
        state gone
    }
    machine fan 2.0.0-rc1 {}
    "#);
}

#[test]
fn responses_stand_below_each_other() {
    assert_snapshot!(in_state(
        "on deployer.ok -> monitor
         // A comment between does not matter.
         on deployer.failed, deployer.skipped stay
         after 2h -> deploy again as again_

         on other.ok -> monitor
         watch w = file(\"f\")
         on w.changed -> monitor
         on w.missing stay"
    ), @r#"
    on deployer.ok                       -> monitor
    // A comment between does not matter.
    on deployer.failed, deployer.skipped stay
    after 2h                             -> deploy again as again_

    on other.ok -> monitor
    watch w = file("f")
    on w.changed -> monitor
    on w.missing stay
    "#);
}

#[test]
fn responses_are_not_aligned_where_a_line_would_become_too_long() {
    assert_snapshot!(in_state(
        "on a_watcher_with_a_long_name.ok, another_watcher_with_a_long_name.ok -> a
         after 1m -> a_state_with_a_long_name.and_one_inside_of_it again"
    ), @"
    on a_watcher_with_a_long_name.ok, another_watcher_with_a_long_name.ok -> a
    after 1m -> a_state_with_a_long_name.and_one_inside_of_it again
    ");
}

#[test]
fn comments_behind_lines_stand_below_each_other() {
    assert_snapshot!(in_state(
        "on deployer.ok -> monitor // one
         on deployer.failed stay        // two, which
                                        // goes on here
         // not here
         after 2h -> deploy // three

         watch w = exec(\"./w.sh\") every 1m // four
         state inner { // five
         on a.ok -> b // six
         } // seven
         state other // eight"
    ), @r#"
    on deployer.ok     -> monitor // one
    on deployer.failed stay       // two, which
                                  // goes on here
    // not here
    after 2h           -> deploy  // three

    watch w = exec("./w.sh") every 1m // four
    state inner { // five
        on a.ok -> b // six
    } // seven
    state other // eight
    "#);
}

#[test]
fn comments_stay_before_and_behind_what_they_are_about() {
    assert_snapshot!(formatted(
        "// The licence.


/// What it does.
// Why it does so.
machine // a
m // b
1.0.0
// c
{ // d
    initial // e
    state f // g
    // h
    on // i
        // j
        k.ok // l
        -> m // n
    watch // o
        p = // q
        exec(\"p\") // r
        every // s
        1m
    // t
} // u
// v"
    ), @r#"
    // The licence.

    /// What it does.
    // Why it does so.
    machine // a
        m // b
        1.0.0 {
        // c
        // d
        initial state // e
            f // g
        // h
        on // i
            // j
            k.ok // l
            -> m // n
        watch // o
            p =       // q
            exec("p") // r
            every     // s
            1m
        // t
    } // u
    // v
    "#);
}

#[test]
fn lists_are_broken_when_a_line_has_no_room() {
    assert_snapshot!(in_state(
        "run short = exec(
            \"./on.sh\",
            env: { SPEED: \"low\", },
         )
         run long = exec(\"./on.sh\", \"kitchen\", env: {TOKEN:\"secret\",SPEED:\"low\"}, dir: \"/opt/hvac\", timeout: 5s) every 1m
         run longer = exec(\"./on.sh\", [], {}, env: { TOKEN: \"a text that is rather long\", SPEED: \"and another one\", LEVEL: \"third\" })
         on first_watcher.changed, second_watcher.changed, third_watcher.changed, fourth.missing -> idle as changed"
    ), @r#"
    run short = exec("./on.sh", env: { SPEED: "low" })
    run long = exec(
        "./on.sh",
        "kitchen",
        env: { TOKEN: "secret", SPEED: "low" },
        dir: "/opt/hvac",
        timeout: 5s,
    ) every 1m
    run longer = exec(
        "./on.sh",
        [],
        {},
        env: { TOKEN: "a text that is rather long", SPEED: "and another one", LEVEL: "third" },
    )
    on first_watcher.changed,
        second_watcher.changed,
        third_watcher.changed,
        fourth.missing -> idle as changed
    "#);
}

#[test]
fn a_comment_breaks_the_list_that_it_stands_in() {
    assert_snapshot!(in_state(
        "run start = exec(\"./on.sh\", // the script
            // the room
            \"kitchen\"
            , env: { A: \"1\" } // its environment
         ) // behind
         run bare = exec( // nothing
         )
         on a.ok, // first
            b.ok // second
            -> // third
            c"
    ), @r#"
    run start = exec(
        "./on.sh",       // the script
        // the room
        "kitchen",
        env: { A: "1" }, // its environment
    ) // behind
    run bare = exec( // nothing
    )
    on a.ok, // first
        b.ok // second
        ->   // third
        c
    "#);
}

#[test]
fn kinds_of_watchers() {
    assert_snapshot!(formatted(
        "watcher button ( device:path,hold : duration=500ms, names :string ... , mode: once|twice = once){
         /// Somebody pressed it.
         outcome pressed{count:int long:bool} outcome released {}
         fault gone { reason: absent | unreadable | interrupted | disconnected | unpowered, history: list   of map of string }
         every optional
         needs read(device),exec(program) }"
    ), @"
    watcher button(device: path, hold: duration = 500ms, names: string..., mode: once | twice = once) {
        /// Somebody pressed it.
        outcome pressed { count: int, long: bool }
        outcome released
        fault gone {
            reason: absent | unreadable | interrupted | disconnected | unpowered,
            history: list of map of string,
        }
        every optional
        needs read(device), exec(program)
    }
    ");
}

#[test]
fn empty_lines_are_kept_one_at_a_time_between_declarations() {
    assert_snapshot!(formatted(
        "


machine m 1.0.0 {

    // first


    // second
    state a



    state b {

        on x.y stay

    }
    /// About c.

    state c

    // last

}


"
    ), @"
    machine m 1.0.0 {
        // first

        // second
        state a

        state b {
            on x.y stay
        }
        /// About c.
        state c

        // last
    }
    ");
}

#[test]
fn what_was_written_is_kept() {
    assert_snapshot!(in_state(
        "watch `plain` = exec(\"a\\u{41}\", -3, 2.50, 90s, true) retries  5s every 60s
         on `plain`.failed -> m.a"
    ), @r#"
    watch `plain` = exec("a\u{41}", -3, 2.50, 90s, true) retries  5s every 60s
    on `plain`.failed -> m.a
    "#);
}

#[test]
fn line_breaks_are_plain_and_the_last_line_has_one() {
    assert_eq!(
        formatted("\u{FEFF}// a  \r\nmachine m 1.0.0 {\r\n\tstate a // b\r\n}"),
        "// a\nmachine m 1.0.0 {\n    state a // b\n}\n"
    );
}

#[test]
fn a_source_without_a_machine_is_formatted_too() {
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n\n"), "");
    assert_eq!(formatted("  // only this\n\n\n  // and this"), "// only this\n\n// and this\n");
}

#[test]
fn a_source_with_mistakes_in_its_syntax_has_no_form() {
    let codes = |source: &str| -> Vec<String> {
        let mistakes = format(FileId(0), source).expect_err(source);
        mistakes.iter().map(|it| it.code.to_string()).collect()
    };
    assert_eq!(codes("machine m 1.0.0 { state }"), ["E0101"]);
    assert_eq!(codes("machine m 1.0.0 { state a\n state b /// behind\n state c }"), ["E0101"]);
    assert_eq!(codes("machine m 1.0.0 { state a { after 5q -> a } }"), ["E0110"]);
    assert_eq!(codes("machine m 1.0.0 {"), ["E0102"]);
}
