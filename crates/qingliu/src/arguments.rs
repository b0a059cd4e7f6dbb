//! The command line: what can be asked for, and the help that says so.

use crate::quantity;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds coordinated and machine-made activity in event tables, and what the true counts are.
#[derive(Debug, Parser)]
#[command(name = "qingliu", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  qingliu demo                                   a simulated market, audited and checked against its truth
  qingliu audit events.parquet --out audit       your own table; the mapping is guessed from its header
  qingliu audit exports/ --out audit --lang zh   every table of a folder, the page in Chinese
  qingliu mappings                               the foreign tables that are understood

Exit status: 0 done; 1 the input could not be used; 2 wrong arguments; 3 more than --fail-above was fake.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Audit event tables: find the fakes, restore the counts, write results and a page for people.
    Audit(Audit),
    /// Simulate a market, audit it, and say how right the audit was.
    Demo(Demo),
    /// Write a labelled market, for tests and demonstrations.
    Simulate(Simulate),
    /// Say how right results are against a known truth.
    Evaluate(Evaluate),
    /// Scan documents: what they offer, hide, or had glued into them.
    Scan(Scan),
    /// List the built-in mappings, or show one.
    Mappings(Mappings),
    /// Fit a model on labels, or check one.
    Train(Train),
    /// Serve: decide events while they happen.
    Serve(Serve),
    /// Check a configuration of `serve`.
    Check(Check),
}

/// Serve: decide events while they happen, over HTTP, and lose none of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qingliu serve --demo
  qingliu serve qingliu.toml
  qingliu serve --data /var/lib/qingliu --listen 127.0.0.1:8480

Without a file everything is at its default; QINGLIU_<SECTION>_<KEY> in the environment overrides it.
The first start shows an admin key, this once. SIGHUP reads the policy again, SIGTERM ends in order.")]
pub(crate) struct Serve {
    /// The configuration, a TOML file.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for log, snapshots and keys, in the place of the configuration's.
    #[arg(long, value_name = "DIR", conflicts_with = "demo")]
    pub(crate) data: Option<PathBuf>,
    /// Address and port, in the place of the configuration's.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Play a simulated market into the service, in a folder that goes away.
    #[arg(long)]
    pub(crate) demo: bool,
    /// End when the market has been played.
    #[arg(long, requires = "demo")]
    pub(crate) once: bool,
    /// Genuine people of the market [default: 2500].
    #[arg(long, requires = "demo", value_name = "N",
          value_parser = clap::value_parser!(u32).range(200..=1_000_000))]
    pub(crate) people: Option<u32>,
    /// Events a second that the market plays at.
    #[arg(long, requires = "demo", value_name = "N", default_value_t = 3_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) speed: u32,
    /// Language of what is told.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// Check a configuration of `serve`, and show it with everything that it leaves out.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The configuration, a TOML file.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: PathBuf,
    /// Language of what is told.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// Audit event tables: find the fakes, restore the counts, write results and a page for people.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qingliu audit events.parquet --out audit
  qingliu audit 'exports/*.csv.gz' --out audit --mapping taobao-orders --lang zh
  qingliu audit stars.jsonl --out audit --json --fail-above 5% --quiet
  qingliu audit events.parquet --out audit --model accounts.model --text-model reviews.model

Parquet, CSV and JSON Lines are read, also with .gz or .zst. Rows that cannot be read go to
rejected.parquet. Exit status: 0 done; 1 the input could not be used; 2 wrong arguments; 3 done, and
more than --fail-above of the counted events was fake.")]
pub(crate) struct Audit {
    /// Files, folders and patterns with the events.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Folder for the results: made if missing, refused if it holds anything but earlier results.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How the tables become events: a built-in mapping's name or a TOML file [default: guessed].
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) mapping: Option<String>,
    /// The standard for verdicts, a TOML file [default: built in].
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A model of `qingliu train accounts`: its calibrated chance becomes each account's score; verdicts stay the
    /// policy's [default: none].
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// A model of `qingliu train texts`: reads reviews and comments for generated or templated ones (TXT07)
    /// [default: none].
    #[arg(long, value_name = "FILE")]
    pub(crate) text_model: Option<PathBuf>,
    /// A table of address ranges (start, end, autonomous system, operator; CSV): tells rented machines, carriers and campuses
    /// apart (NET03); may be given more than once [default: none].
    #[arg(long, value_name = "FILE")]
    pub(crate) networks: Vec<PathBuf>,
    /// Threads; results do not depend on it [default: as many as processors].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) workers: Option<u16>,
    /// How much later than others an event may stand in the input, such as 90s, 15m, 6h, 2d; later ones are left out
    /// and counted [default: any order].
    #[arg(long, value_name = "DURATION", value_parser = quantity::duration)]
    pub(crate) lateness: Option<i64>,
    /// Share of rows that may be unreadable before the input counts as unusable.
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = quantity::share)]
    pub(crate) max_rejected: f64,
    /// End with status 3 if a greater share of the counted events is fake.
    #[arg(long, value_name = "SHARE", value_parser = quantity::share)]
    pub(crate) fail_above: Option<f64>,
    /// Language of the page and the summary.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Show no progress.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Print summary.json instead of words.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Simulate a market, audit it, and say how right the audit was.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder for the market and its audit.
    #[arg(long, value_name = "DIR", default_value = "qingliu-demo")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) world: World,
    /// Threads; results do not depend on it [default: as many as processors].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) workers: Option<u16>,
    /// Language of the page and the summary.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
    /// Show no progress.
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Write a labelled market, for tests and demonstrations.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  qingliu simulate --out market --people 20000 --days 14 --schemes S1,S2 --hardness hard

The folder gets events.parquet in the contract's shape and truth_*.parquet with what is what.")]
pub(crate) struct Simulate {
    /// Folder for the tables: made if missing, refused if it holds anything but an earlier market.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) world: World,
}

/// What world to simulate.
#[derive(Debug, Args)]
pub(crate) struct World {
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Genuine people.
    #[arg(long, default_value_t = 4_000,
          value_parser = clap::value_parser!(u32).range(200..=50_000_000))]
    pub(crate) people: u32,
    /// Days observed.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(3..=3_660))]
    pub(crate) days: u32,
    /// Schemes of abuse at work, such as S1,S2,S15, or `none` [default: S1 to S12].
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    pub(crate) schemes: Option<Vec<String>>,
    /// What attackers spend on not being seen.
    #[arg(long, value_enum, default_value_t = Hardness::Usual)]
    pub(crate) hardness: Hardness,
}

/// Say how right results are against a known truth.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qingliu evaluate --truth market --results audit
  qingliu evaluate --truth market --results audit --json > evaluation.json
  qingliu evaluate --truth market --results audit --baselines market/events.parquet")]
pub(crate) struct Evaluate {
    /// Folder with truth_*.parquet, or with *labels*.parquet.
    #[arg(long, value_name = "DIR")]
    pub(crate) truth: PathBuf,
    /// Folder with the results of an audit.
    #[arg(long, value_name = "DIR")]
    pub(crate) results: PathBuf,
    /// The events, where the truth folder does not hold them as events.parquet.
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// What fakes cost, a TOML file [default: built in; see docs/economics.md].
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// Measure simple methods on these events too.
    #[arg(long, value_name = "INPUT")]
    pub(crate) baselines: Vec<PathBuf>,
    /// Print JSON instead of tables.
    #[arg(long)]
    pub(crate) json: bool,
    /// Language of the tables.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// Scan documents: what they offer, hide, or had glued into them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qingliu scan page.html article.txt --lang zh
  qingliu scan page.txt --json
  qingliu scan articles/*.txt --clean cleaned

Text, Markdown and HTML in UTF-8, UTF-16 or GB18030, up to 8 MiB a file. Found are hotline doorways (TXT01), glued text
(TXT02), adverts for bought engagement (TXT03), recruitment of brushers (TXT04), hidden contacts (TXT05) and content
farms (TXT06). Exit status: 0 done; 1 a file could not be used (the others are scanned); 2 wrong arguments.")]
pub(crate) struct Scan {
    /// The documents.
    #[arg(required = true, value_name = "FILES")]
    pub(crate) files: Vec<PathBuf>,
    /// Write each document without its glued blocks to this folder: made if missing, files of the same names replaced.
    #[arg(long, value_name = "DIR")]
    pub(crate) clean: Option<PathBuf>,
    /// Print JSON instead of words.
    #[arg(long)]
    pub(crate) json: bool,
    /// Language of the words.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

/// List the built-in mappings, or show one.
#[derive(Debug, Args)]
pub(crate) struct Mappings {
    #[command(subcommand)]
    pub(crate) what: Option<MappingsWhat>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MappingsWhat {
    /// Name and title of each.
    List,
    /// What a mapping reads, column by column.
    Show {
        /// Its name, or a TOML file.
        name: String,
    },
}

/// Fit a model on labels, or check one.
#[derive(Debug, Args)]
pub(crate) struct Train {
    #[command(subcommand)]
    pub(crate) what: TrainWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrainWhat {
    /// Fit a model of texts on a table of labelled texts.
    Texts(TrainTexts),
    /// Fit a model of accounts on an audit's results and labels.
    Accounts(TrainAccounts),
    /// Say what a model is worth on labels that it was not fitted on.
    Check(CheckModel),
}

/// Fit a model of texts on a table of labelled texts.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  qingliu train texts reviews.parquet --label label_or --positive 0 --where split=dev --out reviews.model

Parquet or CSV. The model is measured on texts that were held out, by --block where it is given; the
report is written beside it.")]
pub(crate) struct TrainTexts {
    /// The table.
    #[arg(value_name = "TABLE")]
    pub(crate) table: PathBuf,
    #[command(flatten)]
    pub(crate) columns: TextTable,
    #[command(flatten)]
    pub(crate) fitting: Fitting,
}

/// What a table of texts calls its columns.
#[derive(Debug, Args)]
pub(crate) struct TextTable {
    /// The column with the texts [default: text].
    #[arg(long, value_name = "COLUMN")]
    pub(crate) text: Option<String>,
    /// The column with the labels [default: label].
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    /// The label of what is looked for [default: fake, 1, true, yes, upheld, whichever is used].
    #[arg(long, value_name = "LABEL")]
    pub(crate) positive: Option<String>,
    /// Only rows with this cell; may be given again.
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub(crate) filter: Vec<crate::train::Filter>,
    /// The column that says which texts belong together, such as an author or a campaign.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) block: Option<String>,
    /// The column with the times: the model is then also measured on the last texts.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,
}

/// Fit a model of accounts on an audit's results and labels.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qingliu train accounts audit --truth market --out accounts.model
  qingliu train accounts audit --truth rulings.csv --out accounts.model

Labels are a truth folder or a table with the columns account and label, and campaign where known.")]
pub(crate) struct TrainAccounts {
    /// Folder with the results of an audit.
    #[arg(value_name = "RESULTS")]
    pub(crate) results: PathBuf,
    /// Folder with truth_accounts.parquet, or a table with account and label.
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) truth: PathBuf,
    /// The label of what is looked for [default: fake, 1, true, yes, upheld, whichever is used].
    #[arg(long, value_name = "LABEL")]
    pub(crate) positive: Option<String>,
    #[command(flatten)]
    pub(crate) fitting: Fitting,
}

/// How a model is fitted, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct Fitting {
    /// File for the model; its report is written beside it, as FILE.md.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// So many times a part is held out to measure the model.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
    pub(crate) folds: u8,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say what a model is worth on labels that it was not fitted on.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  qingliu train check reviews.model reviews.parquet --label label_or --positive 0 --where split=test
  qingliu train check accounts.model other-audit --truth other-market")]
pub(crate) struct CheckModel {
    /// The model.
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// A table of texts, or a folder with the results of an audit.
    #[arg(value_name = "TABLE|RESULTS")]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) columns: TextTable,
    /// For a model of accounts: folder with truth_accounts.parquet, or a table with account and label.
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) truth: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A language of the page and of what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Chinese, simplified.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The one of the two texts that is in this language.
    pub(crate) fn say<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// What attackers spend on not being seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Hardness {
    /// Careless.
    Plain,
    /// As the sources describe them.
    Usual,
    /// Knowing how they are looked for.
    Hard,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
