use super::*;

const LAMP: &str = "```machine\nmachine lamp 1.0.0 {\n    initial state dark { after 1m -> lit }\n    \
                    state lit { after 1m -> dark }\n}\n```\n";

fn complaints(page: &str) -> Vec<String> {
    check("page", page).complaints
}

#[test]
fn blocks_know_their_place() {
    let page = "a\n```machine x.machine\nb\nc\n```\n````text\n```\n````\n";
    let blocks = page::blocks(page);
    assert_eq!(blocks.len(), 2);
    assert_eq!((blocks[0].language, blocks[0].file_name(), blocks[0].line), ("machine", "x.machine", 2));
    assert_eq!(&page[blocks[0].range.clone()], "b\nc\n");
    assert_eq!(blocks[1].text, "```\n");
}

#[test]
fn what_is_so_is_passed_over() {
    assert_eq!(complaints(&format!("{LAMP}```scenario\nstart | in dark\nafter 2m | -> lit, -> dark\n```\n")), [""; 0]);
}

#[test]
fn what_is_not_so_is_told_with_its_line_and_can_be_updated() {
    let page = format!("{LAMP}```scenario\nstart    | in dark\nafter 1m | -> dark\n```\n");
    let report = check("page", &page);
    assert_eq!(report.complaints, ["page:9: this is what happened:\nstart    | in dark\nafter 1m | -> lit\n"]);
    assert_eq!(report.page, page.replace("-> dark\n```", "-> lit\n```"));
    assert_eq!(complaints(&report.page), [""; 0]);
}

#[test]
fn a_line_that_means_nothing_is_told() {
    let told = complaints(&format!("{LAMP}```scenario\nstart |\nlamp.ok |\n```\n"));
    assert_eq!(told, ["page:7: line 2: lamp.ok: there is no event `lamp.ok`"]);
}

#[test]
fn a_mistake_and_what_is_told_of_it_belong_together() {
    let mistake = LAMP.replace("```machine\n", "```machine error\n").replace("-> dark", "-> drak");
    let told = complaints(&mistake);
    assert_eq!(told, ["page:6: what is said of the last mistake is missing"]);
    let page = check("page", &format!("{mistake}```text\n```\n")).page;
    assert!(page.contains("error[E0201]"), "{page}");
    assert_eq!(complaints(&page), [""; 0]);
    assert_eq!(complaints(&page.replace("drak`", "dark`")).len(), 1, "to the letter");
    assert!(complaints(&LAMP.replace("```machine\n", "```machine error\n"))[0].contains("nothing is told of this"));
    assert!(complaints(&LAMP.replace("-> dark", "-> drak"))[0].contains("this is told of it"));
}

#[test]
fn a_bar_between_quotes_is_none() {
    assert_eq!(value::split(r#"a "b c" [1, 2] d"#, ' '), ["a", r#""b c""#, "[1, 2]", "d"]);
    assert_eq!(value::duration("-1h30m"), Some(-5_400_000));
    assert_eq!(value::duration("12"), None);
}
