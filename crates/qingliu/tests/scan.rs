//! Goal: `qingliu scan` reads what people have, says what is found where, and cleans it. Method: files in several encodings and forms,
//! unreadable ones among them, and the page of the shared folder whose glued block is known.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod support;

use std::fs;
use std::path::PathBuf;
use support::qingliu;

const ADVERT: &str = "第一行是正文。\n抖音刷粉自助下单平台，24小时秒到账，全网最低价\n";

#[test]
fn findings_come_with_lines_and_quotes() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.txt"), ADVERT).unwrap();
    fs::write(dir.path().join("good.txt"), "今天天气很好。\n").unwrap();
    let ran = qingliu(dir.path(), &["scan", "a.txt", "good.txt"]).ends(0);
    assert!(ran.out.contains("a.txt: TXT03 advert for bought engagement"), "{}", ran.out);
    assert!(ran.out.contains("2: 抖音刷粉自助下单平台"), "{}", ran.out);
    assert!(ran.out.contains("good.txt: nothing found"), "{}", ran.out);
    let ran = qingliu(dir.path(), &["scan", "a.txt", "--lang", "zh"]).ends(0);
    assert!(ran.out.contains("刷量、卡盟交易广告"), "{}", ran.out);
}

#[test]
fn json_counts_characters_in_every_encoding() {
    let dir = tempfile::tempdir().unwrap();
    let (gb, _, _) = encoding_rs::GB18030.encode(ADVERT);
    fs::write(dir.path().join("gb.txt"), &gb).unwrap();
    fs::write(dir.path().join("utf8.md"), format!("\u{feff}{ADVERT}")).unwrap();
    let html = format!("<html><body>{}</body></html>", ADVERT.replace('\n', "<br>\n"));
    fs::write(dir.path().join("page.html"), &html).unwrap();
    let json =
        qingliu(dir.path(), &["scan", "gb.txt", "utf8.md", "page.html", "--json"]).ends(0).json();
    for (at, (encoding, form, text)) in
        [("gb18030", "text", ADVERT), ("UTF-8", "text", ADVERT), ("UTF-8", "html", &html)]
            .into_iter()
            .enumerate()
    {
        let file = &json["files"][at];
        assert_eq!(
            (file["encoding"].as_str(), file["form"].as_str()),
            (Some(encoding), Some(form))
        );
        let finding = &file["findings"][0];
        assert_eq!(finding["code"], "TXT03");
        assert!((0.5..=1.0).contains(&finding["score"].as_f64().unwrap()));
        let span = &finding["spans"][0];
        let (start, end) = (span["start"].as_u64().unwrap(), span["end"].as_u64().unwrap());
        let quoted: String =
            text.chars().skip(start as usize).take((end - start) as usize).collect();
        assert_eq!(span["text"], quoted);
        assert!(quoted.starts_with("抖音刷粉") && quoted.ends_with("最低价"), "{quoted}");
        assert_eq!(span["line"], 2);
    }
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_scanned() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.txt"), ADVERT).unwrap();
    fs::write(dir.path().join("program"), b"\x7fELF\x02\x01\x01\x00\x00\x00").unwrap();
    fs::write(dir.path().join("long.txt"), "a".repeat((8 << 20) + 1)).unwrap();
    fs::create_dir(dir.path().join("folder")).unwrap();
    for (name, words) in [
        ("program", "is not text"),
        ("long.txt", "at most 8388608"),
        ("folder", "is a folder"),
        ("missing.txt", "cannot be read"),
    ] {
        let ran = qingliu(dir.path(), &["scan", name, "a.txt"]).ends(1).complains(&[name, words]);
        assert!(ran.out.contains("a.txt: TXT03"), "{}", ran.out);
    }
    qingliu(dir.path(), &["scan"]).ends(2);
    qingliu(dir.path(), &["scan", "a.txt", "--lang", "fr"]).ends(2);
    qingliu(dir.path(), &["scan", "a.txt", "--clean", "."]).ends(2).complains(&["overwritten"]);
}

#[test]
fn an_empty_file_holds_nothing() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("empty.txt"), "").unwrap();
    let ran = qingliu(dir.path(), &["scan", "empty.txt", "--clean", "out"]).ends(0);
    assert!(ran.out.contains("nothing found"), "{}", ran.out);
    assert_eq!(fs::read(dir.path().join("out/empty.txt")).unwrap(), b"");
}

#[test]
fn the_article_is_left_when_its_page_is_cleaned() {
    let seeds = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let Ok(files) = fs::read_dir(&seeds) else {
        println!("skipped: {} is not there", seeds.display());
        return;
    };
    let page = files
        .map(|file| file.unwrap().path())
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with("002_"));
    let page = page.expect("the folder has the page");
    let dir = tempfile::tempdir().unwrap();
    qingliu(dir.path(), &["scan", page.to_str().unwrap(), "--clean", "out"]).ends(0);
    let cleaned =
        fs::read_to_string(dir.path().join("out").join(page.file_name().unwrap())).unwrap();
    let whole = fs::read_to_string(&page).unwrap();
    assert_eq!(cleaned, whole[whole.find("“我以为自己捡到大便宜").unwrap()..]);
    let again = qingliu(dir.path(), &["scan", "out/cleaned-of-nothing.txt"]).ends(1);
    assert!(again.out.is_empty());
}
