//! Bodies of requests: the same events by every way in, a fault rejects its own event, and no bytes bring a reader down.

#![allow(clippy::unwrap_used)] // also in what tests share

use arrow_array::{Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use events::{EntityKind, Key, Kind};
use input::{Bodies, Body, BodyFault};
use std::sync::Arc;

const TIME: i64 = 1_767_225_600_000_000;

fn line(n: usize) -> String {
    format!(
        r#"{{"id":"e{n}","time":{},"kind":"like","actor":"a{}","subject":"s{}","device":"d{n}","ip":"10.0.{}.{}","agent":"app/7.1","source":"feed","amount":{n},"region":"310000"}}"#,
        TIME + n as i64,
        n % 50,
        n % 7,
        n % 200,
        n % 100,
    )
}

fn arrow(rows: usize) -> Vec<u8> {
    let text = |cell: fn(usize) -> String| {
        Arc::new((0..rows).map(|n| Some(cell(n))).collect::<StringArray>()) as _
    };
    let times: Int64Array = (0..rows).map(|n| Some(TIME + n as i64)).collect();
    let amounts: Int64Array = (0..rows).map(|n| Some(n as i64)).collect();
    let batch = RecordBatch::try_from_iter([
        ("time", Arc::new(times) as _),
        ("id", text(|n| format!("e{n}"))),
        ("kind", text(|_| "like".to_owned())),
        ("actor", text(|n| format!("a{}", n % 50))),
        ("subject", text(|n| format!("s{}", n % 7))),
        ("device", text(|n| format!("d{n}"))),
        ("ip", text(|n| format!("10.0.{}.{}", n % 200, n % 100))),
        ("agent", text(|_| "app/7.1".to_owned())),
        ("source", text(|_| "feed".to_owned())),
        ("amount", Arc::new(amounts) as _),
        ("region", text(|_| "310000".to_owned())),
    ])
    .unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch.slice(0, rows / 2)).unwrap();
    writer.write(&batch.slice(rows / 2, rows - rows / 2)).unwrap();
    writer.into_inner().unwrap()
}

/// A body without what depends on how its arena was filled.
fn told(body: &Body) -> (Vec<String>, Vec<(EntityKind, Key, String)>) {
    let batch = &body.batch;
    let events = batch.events.iter().map(|event| {
        let (id, text) = (batch.text(event.id_text), batch.text(event.text));
        let bare =
            events::Event { id_text: Default::default(), text: Default::default(), ..*event };
        format!("{id} {text} {bare:?}")
    });
    let mut names: Vec<_> =
        batch.names.iter().map(|name| (name.0, name.1, batch.text(name.2).to_owned())).collect();
    names.sort();
    names.dedup();
    (events.collect(), names)
}

#[test]
fn every_way_in_gives_the_same_events() {
    let mut bodies = Bodies::new(1000).unwrap();
    let lines: Vec<String> = (0..300).map(line).collect();
    let by_line = bodies.json_lines(lines.join("\n").as_bytes()).unwrap();
    assert_eq!((by_line.events, by_line.batch.events.len()), (300, 300));
    let list = bodies.json(format!("[{}]", lines.join(",")).as_bytes()).unwrap();
    let spaced = bodies.json(format!("\n[ {} ]\n", lines.join(" ,\n ")).as_bytes()).unwrap();
    let arrow = bodies.arrow(&arrow(300)).unwrap();
    for other in [&list, &spaced, &arrow] {
        assert_eq!(told(other), told(&by_line));
    }
    let one = bodies.json(lines[0].as_bytes()).unwrap();
    assert_eq!(told(&one).0[0], told(&by_line).0[0]);
    // What one body told, the next must tell again.
    assert_eq!(told(&one), told(&bodies.json(lines[0].as_bytes()).unwrap()));
    let account = (EntityKind::Account, Key::of("a0"), "a0".to_owned());
    assert!(told(&one).1.contains(&account));
}

#[test]
fn a_line_means_the_same_plain_or_not() {
    let mut bodies = Bodies::new(10).unwrap();
    let plain = bodies.json_lines(line(3).as_bytes()).unwrap();
    for other in [
        line(3).replace("feed", "\\u0066eed"),
        line(3).replace("{", "{ "),
        line(3).replace(":", " : "),
        line(3).replace("}", r#","attrs":{"a":[1,2]}}"#),
        line(3).replace("}", r#","shop":"x"}"#),
        line(3).replace("\"e3\"", "\"zz\"").replace("}", r#","id":"e3"}"#),
    ] {
        for body in [bodies.json_lines(other.as_bytes()), bodies.json(other.as_bytes())] {
            assert_eq!(told(&body.unwrap()), told(&plain), "{other}");
        }
    }
}

#[test]
fn a_fault_rejects_its_own_event() {
    let mut bodies = Bodies::new(100).unwrap();
    let faulty = [
        (r#"{"id":"b","time":1767225600,"kind":"order","amount":-5}"#, "amount", "negative"),
        (r#"{"time":1767225600,"kind":"view"}"#, "id", "required"),
        (r#"{"id":"c","kind":"view"}"#, "time", "required"),
        (r#"{"id":"d","time":"soon","kind":"view"}"#, "time", "no time"),
        (r#"{"id":"e","time":1767225600,"kind":["view"]}"#, "kind", "list"),
        (r#"17"#, "", "object"),
    ];
    let good = line(1);
    let mut elements = vec![good.as_str()];
    for (fault, _, _) in faulty {
        elements.extend([fault, good.as_str()]);
    }
    let by_line = bodies.json_lines(elements.join("\n").as_bytes()).unwrap();
    let by_list = bodies.json(format!("[{}]", elements.join(",")).as_bytes()).unwrap();
    for body in [by_line, by_list] {
        assert_eq!(body.batch.events.len(), faulty.len() + 1);
        assert_eq!(body.events, elements.len());
        for (at, (rejection, (_, column, why))) in body.rejected.iter().zip(faulty).enumerate() {
            assert_eq!(rejection.row, 2 * at as u64 + 1);
            assert_eq!(rejection.column, column);
            assert!(rejection.reason.to_string().contains(why), "{rejection:?}");
        }
    }
    let broken = format!("{good}\n{{\"id\":\n\n{good}\nnonsense\n");
    let body = bodies.json_lines(broken.as_bytes()).unwrap();
    assert_eq!((body.batch.events.len(), body.events), (2, 4));
    assert_eq!(body.rejected.iter().map(|r| r.row).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(body.batch.events[0].kind, Kind::Like);
}

#[test]
fn what_cannot_be_read_is_refused_as_a_whole() {
    let mut bodies = Bodies::new(3).unwrap();
    let four: Vec<String> = (0..4).map(line).collect();
    assert!(matches!(
        bodies.json_lines(four.join("\n").as_bytes()),
        Err(BodyFault::TooMany { .. })
    ));
    let list = format!("[{}]", four.join(","));
    assert!(matches!(bodies.json(list.as_bytes()), Err(BodyFault::TooMany { limit: 3 })));
    assert!(matches!(bodies.arrow(&arrow(4)), Err(BodyFault::TooMany { .. })));
    for broken in ["", "[", "[{}", "[{},]", "[1 2]", "{\"a\":1}x", "nul", "[]]", "{\"a\"}"] {
        let fault = bodies.json(broken.as_bytes());
        assert!(matches!(fault, Err(BodyFault::NotJson { .. })), "{broken}: {fault:?}");
    }
    assert!(matches!(bodies.json(b"\"text\""), Err(BodyFault::NotEvents)));
    assert!(matches!(bodies.json(b"[\"\xff\"]"), Err(BodyFault::NotText { at: 2 })));
    assert_eq!(bodies.json(b"[]").unwrap().events, 0);
    // A body that was given up leaves nothing to the next.
    assert_eq!(bodies.json_lines(line(1).as_bytes()).unwrap().batch.events.len(), 1);
}

#[test]
fn no_bytes_bring_a_reader_down() {
    let mut bodies = Bodies::new(1000).unwrap();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut draw = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    // Arrow's own complaints would fill pages.
    std::panic::set_hook(Box::new(|_| {}));
    let texts = [format!("[{},{}]", line(1), line(2)).into_bytes(), arrow(20)];
    for round in 0..40_000 {
        let mut bytes = texts[round % 2].clone();
        for _ in 0..=draw(4) {
            if bytes.is_empty() {
                break;
            }
            let at = draw(bytes.len());
            match draw(3) {
                0 => bytes[at] = draw(256) as u8,
                1 => bytes.truncate(at),
                _ => bytes[at] ^= 1 << draw(8),
            }
        }
        let _ = bodies.json(&bytes);
        let _ = bodies.json_lines(&bytes);
        let _ = bodies.arrow(&bytes);
    }
    let _ = std::panic::take_hook();
    assert_eq!(bodies.json_lines(line(1).as_bytes()).unwrap().batch.events.len(), 1);
    assert_eq!(bodies.arrow(&arrow(9)).unwrap().batch.events.len(), 9);
}

/// What the fuzzer begins with: for each form a small body that is read, behind the byte that names the form.
#[test]
fn the_fuzzer_begins_with_bodies_that_are_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/body");
    let mut bodies = Bodies::new(10).unwrap();
    for (form, name) in ["list", "lines", "arrow"].into_iter().enumerate() {
        let seed = std::fs::read(format!("{folder}/{name}")).unwrap();
        let (byte, bytes) = seed.split_first().unwrap();
        assert_eq!(usize::from(byte % 3), form, "{name}");
        let body = match form {
            0 => bodies.json(bytes),
            1 => bodies.json_lines(bytes),
            _ => bodies.arrow(bytes),
        };
        assert_eq!(body.unwrap().batch.events.len(), 3, "{name}");
    }
}
