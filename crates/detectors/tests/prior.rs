//! The weak prior on real tables in ../shared/data, each event scored from what came before it alone; skipped, and said so, where
//! they are not there. Columns of different tables are read by name; ranks are all that is judged.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use detectors::prior::{ActorHistory, SubjectHistory, score};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::path::Path;

fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = std::fs::File::open(path).expect("the table opens");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    let reader = reader.with_batch_size(1 << 20).build().expect("a reader");
    reader.map(|batch| batch.expect("a batch")).collect()
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    let column = batch.column_by_name(name).expect("the column");
    let rows = 0..batch.num_rows();
    if let Some(strings) = column.as_string_opt::<i32>() {
        rows.map(|row| strings.value(row).to_owned()).collect()
    } else if let Some(strings) = column.as_string_opt::<i64>() {
        rows.map(|row| strings.value(row).to_owned()).collect()
    } else {
        let strings = column.as_string_view();
        rows.map(|row| strings.value(row).to_owned()).collect()
    }
}

fn bytes(batch: &RecordBatch, name: &str) -> Vec<i8> {
    let column = batch.column_by_name(name).expect("the column");
    column.as_primitive::<Int8Type>().values().to_vec()
}

/// Seconds of a time column, whatever its unit.
fn seconds(batch: &RecordBatch) -> Vec<u32> {
    use arrow_array::types::{TimestampMicrosecondType as Micro, TimestampNanosecondType as Nano};
    let column = batch.column_by_name("time").expect("a time");
    if let Some(times) = column.as_primitive_opt::<Micro>() {
        return times.values().iter().map(|t| (t / 1_000_000) as u32).collect();
    }
    let times = column.as_primitive::<Nano>();
    times.values().iter().map(|t| (t / 1_000_000_000) as u32).collect()
}

struct Rated {
    second: u32,
    id: String,
    actor: String,
    subject: String,
    rating: f32,
}

fn rated(path: &Path, columns: [&str; 2], id: Option<&str>) -> Vec<Rated> {
    let mut all = Vec::new();
    for batch in batches(path) {
        let (actors, subjects) = (texts(&batch, columns[0]), texts(&batch, columns[1]));
        let ids = id.map(|name| texts(&batch, name));
        let rows = seconds(&batch).into_iter().zip(bytes(&batch, "rating"));
        for (row, ((second, rating), (actor, subject))) in
            rows.zip(actors.into_iter().zip(subjects)).enumerate()
        {
            let id = ids.as_ref().map_or_else(|| format!("{row:09}"), |ids| ids[row].clone());
            all.push(Rated { second, id, actor, subject, rating: f32::from(rating) });
        }
    }
    all.sort_by(|a, b| (a.second, &a.id).cmp(&(b.second, &b.id)));
    all
}

fn scored(all: &[Rated]) -> (Vec<f32>, BTreeMap<&str, ActorHistory>) {
    let mut subjects: BTreeMap<&str, SubjectHistory> = BTreeMap::new();
    let mut actors: BTreeMap<&str, ActorHistory> = BTreeMap::new();
    let mut bits = Vec::new();
    for event in all {
        let regard = subjects.entry(&event.subject).or_default().before(event.rating);
        let actor = actors.entry(&event.actor).or_default();
        bits.push(actor.newness(event.second) + regard.bits());
        actor.rated(event.rating, regard);
    }
    (bits, actors)
}

fn labels(path: &Path, name: &str) -> BTreeMap<String, bool> {
    let batch = batches(path);
    let rows = batch.iter().flat_map(|b| texts(b, name).into_iter().zip(bytes(b, "label")));
    rows.map(|(id, label)| (id, label == 1)).collect()
}

/// (area under the ROC curve, average precision), ties shared for the first and broken downward for the second.
fn measures(mut ranked: Vec<(f32, bool)>) -> (f64, f64) {
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let positives = ranked.iter().filter(|r| r.1).count() as f64;
    let negatives = ranked.len() as f64 - positives;
    let (mut hits, mut seen, mut area, mut precision) = (0.0, 0.0, 0.0, 0.0);
    for tied in ranked.chunk_by(|a, b| a.0 == b.0) {
        let positive = tied.iter().filter(|r| r.1).count() as f64;
        let negative = tied.len() as f64 - positive;
        area += negative * (hits + positive / 2.0);
        (hits, seen) = (hits + positive, seen + tied.len() as f64);
        precision += positive * hits / seen;
    }
    (area / (positives * negatives), precision / positives)
}

fn folder(name: &str) -> Option<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn filtered_reviews_rank_first() {
    let Some(folder) = folder("yelp-reviews") else { return };
    let all = rated(&folder.join("reviews.parquet"), ["user", "item"], Some("id"));
    let labels = labels(&folder.join("labels.parquet"), "id");
    let (bits, _) = scored(&all);
    assert!(bits.iter().all(|b| score(*b) < 0.4));
    let ranked = all.iter().zip(&bits).map(|(event, bits)| (*bits, labels[&event.id])).collect();
    let (area, precision) = measures(ranked);
    eprintln!("yelp-reviews: AUC {area:.3}, AP {precision:.3}");
    assert!(precision >= 0.25 && area >= 0.72, "AUC {area}, AP {precision}");
}

#[test]
fn raters_who_cheat_rank_first() {
    let Some(folder) = folder("otc-trust") else { return };
    let all = rated(&folder.join("ratings.parquet"), ["src", "dst"], None);
    let labels = labels(&folder.join("labels.parquet"), "user");
    let (_, actors) = scored(&all);
    let rank = |rated_only: bool| {
        let known =
            labels.iter().filter(|(user, _)| !rated_only || actors.contains_key(user.as_str()));
        let bits = |user: &str| actors.get(user).copied().unwrap_or_default().profile();
        measures(known.map(|(user, bad)| (bits(user), *bad)).collect()).0
    };
    eprintln!(
        "otc-trust: AUC {:.3} of all labelled, {:.3} of those that gave ratings",
        rank(false),
        rank(true)
    );
    assert!(rank(false) >= 0.85 && rank(true) >= 0.87);
}
