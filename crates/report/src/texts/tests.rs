//! That both languages say the same things, with the same places, each in its own letters.

use serde_json::Value;

use super::*;
use crate::lang::places;
use crate::verdict::Class;

fn leaves(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                leaves(&format!("{path}/{key}"), inner, out);
            }
        }
        Value::Array(list) => {
            for (place, inner) in list.iter().enumerate() {
                leaves(&format!("{path}/{place}"), inner, out);
            }
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => panic!("{path} is {other}"),
    }
}

fn all(texts: &Texts) -> Vec<(String, String)> {
    let mut out = Vec::new();
    leaves("", &serde_json::to_value(texts).expect("texts are plain data"), &mut out);
    out
}

#[test]
fn both_languages_say_the_same_things() {
    let (zh, en) = (all(&zh::TEXTS), all(&en::TEXTS));
    assert!(zh.len() > 250, "only {} texts", zh.len());
    let paths = |texts: &[(String, String)]| texts.iter().map(|t| t.0.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&zh), paths(&en));
    for ((path, zh), (_, en)) in zh.iter().zip(&en) {
        assert_eq!(places(zh), places(en), "places of {path}");
        assert!(path == "/words/gap" || !zh.is_empty() && !en.is_empty(), "{path} is empty");
    }
}

#[test]
fn each_language_keeps_to_its_letters() {
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for (path, text) in all(&en::TEXTS) {
        // The product's name is written in both.
        assert!(path == "/page/product" || !han(&text), "{path}: {text}");
    }
    for (path, text) in all(&zh::TEXTS) {
        let key = path.ends_with("/name") && path.contains("known_tests")
            || path.ends_with("/0") && path.matches('/').count() == 4
            || path.ends_with("unit")
            || path == "/words/gap"
            || path == "/words/list_comma";
        assert!(key || han(&text), "{path}: {text}");
    }
}

#[test]
fn keys_are_the_same_and_unique() {
    for (zh, en) in [
        (zh::TEXTS.words.kinds, en::TEXTS.words.kinds),
        (zh::TEXTS.words.things, en::TEXTS.words.things),
        (zh::TEXTS.words.detectors, en::TEXTS.words.detectors),
        (zh::TEXTS.method.without, en::TEXTS.method.without),
    ] {
        let keys: Vec<&str> = zh.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, en.iter().map(|(key, _)| *key).collect::<Vec<_>>());
        let mut unique = keys.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), keys.len());
    }
    let tests = |texts: &Texts| {
        texts.evidence.known_tests.iter().map(|t| (t.name, t.unit)).collect::<Vec<_>>()
    };
    assert_eq!(tests(&zh::TEXTS), tests(&en::TEXTS));
    assert_eq!(zh::TEXTS.evidence.classes.len(), Class::ALL.len());
}

#[test]
fn each_detector_with_a_page_is_named_in_both_languages() {
    let pages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/detectors");
    let mut seen = 0;
    for page in std::fs::read_dir(pages).unwrap() {
        let page = page.unwrap().file_name().into_string().unwrap();
        let Some((id, _)) = page.split_once('-') else { continue };
        if id == "SYN02" {
            // Its findings are SYN01's: the page says how a surge is found among them.
            continue;
        }
        for texts in [&en::TEXTS, &zh::TEXTS] {
            let named = texts.words.detectors.iter().any(|detector| detector.0 == id);
            assert!(named, "{page}");
        }
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
}
