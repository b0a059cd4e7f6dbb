//! `qingliu scan`: what documents offer, hide, or had glued into them.
//!
//! A file is UTF-8, UTF-16 with its mark, or else GB18030; plain text, Markdown or HTML. Places are given as lines and as characters of
//! the decoded text. A file that cannot be read as text is said and left out, the others are still scanned, and the exit status
//! is 1. `--clean` writes each document without its glued blocks, as UTF-8, under its own name.

use crate::arguments::{Lang, Scan};
use crate::failure::{Failure, Status};
use crate::{Outcome, voice};
use anyhow::{Context, anyhow};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use texts::{Form, Span, TextFinding};

/// The largest file that is scanned, in bytes.
const MOST_BYTES: u64 = 8 << 20;
/// Characters of a span that are quoted.
const MOST_QUOTED: usize = 60;
/// Spans and reasons of a finding that are printed for people; JSON has all.
const MOST_SHOWN: usize = 5;
/// One unreadable character in so many is forgiven in GB18030; more make a file binary.
const UNREADABLE_SHARE: usize = 200;

/// A document and what was found in it.
struct Scanned {
    path: PathBuf,
    text: String,
    encoding: &'static Encoding,
    form: Form,
    findings: Vec<TextFinding>,
    lines: Lines,
}

/// Runs the command.
pub(crate) fn scan(arguments: &Scan) -> Outcome {
    let targets =
        arguments.clean.as_deref().map(|dir| targets(dir, &arguments.files)).transpose()?;
    let mut status = Status::Done;
    let mut said = Vec::new();
    for path in &arguments.files {
        let scanned = match read(path) {
            Ok((text, encoding)) => Scanned::new(path, text, encoding),
            Err(fault) => {
                voice::complain(&fault);
                status = Status::Input;
                continue;
            }
        };
        if let Some(target) = targets.as_ref().and_then(|targets| targets.get(path)) {
            fs::write(target, scanned.cleaned())
                .with_context(|| format!("{}: cannot be written", target.display()))
                .map_err(Failure::input)?;
        }
        if arguments.json {
            said.push(scanned.json());
        } else {
            voice::say(&scanned.words(arguments.lang))?;
        }
    }
    if arguments.json {
        voice::say(&format!("{:#}\n", json!({ "files": said })))?;
    }
    Ok(status)
}

/// Where each document goes when cleaned.
fn targets(dir: &Path, files: &[PathBuf]) -> Result<BTreeMap<PathBuf, PathBuf>, Failure> {
    let mut targets: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut taken: BTreeMap<PathBuf, &Path> = BTreeMap::new();
    for file in files {
        let name = file
            .file_name()
            .ok_or_else(|| Failure::arguments(anyhow!("{}: names no file", file.display())))?;
        let target = dir.join(name);
        if let Some(other) = taken.insert(target.clone(), file)
            && other != file
        {
            let (other, file) = (other.display(), file.display());
            return Err(Failure::arguments(anyhow!(
                "--clean: {other} and {file} would be written to one file"
            )));
        }
        let same = fs::canonicalize(&target).ok().zip(fs::canonicalize(file).ok());
        if same.is_some_and(|(target, file)| target == file) {
            let (dir, file) = (dir.display(), file.display());
            return Err(Failure::arguments(anyhow!(
                "--clean {dir}: {file} is in that folder and would be overwritten"
            )));
        }
        targets.insert(file.clone(), target);
    }
    fs::create_dir_all(dir)
        .with_context(|| format!("{}: cannot be made", dir.display()))
        .map_err(Failure::input)?;
    Ok(targets)
}

/// A file's text and what it was encoded in.
fn read(path: &Path) -> Result<(String, &'static Encoding), Failure> {
    let named = |what: String| Failure::input(anyhow!("{}: {what}", path.display()));
    let cannot = || format!("{}: cannot be read", path.display());
    let meta = fs::metadata(path).with_context(cannot).map_err(Failure::input)?;
    if meta.is_dir() {
        return Err(named("is a folder; name its files".to_owned()));
    }
    if meta.len() > MOST_BYTES {
        let size = meta.len();
        return Err(named(format!("has {size} bytes; at most {MOST_BYTES} are scanned")));
    }
    let bytes = fs::read(path).with_context(cannot).map_err(Failure::input)?;
    decode(&bytes).map_err(named)
}

fn decode(bytes: &[u8]) -> Result<(String, &'static Encoding), String> {
    let binary = || "is not text: neither UTF-8 nor GB18030".to_owned();
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    if marked.is_none() && bytes.contains(&0) {
        return Err(binary());
    }
    if marked.is_none_or(|encoding| encoding == UTF_8) {
        let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if let Ok(text) = std::str::from_utf8(plain) {
            return sound(text.to_owned()).map(|text| (text, UTF_8)).ok_or_else(binary);
        }
    }
    let encoding = match marked {
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => encoding,
        _ => GB18030,
    };
    let (text, _, _) = encoding.decode(bytes);
    let lost = text.chars().filter(|c| *c == '\u{fffd}').count();
    if lost * UNREADABLE_SHARE > text.chars().count() {
        return Err(binary());
    }
    sound(text.into_owned()).map(|text| (text, encoding)).ok_or_else(binary)
}

/// The text, unless control characters show that it is none.
fn sound(text: String) -> Option<String> {
    let odd = |c: &char| {
        c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}')
    };
    let odd = text.chars().filter(odd).count();
    (odd * UNREADABLE_SHARE <= text.chars().count()).then_some(text)
}

/// Line numbers of characters.
struct Lines {
    /// Character at which each line begins.
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: &str) -> Lines {
        let mut starts = vec![0];
        starts.extend(text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(at, _)| at + 1));
        Lines { starts }
    }

    /// The line of a character, counted from 1.
    fn of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }
}

impl Scanned {
    fn new(path: &Path, text: String, encoding: &'static Encoding) -> Scanned {
        let form = Form::guess(&text);
        let findings = texts::scan(&text, form);
        let lines = Lines::new(&text);
        Scanned { path: path.to_owned(), text, encoding, form, findings, lines }
    }

    /// The document without its glued blocks and the line ends after them.
    fn cleaned(&self) -> String {
        let cuts = texts::cuts(&self.findings);
        let mut out = String::with_capacity(self.text.len());
        let mut chars = self.text.chars().enumerate().peekable();
        for cut in cuts {
            while let Some((_, c)) = chars.next_if(|(at, _)| *at < cut.start) {
                out.push(c);
            }
            while chars.next_if(|(at, _)| *at < cut.end).is_some() {}
            while chars.next_if(|(_, c)| matches!(c, '\n' | '\r')).is_some() {}
        }
        out.extend(chars.map(|(_, c)| c));
        out
    }

    fn quoted(&self, span: Span) -> String {
        let most = if span.end - span.start > MOST_QUOTED { MOST_QUOTED - 1 } else { MOST_QUOTED };
        let mut quoted: String =
            self.text.chars().skip(span.start).take(span.end - span.start).take(most).collect();
        quoted = quoted.replace(['\n', '\r', '\t'], " ");
        if span.end - span.start > most {
            quoted.push('…');
        }
        quoted
    }

    fn words(&self, lang: Lang) -> String {
        let path = self.path.display();
        if self.findings.is_empty() {
            return format!("{path}: {}\n", lang.say("nothing found", "未发现问题"));
        }
        let mut out = String::new();
        for finding in &self.findings {
            let code = finding.code;
            let name = lang.say(code.english(), code.chinese());
            let _ = writeln!(
                out,
                "{path}: {} {name}, {} {:.1}, {} {:.2}",
                code.code(),
                lang.say("bits", "证据（比特）"),
                finding.bits,
                lang.say("score", "评分"),
                finding.score
            );
            for span in finding.spans.iter().take(MOST_SHOWN) {
                let (line, end) = (self.lines.of(span.start), self.lines.of(span.end - 1));
                let lines = if line == end { line.to_string() } else { format!("{line}–{end}") };
                let _ = writeln!(out, "  {lines}: {}", self.quoted(*span));
            }
            let more = finding.spans.len().saturating_sub(MOST_SHOWN);
            if more > 0 {
                let _ = writeln!(out, "  {} {more}", lang.say("and more:", "另有："));
            }
            let reasons: Vec<String> = finding
                .reasons
                .iter()
                .take(MOST_SHOWN)
                .map(|reason| {
                    let ground = lang.say(reason.ground.english(), reason.ground.chinese());
                    format!("{ground} {} ({:+.1})", reason.count, reason.bits)
                })
                .collect();
            let _ = writeln!(
                out,
                "  {}{}",
                lang.say("because: ", "依据："),
                reasons.join(lang.say("; ", "；"))
            );
        }
        out
    }

    fn json(&self) -> Value {
        let span = |span: &Span| {
            let text: String =
                self.text.chars().skip(span.start).take(span.end - span.start).collect();
            json!({
                "start": span.start,
                "end": span.end,
                "line": self.lines.of(span.start),
                "end_line": self.lines.of(span.end.max(1) - 1),
                "text": text,
            })
        };
        let finding = |finding: &TextFinding| {
            let reasons: Vec<Value> = finding
                .reasons
                .iter()
                .map(|r| json!({ "ground": r.ground.key(), "count": r.count, "bits": r.bits }))
                .collect();
            json!({
                "code": finding.code.code(),
                "name": finding.code.english(),
                "score": finding.score,
                "bits": finding.bits,
                "spans": finding.spans.iter().map(span).collect::<Vec<_>>(),
                "reasons": reasons,
            })
        };
        let cuts = texts::cuts(&self.findings);
        let cuts: Vec<Value> =
            cuts.iter().map(|c| json!({ "start": c.start, "end": c.end })).collect();
        json!({
            "file": self.path.display().to_string(),
            "encoding": self.encoding.name(),
            "form": match self.form { Form::Plain => "text", Form::Html => "html" },
            "characters": self.text.chars().count(),
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "cuts": cuts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_binary_files() {
        let (gb, _, _) = GB18030.encode("专业刷粉，二十四小时自助下单");
        assert_eq!(decode(&gb).unwrap().1, GB18030);
        assert_eq!(decode("\u{feff}专业".as_bytes()).unwrap(), ("专业".to_owned(), UTF_8));
        assert_eq!(decode(&[0xFF, 0xFE, b'a', 0]).unwrap(), ("a".to_owned(), UTF_16LE));
        assert!(decode(b"\x7fELF\x02\x01\x01\x00").is_err());
        assert!(decode(&[0xFF; 400]).is_err());
        assert!(decode(&[1; 400]).is_err());
        assert!(decode(b"").is_ok());
    }

    #[test]
    fn a_cut_takes_its_line_ends() {
        let text = "a\nbcd\n\ne".to_owned();
        let mut scanned = Scanned::new(Path::new("x"), text, UTF_8);
        assert_eq!(scanned.cleaned(), "a\nbcd\n\ne");
        scanned.findings = vec![TextFinding {
            code: texts::TextCode::Glued,
            score: 1.0,
            bits: 20.0,
            spans: vec![Span { start: 2, end: 5 }],
            reasons: Vec::new(),
        }];
        assert_eq!(scanned.cleaned(), "a\ne");
    }
}
