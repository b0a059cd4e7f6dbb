//! Goal: a model of texts tells writers apart by what and how they write, in both languages, and is the same every time.
//! Method: two made-up writers with the same words and other habits.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

use learning::{Block, FitError, ModelError, Provenance, Report, Settings, TextModel, Texts};

/// Numbers that every run draws alike.
struct Stream(u64);

impl Stream {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

const ENGLISH: [&str; 8] = ["good", "fit", "the", "box", "came", "was", "small", "nice"];
const CHINESE: [&str; 8] = ["质量", "很好", "物流", "快", "喜欢", "老板", "包装", "一般"];

/// Texts of two writers. The first likes pairs of words in their order, the second in the other.
fn writers(words: &[&str; 8], blank: &str, count: usize) -> (Vec<String>, Vec<bool>) {
    let mut stream = Stream(17);
    let mut texts = Vec::new();
    let mut labels = Vec::new();
    for n in 0..count {
        let second = n % 2 == 0;
        let mut said = Vec::new();
        for _ in 0..6 + stream.below(10) {
            let place = stream.below(7);
            let habit = stream.below(5) > 0;
            let pair = match second == habit {
                true => [words[place + 1], words[place]],
                false => [words[place], words[place + 1]],
            };
            said.extend(pair);
        }
        texts.push(said.join(blank));
        labels.push(second);
    }
    (texts, labels)
}

fn fit(texts: &[String], labels: &[bool]) -> Result<(TextModel, Report), FitError> {
    let blocks: Vec<Block> = texts.iter().map(|text| Some(text.as_str())).collect();
    let rows = Texts { texts, labels, blocks: &blocks, times: None };
    TextModel::fit(rows, Settings::default(), Provenance::default())
}

#[test]
fn habits_tell_writers_apart_in_both_languages() {
    for (words, blank) in [(&ENGLISH, " "), (&CHINESE, "")] {
        let (texts, labels) = writers(words, blank, 600);
        let (model, report) = fit(&texts, &labels).unwrap();
        assert!(report.held_out.auc > 0.9, "{blank:?}: {}", report.held_out.auc);
        // Other texts of the same writers.
        let (others, truth) = writers(words, blank, 1_200);
        let right = others[600..]
            .iter()
            .zip(&truth[600..])
            .filter(|(text, label)| (model.score(text) > 0.5) == **label)
            .count();
        assert!(right > 480, "{blank:?}: {right} of 600");
    }
}

#[test]
fn what_is_shuffled_teaches_nothing() {
    let (texts, labels) = writers(&ENGLISH, " ", 600);
    let mut stream = Stream(3);
    let shuffled: Vec<bool> = labels.iter().map(|_| stream.below(2) == 0).collect();
    let (_, report) = fit(&texts, &shuffled).unwrap();
    assert!((report.held_out.auc - 0.5).abs() < 0.08, "{}", report.held_out.auc);
    assert!(report.held_out.log_loss < report.held_out.log_loss_of_share + 0.05);
}

/// The same text with the same label a hundred times is one lesson and no proof.
#[test]
fn a_copied_text_is_not_asked_where_it_was_taught() {
    let mut stream = Stream(29);
    let word = |stream: &mut Stream| format!("w{}", stream.below(100_000));
    let mut texts = Vec::new();
    let mut labels = Vec::new();
    for n in 0..80 {
        let text: Vec<String> = (0..12).map(|_| word(&mut stream)).collect();
        for _ in 0..10 {
            texts.push(text.join(" "));
            labels.push(n % 2 == 0);
        }
    }
    let alone = vec![None; texts.len()];
    let rows = Texts { texts: &texts, labels: &labels, blocks: &alone, times: None };
    let (_, leaking) = TextModel::fit(rows, Settings::default(), Provenance::default()).unwrap();
    let (_, honest) = fit(&texts, &labels).unwrap();
    assert!(leaking.held_out.auc > 0.99, "the leak is there: {}", leaking.held_out.auc);
    assert!(honest.held_out.auc < 0.8, "and is not measured: {}", honest.held_out.auc);
}

#[test]
fn the_last_texts_are_measured_apart() {
    let (texts, mut labels) = writers(&ENGLISH, " ", 600);
    // The writers change places in the last fifth: what was learnt is then wrong.
    for label in &mut labels[480..] {
        *label = !*label;
    }
    let times: Vec<i64> = (0..600).collect();
    let alone = vec![None; 600];
    let rows = Texts { texts: &texts, labels: &labels, blocks: &alone, times: Some(&times) };
    let (_, report) = TextModel::fit(rows, Settings::default(), Provenance::default()).unwrap();
    let later = report.later.unwrap();
    assert_eq!(later.rows, 120);
    assert!(later.auc < 0.2, "{}", later.auc);
}

#[test]
fn the_file_is_the_model() {
    let (texts, labels) = writers(&CHINESE, "", 300);
    let (model, report) = fit(&texts, &labels).unwrap();
    let (again, said) = fit(&texts, &labels).unwrap();
    let bytes = model.save().unwrap();
    assert_eq!(bytes, again.save().unwrap());
    assert_eq!(report.markdown(), said.markdown());
    let back = TextModel::load(&bytes).unwrap();
    for text in texts.iter().map(String::as_str).chain(["", "\n", "🙂", "a  b!"]) {
        assert_eq!(model.score(text).to_bits(), back.score(text).to_bits());
        assert!((0.0..=1.0).contains(&model.score(text)));
    }
    for place in (0..bytes.len()).step_by((bytes.len() / 500).max(1)) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x04;
        assert!(TextModel::load(&flipped).is_err());
        assert!(TextModel::load(&bytes[..place]).is_err());
    }
    let refused = learning::Model::load(&bytes).unwrap_err();
    assert!(matches!(refused, ModelError::Kind { .. }), "{refused}");
}

#[test]
fn one_writer_is_no_lesson() {
    let (texts, _) = writers(&ENGLISH, " ", 100);
    let refused = fit(&texts, &[false; 100]).unwrap_err();
    assert_eq!(refused, FitError::OneClass { present: false, rows: 100 });
}
