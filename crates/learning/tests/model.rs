//! Goal: a model learns what is there, says honestly how well, and is the same every time. Method: made-up rows whose
//! truth is known.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use learning::{Examples, FitError, Model, ModelError, Provenance, Settings};

/// A stream of numbers in [0, 1) that every run draws alike.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("f{n}")).collect()
}

fn fit(
    columns: Vec<Vec<f32>>,
    labels: Vec<bool>,
    blocks: &[Option<&str>],
) -> (Model, learning::Report) {
    let examples = Examples::new(names(columns.len()), columns, labels, blocks).unwrap();
    Model::fit(&examples, Settings::default(), Provenance::default()).unwrap()
}

/// Rows whose chance is known: two numbers that matter together, one that does not, one that is often missing.
fn known(rows: usize) -> (Vec<Vec<f32>>, Vec<bool>, Vec<f64>) {
    let mut stream = Stream(11);
    let mut columns = vec![Vec::new(); 4];
    let (mut labels, mut chances) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let x: Vec<f64> = (0..4).map(|_| stream.next()).collect();
        let missing = x[3] < 0.4;
        let both = (x[0] > 0.5) != (x[1] > 0.5);
        let chance =
            (0.1f64 + if both { 0.5 } else { 0.0 } + if missing { 0.3 } else { 0.0 }).min(0.9);
        for (column, value) in columns.iter_mut().zip(&x[..3]) {
            column.push(*value as f32);
        }
        columns[3].push(if missing { f32::NAN } else { x[3] as f32 });
        labels.push(stream.next() < chance);
        chances.push(chance);
    }
    (columns, labels, chances)
}

#[test]
fn chances_mean_what_they_say() {
    let (columns, labels, chances) = known(12_000);
    let (model, report) = fit(columns.clone(), labels, &vec![None; 12_000]);
    assert!(report.held_out.worst_tenth < 0.05, "{:#?}", report.held_out.tenths);
    assert!(report.held_out.log_loss < 0.9 * report.held_out.log_loss_of_share);
    // Against the chances that the labels were drawn from, which no model was shown.
    let miss: f64 = (0..12_000)
        .map(|row| {
            let numbers: Vec<f32> = columns.iter().map(|column| column[row]).collect();
            (model.score(&numbers) - chances[row]).abs()
        })
        .sum();
    assert!(miss / 12_000.0 < 0.05, "{}", miss / 12_000.0);
    let order: Vec<&str> = report.importances.iter().map(|i| i.feature.as_str()).collect();
    assert_eq!(order[3], "f2", "what does not matter comes last: {order:?}");
    assert!(report.importances[3].permutation < 0.005);
}

#[test]
fn missing_numbers_have_their_own_branch() {
    let column: Vec<f32> =
        (0..2_000).map(|n| if n % 2 == 0 { f32::NAN } else { (n % 97) as f32 }).collect();
    let labels = (0..2_000).map(|n| n % 2 == 0).collect();
    let (model, report) = fit(vec![column], labels, &vec![None; 2_000]);
    assert!(report.held_out.auc > 0.999);
    assert!(model.score(&[f32::NAN]) > 0.95);
    assert!(model.score(&[]) > 0.95);
    assert!(model.score(&[50.0]) < 0.05);
    assert!(model.score(&[f32::INFINITY]) < 0.05);
    assert!(model.score(&[f32::NEG_INFINITY]) < 0.05);
}

#[test]
fn noise_teaches_nothing() {
    let mut stream = Stream(5);
    let columns: Vec<Vec<f32>> =
        (0..5).map(|_| (0..3_000).map(|_| stream.next() as f32).collect()).collect();
    let labels = (0..3_000).map(|_| stream.next() < 0.3).collect();
    let (_, report) = fit(columns, labels, &vec![None; 3_000]);
    assert!((report.held_out.auc - 0.5).abs() < 0.04, "{}", report.held_out.auc);
    assert!(report.held_out.log_loss < report.held_out.log_loss_of_share + 0.005);
}

#[test]
fn more_of_what_tells_is_scored_no_lower() {
    let mut stream = Stream(9);
    let column: Vec<f32> = (0..6_000).map(|_| stream.next() as f32 * 10.0).collect();
    let labels = column.iter().map(|&x| stream.next() < f64::from(x) / 10.0).collect();
    let (model, _) = fit(vec![column], labels, &vec![None; 6_000]);
    let tenths: Vec<f64> = (0..10)
        .map(|tenth| {
            let scores = (0..20).map(|n| model.score(&[tenth as f32 + n as f32 / 20.0]));
            scores.sum::<f64>() / 20.0
        })
        .collect();
    assert!(tenths.windows(2).all(|pair| pair[0] < pair[1]), "{tenths:?}");
}

/// A number that names the campaign predicts the label of every row whose campaign was seen.
#[test]
fn labels_do_not_leak_across_folds() {
    let mut stream = Stream(3);
    let campaigns: Vec<bool> = (0..40).map(|_| stream.next() < 0.5).collect();
    let of = |row: usize| row % 40;
    let column: Vec<f32> = (0..4_000).map(|row| of(row) as f32).collect();
    let labels: Vec<bool> = (0..4_000).map(|row| campaigns[of(row)]).collect();
    let names: Vec<String> = (0..40).map(|n| format!("c{n}")).collect();
    let blocks: Vec<Option<&str>> = (0..4_000).map(|row| Some(names[of(row)].as_str())).collect();
    let (_, alone) = fit(vec![column.clone()], labels.clone(), &vec![None; 4_000]);
    let (_, grouped) = fit(vec![column], labels, &blocks);
    assert!(alone.held_out.auc > 0.99, "the leak is there: {}", alone.held_out.auc);
    assert!(grouped.held_out.auc < 0.75, "and is not measured: {}", grouped.held_out.auc);
}

#[test]
fn the_same_rows_and_seed_make_the_same_bytes() {
    let (columns, labels, _) = known(1_500);
    let bytes = |seed| {
        let examples =
            Examples::new(names(4), columns.clone(), labels.clone(), &vec![None; 1_500]).unwrap();
        let settings = Settings { seed, ..Settings::default() };
        let (model, report) = Model::fit(&examples, settings, Provenance::default()).unwrap();
        (model.save().unwrap(), report.markdown())
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1).0, bytes(2).0);
}

#[test]
fn one_class_is_no_lesson() {
    let one = Examples::new(names(1), vec![vec![0.0; 50]], vec![true; 50], &[None; 50]);
    assert_eq!(one.unwrap_err(), FitError::OneClass { present: true, rows: 50 });
    let mut labels = vec![false; 50];
    labels[..5].fill(true);
    let few = Examples::new(names(1), vec![vec![0.0; 50]], labels, &[None; 50]);
    assert_eq!(
        few.unwrap_err().to_string(),
        "only 5 positive rows: at least 20 of each class are needed"
    );
    // Two campaigns: one held out leaves one to learn from, and that cannot be cut again.
    let labels: Vec<bool> = (0..100).map(|row| row < 50).collect();
    let blocks: Vec<Option<&str>> =
        (0..100).map(|row| (row < 50).then_some(if row < 25 { "a" } else { "b" })).collect();
    let examples = Examples::new(names(1), vec![vec![0.0; 100]], labels, &blocks).unwrap();
    let refused = Model::fit(&examples, Settings::default(), Provenance::default()).unwrap_err();
    assert_eq!(refused, FitError::FewBlocks { class: true });
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let (columns, labels, _) = known(200);
    let examples = Examples::new(names(4), columns, labels, &vec![None; 200]).unwrap();
    let mut settings = Settings::default();
    settings.boosting.shrinkage = 0.0;
    let refused = Model::fit(&examples, settings, Provenance::default()).unwrap_err();
    assert_eq!(refused.to_string(), "the shrinkage cannot be 0");
}

#[test]
fn a_file_comes_back_whole_or_not_at_all() {
    let (columns, labels, _) = known(600);
    let (model, _) = fit(columns.clone(), labels, &vec![None; 600]);
    let bytes = model.save().unwrap();
    let back = Model::load(&bytes).unwrap();
    for row in 0..600 {
        let numbers: Vec<f32> = columns.iter().map(|column| column[row]).collect();
        assert_eq!(model.score(&numbers).to_bits(), back.score(&numbers).to_bits());
    }
    let step = (bytes.len() / 2_000).max(1);
    for place in (0..bytes.len()).step_by(step) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x10;
        assert!(Model::load(&flipped).is_err(), "byte {place}");
        assert!(Model::load(&bytes[..place]).is_err(), "cut at {place}");
    }
    let more = [names(4), vec!["f9".to_owned()]].concat();
    assert_eq!(back.fits(&names(4)), Ok(()));
    assert!(back.fits(&more).unwrap_err().to_string().contains("f9"));
    assert!(back.fits(&names(3)).unwrap_err().to_string().contains("f3"));
    assert!(matches!(Model::load(b"{}"), Err(ModelError::NotAModel)));
}
