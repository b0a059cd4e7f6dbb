//! Goal: adverts are found and honest texts are not. Method: texts of our own of both sorts, Chinese and English, each examined as a
//! document and, where it is one paragraph, as an event's text; the honest ones hold the words that adverts hold.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use texts::{Form, TextCode, TextFinding};

const ABUSIVE: &str = include_str!("fixtures/abusive.txt");
const HONEST: &str = include_str!("fixtures/honest.txt");

/// The records of a file: head line and text.
fn records(file: &str) -> Vec<(&str, &str)> {
    file.split("### ").skip(1).map(|record| record.split_once('\n').unwrap()).collect()
}

fn codes(findings: &[TextFinding]) -> Vec<&'static str> {
    findings.iter().map(|f| f.code.code()).collect()
}

#[test]
fn adverts_are_found() {
    let mut missed = Vec::new();
    for (head, text) in records(ABUSIVE) {
        let code = head.split(' ').next().unwrap();
        let findings = texts::scan(text, Form::Plain);
        if !codes(&findings).contains(&code) {
            missed.push(format!("{head}: {:?}", codes(&findings)));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn adverts_are_found_in_events() {
    let mut missed = Vec::new();
    for (head, text) in records(ABUSIVE) {
        let code = head.split(' ').next().unwrap();
        let of_documents = ["TXT02", "TXT06"].contains(&code);
        if !of_documents && !codes(&texts::examine(text)).contains(&code) {
            missed.push(head);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn honest_texts_are_not_accused() {
    let mut accused = Vec::new();
    for (head, text) in records(HONEST) {
        for finding in texts::scan(text, Form::Plain).iter().chain(&texts::examine(text)) {
            accused.push(format!("{head}: {} {:?}", finding.code.code(), finding.reasons));
        }
    }
    assert!(accused.is_empty(), "{accused:#?}");
}

#[test]
fn there_are_enough_of_both() {
    for code in TextCode::ALL {
        assert!(ABUSIVE.contains(&format!("### {}", code.code())), "{}", code.code());
    }
    assert!(records(ABUSIVE).len() >= 24 && records(HONEST).len() >= 24);
}

#[test]
fn an_article_stays_when_what_was_glued_to_it_is_cut() {
    for (head, text) in records(ABUSIVE).iter().filter(|(head, _)| head.starts_with("TXT02")) {
        let findings = texts::scan(text, Form::Plain);
        let cuts = texts::cuts(&findings);
        assert_eq!(cuts.len(), 1, "{head}");
        let chars: Vec<char> = text.chars().collect();
        let cut: String = chars[cuts[0].start..cuts[0].end].iter().collect();
        let left: String = chars[..cuts[0].start].iter().chain(&chars[cuts[0].end..]).collect();
        assert!(!cut.contains('。'), "{head}: the article's sentences stay: {cut}");
        assert!(!left.contains("400-000") && !left.contains("娱乐城"), "{head}: {left}");
    }
}

#[test]
fn the_same_in_html_stands_at_the_same_words() {
    let page = "<html><head><script>var a = '刷粉自助下单24小时';</script></head><body>\n<p>今天天气很好，我们去公园散步。</p>\
        <ul><li><a href=\"/1\">抖音刷粉自助下单平台，<b>24小时</b>秒到账</a></li></ul>&nbsp;</body></html>";
    assert_eq!(Form::guess(page), Form::Html);
    let findings = texts::scan(page, Form::Html);
    assert_eq!(codes(&findings), ["TXT03"]);
    let span = findings[0].spans[0];
    let quoted: String = page.chars().skip(span.start).take(span.end - span.start).collect();
    assert!(quoted.starts_with("抖音刷粉") && quoted.ends_with("秒到账"), "{quoted}");
}

#[test]
fn hostile_texts_end_and_scores_are_shares() {
    let hostile = [
        String::new(),
        "\u{200b}".repeat(5_000),
        "1".repeat(5_000),
        "1 ".repeat(5_000),
        "加薇信".repeat(3_000),
        "<".repeat(5_000),
        "<a ".repeat(2_000),
        "&#".repeat(3_000),
        "“".repeat(3_000),
        "刷粉 24小时 5元 ".repeat(1_000),
        "刷粉 24小时 5元\n".repeat(1_000),
        "渭南市大荔县、".repeat(2_000),
        "a.".repeat(5_000),
        "\u{0}\u{1}\u{fffd}\u{10ffff}".repeat(500),
        "400-000-1122\n\n\n".repeat(500),
    ];
    for text in &hostile {
        let length = text.chars().count();
        for form in [Form::Plain, Form::Html] {
            for finding in texts::scan(text, form).iter().chain(&texts::examine(text)) {
                assert!((0.0..=1.0).contains(&finding.score) && finding.bits.is_finite());
                assert!(finding.spans.windows(2).all(|w| w[0].end <= w[1].start));
                assert!(finding.spans.iter().all(|s| s.start < s.end && s.end <= length));
            }
        }
    }
}
