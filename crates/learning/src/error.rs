//! Why nothing could be learnt, and why a model file was refused.

/// Why nothing could be learnt.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Rows, labels and blocks are not equally many.
    #[error("rows, labels and blocks are not equally many")]
    Uneven,
    /// All rows have the same label.
    #[error(
        "all {rows} labelled rows are {}: both classes are needed",
        if *present { "positive" } else { "negative" }
    )]
    OneClass {
        /// The label that all have.
        present: bool,
        /// How many rows.
        rows: usize,
    },
    /// A class is too small.
    #[error(
        "only {count} {} rows: at least {least} of each class are needed",
        if *class { "positive" } else { "negative" }
    )]
    TooFew {
        /// Which.
        class: bool,
        /// Its rows.
        count: usize,
        /// What is needed.
        least: usize,
    },
    /// The rows of a class belong to too few blocks for one to be held out.
    #[error(
        "all {} rows belong to one block: nothing can be held out from them",
        if *class { "positive" } else { "negative" }
    )]
    OneBlock {
        /// Which.
        class: bool,
    },
    /// Too few blocks are left of a class when one is held out.
    #[error(
        "the {} rows belong to too few blocks: three are needed, one to hold out and two to learn from",
        if *class { "positive" } else { "negative" }
    )]
    FewBlocks {
        /// Which.
        class: bool,
    },
    /// There are more rows than are taken.
    #[error("{rows} rows are more than the {limit} that are taken")]
    TooManyRows {
        /// How many.
        rows: usize,
        /// What is taken.
        limit: usize,
    },
    /// There is no feature, or there are too many.
    #[error("{count} features: from 1 to {limit} are taken")]
    Features {
        /// How many.
        count: usize,
        /// What is taken.
        limit: usize,
    },
    /// Two features have one name.
    #[error("two features are called `{name}`")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// A setting cannot be meant.
    #[error("{name} cannot be {value}")]
    Setting {
        /// Which.
        name: &'static str,
        /// What it was set to.
        value: f64,
    },
}

/// Why a model file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It does not begin as a model file does.
    #[error("this is no model file: its first line does not say `{}`", crate::file::FORMAT)]
    NotAModel,
    /// It is larger than any model.
    #[error("{bytes} bytes are more than the {limit} of the largest model")]
    TooLarge {
        /// How large.
        bytes: usize,
        /// What is taken.
        limit: usize,
    },
    /// It is of another version of the format.
    #[error(
        "the model file has format version {found}, this program reads {known}: train it again"
    )]
    Version {
        /// Its version.
        found: u32,
        /// What can be read.
        known: u32,
    },
    /// It is a model for something else.
    #[error("this is a model of {found}, and one of {wanted} is needed")]
    Kind {
        /// What it is for.
        found: String,
        /// What was wanted.
        wanted: &'static str,
    },
    /// It was changed or cut short after it was written.
    #[error("the model file is damaged: its checksum does not fit")]
    Checksum,
    /// It is whole, and makes no sense.
    #[error("the model file is not consistent: {what}")]
    Inconsistent {
        /// What is wrong.
        what: &'static str,
    },
    /// It was trained on other features than this program computes.
    #[error("the model does not fit this version's features: {difference}; train it again")]
    Features {
        /// The first difference.
        difference: String,
    },
    /// It could not be put into a file.
    #[error("the model could not be written: {why}")]
    Unwritable {
        /// Why.
        why: String,
    },
}
