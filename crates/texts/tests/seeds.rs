//! Goal: the five articles of the shared folder are read as a person reads them. Method: what is trade and what is glued was marked by
//! reading; spans are compared character by character. Without the folder (`../shared/seeds` from the repository's root) the tests
//! say that they were skipped.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use std::fs;
use std::path::PathBuf;
use texts::{Form, TextCode, TextFinding};

/// The text of a seed by the number its name begins with.
fn seed(number: &str) -> Option<String> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seeds");
    let Ok(files) = fs::read_dir(&dir) else {
        println!("skipped: {} is not there", dir.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let path =
        paths.into_iter().find(|p| p.file_name().unwrap().to_str().unwrap().starts_with(number))?;
    Some(fs::read_to_string(path).unwrap())
}

/// Where words stand, in characters.
fn place(text: &str, words: &str) -> usize {
    text[..text.find(words).unwrap_or_else(|| panic!("{words}"))].chars().count()
}

fn quoted(text: &str, finding: &TextFinding) -> Vec<String> {
    let quote = |s: &texts::Span| text.chars().skip(s.start).take(s.end - s.start).collect();
    finding.spans.iter().map(quote).collect()
}

#[test]
fn the_hotline_block_is_cut_out_of_the_legal_daily() {
    let Some(text) = seed("002") else { return };
    let findings = texts::scan(&text, Form::Plain);
    for code in [TextCode::Doorway, TextCode::Glued] {
        assert!(findings.iter().any(|f| f.code == code), "{}", code.code());
    }
    let first = place(&text, "400服务电话:400-1865-909(点击咨询)\n索立捷");
    let last = place(&text, "成都市青白江区、广西北海市合浦县\n“我以为")
        + "成都市青白江区、广西北海市合浦县".chars().count();
    let cuts = texts::cuts(&findings);
    let cut: usize = cuts.iter().map(|c| c.end - c.start).sum();
    let right: usize =
        cuts.iter().map(|c| c.end.min(last).saturating_sub(c.start.max(first))).sum();
    let (precision, recall) = (right as f64 / cut as f64, right as f64 / (last - first) as f64);
    println!("characters {first}..{last}: precision {precision:.4}, recall {recall:.4}");
    assert!(precision >= 0.99 && recall >= 0.99, "precision {precision}, recall {recall}");
}

/// What the page of the first seed sells, by reading it.
const TRADE_LINKS: &[&str] = &[
    "ks业务专区下载]投稿,不代表ks业务平台立场,如若转载,请注明出处:https://comm.gevc.com.cn/jishu/202509-4851.html",
    "刷僵尸粉网 在线刷快手粉丝量 微博永久会员",
    "抖音活粉和死粉的区别 专业刷粉自助网站,快手刷双击app免费,双击头像",
    "免费点赞下单业务全攻略,小红书分享类文章结构解析",
    "高效稳定!24小时自动发卡平台,秒速发货保障您的每一笔交易",
    "抖音自动发卡平台重磅上线!24小时秒发卡密,稳定高效超省心",
    "快手神器来袭一键自动点赞评论,轻松涨粉引爆流量不是梦!",
    "一键免费收藏神器海量资源无限刷,秒速提升你的收藏量!",
];

#[test]
fn every_trade_link_is_found_and_the_posts_between_are_not() {
    let Some(text) = seed("001") else { return };
    let findings = texts::scan(&text, Form::Plain);
    let trade: Vec<String> = findings
        .iter()
        .filter(|f| f.code == TextCode::Trade)
        .flat_map(|f| quoted(&text, f))
        .collect();
    for link in TRADE_LINKS {
        assert!(trade.iter().any(|t| t.contains(link)), "{link}");
    }
    assert_eq!(trade.len(), TRADE_LINKS.len(), "nothing else is one: {trade:#?}");
    assert!(findings.iter().any(|f| f.code == TextCode::ContentFarm));
    assert!(!findings.iter().any(|f| f.code == TextCode::Recruitment));
}

#[test]
fn what_articles_report_is_not_accused() {
    for number in ["000", "002", "003", "004"] {
        let Some(text) = seed(number) else { return };
        let article =
            if number == "002" { place(&text, "“我以为自己捡到大便宜") } else { 0 };
        for finding in texts::scan(&text, Form::Plain) {
            let outside = finding.spans.iter().all(|s| s.end <= article);
            assert!(outside, "{number}: {} {:?}", finding.code.code(), quoted(&text, &finding));
        }
        // The same sentences one by one, as if they were comments.
        for line in text.chars().skip(article).collect::<String>().lines() {
            let found = texts::examine(line);
            assert!(found.is_empty(), "{number}: {line}: {found:?}");
        }
    }
}

/// The doorway's own lines in another place, under another name, before another article: the method, not the page, finds them.
#[test]
fn the_block_is_cut_wherever_it_was_glued() {
    let (Some(spam), Some(article)) = (seed("002"), seed("000")) else { return };
    let block: String = spam[..spam.find("“我以为").unwrap()]
        .replace("索立捷智能锁", "华帆壁挂炉")
        .replace("400-1865-909", "4000-112-233");
    let lines: Vec<&str> = article.lines().collect();
    for at in [0, 2, 5, lines.len()] {
        // A shorter doorway each time: its first lines and its first places.
        let block: String = block.lines().take(12 + 4 * at).map(|l| format!("{l}\n")).collect();
        let before: String = lines[..at].iter().map(|l| format!("{l}\n")).collect();
        let page = format!("{before}{block}{}", lines[at..].join("\n"));
        let (first, last) =
            (before.chars().count(), before.chars().count() + block.trim_end().chars().count());
        let cuts = texts::cuts(&texts::scan(&page, Form::Plain));
        let cut: usize = cuts.iter().map(|c| c.end - c.start).sum();
        let right: usize =
            cuts.iter().map(|c| c.end.min(last).saturating_sub(c.start.max(first))).sum();
        let (precision, recall) = (right as f64 / cut as f64, right as f64 / (last - first) as f64);
        println!("glued before line {at}: precision {precision:.4}, recall {recall:.4}");
        assert!(precision >= 0.99 && recall >= 0.99, "before line {at}: {precision} {recall}");
    }
}
