//! What an audit found, in words on standard output.

use crate::arguments::Lang;
use crate::quantity::{count, percent};
use crate::summary::{FileSummary, Summary};
use std::fmt::Write;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// Groups that are named.
const GROUPS: usize = 8;

/// The summary for people. `report` is where the page is.
pub(crate) fn summary(summary: &Summary, lang: Lang, report: &Path) -> String {
    let mut out = String::new();
    read(&mut out, summary, lang);
    found(&mut out, summary, lang);
    totals(&mut out, summary, lang);
    groups(&mut out, summary, lang);
    let word = lang.say("Report", "报告");
    let _ = writeln!(out, "{word}: {}", report.display());
    out
}

fn read(out: &mut String, summary: &Summary, lang: Lang) {
    let input = &summary.input;
    let (rows, files) = (count(input.rows), count(input.files.len() as u64));
    let rejected = count(input.rejected);
    let duplicates = count(input.duplicates);
    let _ = match lang {
        Lang::En => writeln!(
            out,
            "Read {rows} rows from {files} {}: {rejected} rejected, {duplicates} duplicates{}.",
            if input.files.len() == 1 { "file" } else { "files" },
            if input.late > 0 {
                format!(", {} too late", count(input.late))
            } else {
                String::new()
            },
        ),
        Lang::Zh => writeln!(
            out,
            "读入 {files} 个文件共 {rows} 行：拒收 {rejected} 行，重复 {duplicates} 行{}。",
            if input.late > 0 {
                format!("，过迟 {} 行", count(input.late))
            } else {
                String::new()
            },
        ),
    };
    let mut told: Vec<(&str, &str)> = Vec::new();
    for FileSummary { mapping, why, .. } in &input.files {
        if told.contains(&(mapping, why)) {
            continue;
        }
        told.push((mapping, why));
        let _ = match lang {
            Lang::En => writeln!(out, "Read as `{mapping}`: {why}."),
            Lang::Zh => writeln!(out, "按映射 `{mapping}` 读取：{why}。"),
        };
    }
    if let (Some(first), Some(last)) = (&input.first, &input.last) {
        let _ = match lang {
            Lang::En => writeln!(out, "Events from {first} to {last}."),
            Lang::Zh => writeln!(out, "事件时间：{first} 至 {last}。"),
        };
    }
    let _ = writeln!(out);
}

fn found(out: &mut String, summary: &Summary, lang: Lang) {
    let counts = &summary.counts;
    let rows = [
        (
            lang.say("accounts", "账号"),
            (counts.accounts, counts.fake_accounts, counts.suspect_accounts),
        ),
        (
            lang.say("counted events", "计数事件"),
            (counts.counted_events, counts.fake_events, counts.suspect_events),
        ),
        (
            lang.say("groups", "团伙"),
            (counts.fake_groups + counts.suspect_groups, counts.fake_groups, counts.suspect_groups),
        ),
    ];
    for (what, (all, fake, suspect)) in rows {
        let fake_share = percent(fake, all);
        let (all, fake, suspect) = (count(all), count(fake), count(suspect));
        let _ = match lang {
            Lang::En => {
                writeln!(out, "Of {all} {what}: {fake} fake ({fake_share}), {suspect} to look at.")
            }
            Lang::Zh => {
                writeln!(out, "{what} {all}：虚假 {fake}（{fake_share}），待人工查看 {suspect}。")
            }
        };
    }
    let _ = writeln!(out);
}

/// The true counts: for a club's members as for likes.
fn totals(out: &mut String, summary: &Summary, lang: Lang) {
    if summary.totals.is_empty() {
        return;
    }
    let heads = [
        lang.say("count", "计数"),
        lang.say("raw", "原始"),
        lang.say("genuine", "真实"),
        lang.say("95 % bounds", "95 % 区间"),
    ];
    let mut rows = vec![heads.map(str::to_owned)];
    rows.extend(summary.totals.iter().map(|total| {
        let bounds = format!("{} – {}", count(total.low), count(total.high));
        [total.metric.to_owned(), count(total.raw), count(total.genuine), bounds]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width()));
    for row in &rows {
        let _ = write!(out, "  {}{}", row[0], pad(&row[0], widths[0]));
        for (text, width) in row[1..].iter().zip(&widths[1..]) {
            let _ = write!(out, "  {}{text}", pad(text, *width));
        }
        let _ = writeln!(out);
    }
    let _ = writeln!(out);
}

fn groups(out: &mut String, summary: &Summary, lang: Lang) {
    for group in summary.groups.iter().take(GROUPS) {
        let (accounts, subjects, events) =
            (count(group.accounts), count(group.subjects), count(group.events));
        let verdict = match group.verdict {
            "fake" => lang.say("fake", "虚假"),
            _ => lang.say("to look at", "待查看"),
        };
        let classes: Vec<&str> =
            group.classes.iter().map(|class| class_name(class, lang)).collect();
        let classes = classes.join(lang.say(", ", "、"));
        let number = group.group;
        let bits = group.bits.round();
        let _ = match lang {
            Lang::En => writeln!(
                out,
                "  group {number:<3} {verdict:<10} {accounts:>5} accounts  {subjects:>5} subjects  \
                 {events:>6} events  {bits:>6} bits  {classes}"
            ),
            Lang::Zh => writeln!(
                out,
                "  团伙 {number}：{verdict}，{accounts} 个账号，{subjects} 个对象，{events} 个事件，\
                 {bits} 比特（{classes}）"
            ),
        };
    }
    let all = summary.counts.fake_groups + summary.counts.suspect_groups;
    if all > GROUPS as u64 {
        let more = count(all - GROUPS as u64);
        let _ = match lang {
            Lang::En => writeln!(out, "  and {more} more in groups.parquet"),
            Lang::Zh => writeln!(out, "  另有 {more} 个，见 groups.parquet"),
        };
    }
    if all > 0 {
        let _ = writeln!(out);
    }
}

fn class_name(class: &str, lang: Lang) -> &str {
    match class {
        "synchrony" => lang.say("synchrony", "同步"),
        "infrastructure" => lang.say("infrastructure", "基础设施"),
        "content" => lang.say("content", "内容"),
        "path" => lang.say("path", "路径"),
        "logistics" => lang.say("logistics", "物流"),
        "money" => lang.say("money", "资金"),
        "registration" => lang.say("registration", "注册"),
        "device" => lang.say("device", "设备"),
        other => other,
    }
}
