//! Goal: nothing that is wrong with an input stops what is right with it, and nobody has to guess where the fault is.
//! Method: one small file for each fault; the events that must survive and the words that must be said are written out.

mod reading;

use events::{Kind, TEXT_LIMIT};
use input::{Input, InputError};
use reading::{read_bytes, read_paths, write};

fn fault(name: &str, bytes: &[u8]) -> String {
    match read_bytes(name, bytes) {
        Ok(_) => panic!("{name} was read"),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn an_empty_file_is_named() {
    assert!(fault("none.csv", b"").ends_with("none.csv: the file is empty"));
    assert!(fault("none.parquet", b"").ends_with("none.parquet: the file is empty"));
    assert!(fault("blank.jsonl", b"\n\n \n").ends_with("the file is empty"));
}

#[test]
fn a_header_without_rows_is_a_table_of_nothing() {
    let reading = read_bytes("h.csv", b"id,time,kind\n").expect("a table");
    assert_eq!((reading.events.len(), reading.rejected.len()), (0, 0));
}

#[test]
fn a_missing_column_is_named_with_the_file_and_the_header() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path(), "stars.csv", b"user,time\na,2024-01-01\n");
    let mapping = events::Mapping::named("github-stars").expect("built in");
    let said = Input::open(&[&path], Some(&mapping)).expect_err("no repository").to_string();
    for word in ["stars.csv", "`subject`", "repository", "user, time", "github-stars"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let said = fault("what.csv", b"colour,size\nred,1\n");
    assert!(said.contains("what.csv") && said.contains("colour, size"), "{said}");
}

#[test]
fn a_folder_without_tables_and_a_path_without_files() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "notes.md", b"# no table");
    write(folder.path(), "_SUCCESS", b"");
    let said = Input::open(&[folder.path()], None).expect_err("no table").to_string();
    assert!(said.contains("the folder holds no table"), "{said}");
    let gone = folder.path().join("gone-*.csv");
    let said = Input::open(&[&gone], None).expect_err("no file").to_string();
    assert!(said.contains("gone-*.csv: no such file"), "{said}");
    assert!(matches!(Input::open::<&str>(&[], None), Err(InputError::Nothing)));
}

#[test]
fn what_is_no_table_says_what_it_is() {
    assert!(fault("a.csv", b"PK\x03\x04zip").contains("spreadsheet"));
    assert!(fault("a.json", b"[{\"id\":1}]").contains("one object a line"));
    assert!(fault("a.csv", b"\xff\xfei\0d\0").contains("UTF-16"));
    assert!(fault("a.parquet", b"PAR1 and then nothing").contains("truncated Parquet"));
    assert!(fault("a.csv.gz", b"\x1f\x8b\x08 torn").contains("a.csv.gz"));
}

#[test]
fn rows_with_bad_cells_are_rejected_one_by_one() {
    let text = "id,time,kind,actor,amount,rating,dwell_ms,weight_g\n\
        a,2024-05-06T07:08:09Z,order,u,100,5,10,10\n\
        b,0,order,u,,,,\n\
        c,1970-01-01T00:00:00Z,order,u,,,,\n\
        d,2099-12-31T00:00:00Z,order,u,,,,\n\
        e,2100-01-01T00:00:00Z,order,u,,,,\n\
        f,yesterday,order,u,,,,\n\
        g,,order,u,,,,\n\
        h,2024-05-06,,u,,,,\n\
        i,2024-05-06,order,u,-5,,,\n\
        j,2024-05-06,refund,u,-5,,,\n\
        k,2024-05-06,order,u,12.5,,,\n\
        l,2024-05-06,order,u,many,,,\n\
        m,2024-05-06,review,u,,NaN,,\n\
        n,2024-05-06,review,u,,inf,,\n\
        o,2024-05-06,view,u,,,-1,\n\
        p,2024-05-06,scan,u,,,,-1\n\
        q,2024-05-06,scan,u,,,,3000000000\n\
        ,2024-05-06,scan,u,,,,\n\
        r,2024-05-06,teleport,u,,,,\n\
        s,2024-05-06,review,u,,-10,,\n";
    let reading = read_bytes("bad.csv", text.as_bytes()).expect("a table");
    let ids: Vec<&str> = reading.events.iter().map(|(_, id, _)| id.as_str()).collect();
    assert_eq!(ids, ["a", "d", "j", "m", "r"]);
    assert_eq!(reading.events[2].0.amount, Some(5), "a refund is money, whatever its sign");
    assert_eq!(reading.events[3].0.rating, None, "NaN is the null of exports");
    assert_eq!(reading.events[4].0.kind, Kind::Other);
    assert_eq!(reading.counts.unknown_kinds, [("teleport".to_owned(), 1)]);
    let said = reading.rejections();
    for (at, start) in [
        "2 time: `0` is before 1980 (1970",
        "3 time: `1970-01-01T00:00:00Z` is before 1980",
        "5 time: `2100-01-01T00:00:00Z` is after 2099",
        "6 time: `yesterday` is no time",
        "7 time: is required and empty",
        "8 kind: is required and empty",
        "9 amount: `-5` is negative",
        "11 amount: `12.5` is no number that fits",
        "12 amount: `many` is no number",
        "14 rating: is infinite",
        "15 dwell_ms: `-1` is negative",
        "16 weight_g: `-1` is negative",
        "17 weight_g: `3000000000` is no number that fits",
        "18 id: is required and empty",
        "20 rating: `-10` is not from 1 to 5",
    ]
    .iter()
    .enumerate()
    {
        assert!(said[at].starts_with(start), "{} / {start}", said[at]);
    }
    assert_eq!(said.len(), 15);
    // Of a foreign table only its mapping could say what its scale is.
    let foreign = b"time,src,dst,rating\n2024-05-06,a,b,-10\n";
    let reading = read_bytes("trust.csv", foreign).expect("a table");
    assert_eq!(reading.events[0].0.rating, Some(-10.0));
}

#[test]
fn a_stray_quote_costs_its_own_row() {
    let mut text = String::from("id,time,kind,actor,text\n");
    for row in 0..5000 {
        let quote = if row == 2000 { "\"never closed" } else { "\"fine, closed\"" };
        text.push_str(&format!("e{row},2024-05-06,comment,u{row},{quote}\n"));
    }
    text.push_str("last,2024-05-06,comment,u,\"open to the end\n");
    let reading = read_bytes("stray.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.events.len(), 4999);
    let said = reading.rejections();
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("2001 text: a quote opens here"), "{}", said[0]);
    assert!(said[1].starts_with("5001 text: a quote opens here"), "{}", said[1]);
}

#[test]
fn ragged_rows_are_rejected_and_trailing_separators_are_not() {
    let text = "id,time,kind,actor\n\
        a,2024-05-06,like,u,,,\n\
        b,2024-05-06,like\n\
        c,2024-05-06,like,u,more\n\
        \n\
        d,2024-05-06,like,u\n";
    let reading = read_bytes("ragged.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.events.len(), 2);
    let said = reading.rejections();
    assert!(said[0].starts_with("2 : the row has 3 cells, the header 4"), "{}", said[0]);
    assert!(said[1].starts_with("3 : the row has 5 cells"), "{}", said[1]);
}

#[test]
fn broken_utf8_costs_its_own_row() {
    let mut text = b"id,time,kind,actor,text,extra\n".to_vec();
    text.extend(b"a,2024-05-06,comment,u,\xe5\xa5\xbd,x\n");
    text.extend(b"b,2024-05-06,comment,u,\xff\xfe,x\n");
    text.extend(b"c,2024-05-06,comment,u,ok,\xff\n");
    let reading = read_bytes("broken.csv", &text).expect("a table");
    assert_eq!(reading.events.iter().map(|e| e.1.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(reading.rejections(), ["2 text: is not valid text in this encoding"]);

    let mut lines = br#"{"id":"a","time":"2024-05-06","kind":"like"}"#.to_vec();
    lines.extend(b"\n{\"id\":\"\xff\",\"time\":\"2024-05-06\",\"kind\":\"like\"}\nnot json\n[1]\n");
    lines.extend(br#"{"id":"b","time":1714979289,"kind":"like","actor":{"x":1}}"#);
    lines.extend(b"\n{\"id\":\"c\",\"time\":1714979289,\"kind\":\"like\"}");
    let reading = read_bytes("broken.jsonl", &lines).expect("a table");
    assert_eq!(reading.events.iter().map(|e| e.1.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    let said = reading.rejections();
    assert_eq!(said[0], "2 : is not valid text in this encoding");
    assert!(said[1].starts_with("3 : not a JSON object"), "{}", said[1]);
    assert!(said[2].starts_with("4 : not a JSON object"), "{}", said[2]);
    assert_eq!(said[3], "5 actor: cannot be read from a list or an object");
}

#[test]
fn long_texts_are_cut_and_long_identifiers_rejected() {
    let long = "好".repeat(10 << 20 >> 1);
    let name = "n".repeat(2000);
    let text = format!(
        "id,time,kind,actor,text\na,2024-05-06,comment,u,\"{long}\"\nb,2024-05-06,comment,{name},x\n\
         c,2024-05-06,comment,u,short\n"
    );
    let reading = read_bytes("long.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.events.len(), 2);
    let kept = &reading.events[0].2;
    assert!(kept.len() <= TEXT_LIMIT && kept.len() > TEXT_LIMIT - 3 && long.starts_with(kept));
    assert_eq!(reading.counts.cut_texts, 1);
    assert!(reading.rejections()[0].starts_with("2 actor: is an identifier of 2000 bytes"));
}

#[test]
fn an_id_used_twice_is_delivered_twice_and_equal_rows_have_equal_ids() {
    let twice = "id,time,kind\na,2024-05-06,like\na,2024-05-06,like\n";
    let reading = read_bytes("twice.csv", twice.as_bytes()).expect("a table");
    assert_eq!(reading.events.len(), 2);
    assert_eq!(reading.events[0].0.id, reading.events[1].0.id);

    let folder = tempfile::tempdir().expect("a folder");
    let rows = ["u1,i1,5", "u1,i2,5", "u1,i1,5", "u2,i1,4"];
    let whole = format!("user,item,rating\n{}\n", rows.join("\n"));
    let one = read_bytes("one.csv", whole.as_bytes()).expect("a table");
    let ids: Vec<_> = one.events.iter().map(|e| e.1.clone()).collect();
    assert_eq!(ids[0], ids[2]);
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    let mut paths = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let text = format!("user,item,rating\n{row}\n");
        paths.push(write(folder.path(), &format!("{at}.csv"), text.as_bytes()));
    }
    let cut = read_paths(&paths, None).expect("tables");
    assert_eq!(cut.events.iter().map(|e| e.1.clone()).collect::<Vec<_>>(), ids);
    let turned = read_bytes("t.csv", b"rating,item,user\n5,i1,u1\n").expect("a table");
    assert_eq!(turned.events[0].1, ids[0], "the order of columns is no part of a row");
    assert_eq!(one.events[0].0.time, events::EventTime::TIMELESS);
}

#[test]
fn a_damaged_archive_says_where_it_broke() {
    use std::io::Write;
    let mut text = String::from("id,time,kind\n");
    for row in 0..200_000 {
        text.push_str(&format!("e{},2024-05-06,like\n", row * 7919 % 1_000_003));
    }
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).expect("packed");
    let packed = packer.finish().expect("packed");
    let said = fault("torn.csv.gz", &packed[..packed.len() * 9 / 10]);
    assert!(said.contains("torn.csv.gz: damaged at or after row "), "{said}");
}

#[test]
fn an_address_may_be_a_token_and_no_stars_are_no_rating() {
    let text = "id,time,kind,actor,ip,rating\n\
                e1,2026-01-31T08:00:00Z,review,a,8f3e77,0\n\
                e2,2026-01-31T08:00:00Z,review,a,8f3e77,5\n";
    let reading = read_bytes("tokens.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.rejected.len(), 0);
    let stars: Vec<_> = reading.events.iter().map(|read| read.0.rating).collect();
    assert_eq!(stars, [None, Some(5.0)]);
    assert!(reading.events.iter().all(|read| read.0.ip == events::Key::of("8f3e77")));
}

/// A row with a value that is wrong, the column at fault and a word of the reason.
const WRONG: [(&str, &str, &str, &str); 7] = [
    ("time", "\"01/02/2026\"", "time", "may be day/month or month/day"),
    ("ip", "\"999.1.1.1\"", "ip", "no IPv4 or IPv6 address"),
    ("ip", "\"::1::1.2\"", "ip", "no IPv4 or IPv6 address"),
    ("rating", "9", "rating", "`9` is not from 1 to 5"),
    ("rating", "0.5", "rating", "`0.5` is not from 1 to 5"),
    ("id", "true", "id", "cannot be read from yes or no"),
    ("actor", "false", "actor", "cannot be read from yes or no"),
];

#[test]
fn files_and_bodies_refuse_the_same_and_name_row_and_column() {
    let row = |n: usize, column: &str, value: &str| {
        let mut cells = vec![
            ("id", format!("\"e{n}\"")),
            ("time", "\"2026-01-31T08:00:00Z\"".to_owned()),
            ("kind", "\"review\"".to_owned()),
            ("actor", "\"a\"".to_owned()),
            ("ip", "\"10.1.2.3\"".to_owned()),
            ("rating", "5".to_owned()),
        ];
        for cell in cells.iter_mut().filter(|cell| cell.0 == column) {
            value.clone_into(&mut cell.1);
        }
        cells
    };
    let rows: Vec<_> = (0..20)
        .map(|n| match WRONG.get(n / 2) {
            Some((column, value, ..)) if n % 2 == 1 => row(n, column, value),
            // What stands for an address, and one that is half hidden, are none and yet no fault.
            _ => row(n, "ip", ["\"h:0123456789abcdef01234567\"", "\"10.1.2.*\""][n / 2 % 2]),
        })
        .collect();
    let lines: Vec<String> = rows
        .iter()
        .map(|cells| {
            let cells: Vec<String> =
                cells.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", cells.join(","))
        })
        .collect();
    let file = read_bytes("e.jsonl", lines.join("\n").as_bytes()).expect("lines");
    assert_eq!((file.events.len(), file.rejected.len()), (13, 7));
    for (at, (rejected, (.., column, why))) in file.rejected.iter().zip(WRONG).enumerate() {
        assert_eq!((rejected.row, rejected.column.as_str()), (2 * at as u64 + 2, column));
        assert!(rejected.reason.to_string().contains(why), "{}", rejected.reason);
    }
    let told: Vec<String> =
        file.rejected.iter().map(|r| format!("{} {}: {}", r.row - 1, r.column, r.reason)).collect();
    let mut bodies = input::Bodies::new(100).expect("bodies");
    let json = format!("[{}]", lines.join(","));
    for body in [bodies.json_lines(lines.join("\n").as_bytes()), bodies.json(json.as_bytes())] {
        let body = body.expect("a body");
        let said: Vec<String> =
            body.rejected.iter().map(|r| format!("{} {}: {}", r.row, r.column, r.reason)).collect();
        assert_eq!(said, told);
    }
    // A text table has no yes and no: `true` is a text like others there.
    let table: Vec<String> = rows
        .iter()
        .map(|cells| cells.iter().map(|cell| cell.1.clone()).collect::<Vec<_>>().join(","))
        .collect();
    let table = format!("id,time,kind,actor,ip,rating\n{}\n", table.join("\n"));
    let csv = read_bytes("e.csv", table.as_bytes()).expect("a table");
    let five: Vec<String> =
        csv.rejected.iter().map(|r| format!("{} {}: {}", r.row - 1, r.column, r.reason)).collect();
    assert_eq!(five, told[..5]);
}
