//! `qingliu serve --demo`: a simulated market plays itself into the live service, and what is caught is told as it is.
//!
//! Ten simulated days pass in about a minute. Everything is real but the market: its events are logged, decided and judged as anyone's
//! would be, in a folder that goes away at the end, and the API answers meanwhile.

use crate::arguments::{Lang, Serve};
use crate::failure::{Failure, Status};
use crate::quantity::count;
use crate::{Outcome, voice};
use anyhow::{Context, anyhow};
use events::{Armour, Batch, Column, Intake, Key, Mapping};
use live::{Live, Wait};
use policy::Verdict;
use server::Config;
use simulator::{Label, Record, Scenario, World};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Genuine people of the market, unless told otherwise.
const PEOPLE: u32 = 2_500;
/// Time between two lines.
const EVERY: Duration = Duration::from_secs(3);
/// Events handed over together.
const TOGETHER: usize = 100;

/// Serves, plays, and serves on until asked to end.
pub(crate) fn play(mut config: Config, arguments: &Serve) -> Outcome {
    let lang = arguments.lang;
    let folder = tempfile::tempdir().context("a folder for the demo").map_err(Failure::input)?;
    config.data.folder = folder.path().to_owned();
    config.log.level = "warn".to_owned();
    config.check().map_err(Failure::arguments)?;
    voice::note(lang.say("Simulating a market ...", "正在模拟一个市场……"));
    let people = arguments.people.unwrap_or(PEOPLE);
    let World { records, truth } = Scenario { people, ..Scenario::default() }.run();
    server::logging::begin(&config.log);
    let running = server::start(config).map_err(Failure::input)?;
    let tenant = running.service().tenants.values().next();
    let live = tenant.ok_or_else(|| Failure::input(anyhow!("no tenant")))?.live.clone();
    let key = running.first_keys.first().map_or("", |key| &key.1);
    let address = running.address;
    let fakes: BTreeMap<&str, bool> = truth
        .accounts
        .iter()
        .filter(|account| account.label != Label::Gray)
        .map(|account| (account.account.as_str(), account.label == Label::Fake))
        .collect();
    let told = match lang {
        Lang::En => format!(
            "Serving on http://{address}; the admin key of this run is\n  {key}\nAsk it while it \
             runs, for instance:\n  curl -N -H 'Authorization: Bearer {key}' \
             http://{address}/v1/stream\n\nThe market: {} events of {} accounts, {} of them fake. \
             It plays at about {} events a second.\n\n",
            count(records.len() as u64),
            count(truth.accounts.len() as u64),
            count(fakes.values().filter(|fake| **fake).count() as u64),
            count(u64::from(arguments.speed)),
        ),
        Lang::Zh => format!(
            "服务地址 http://{address}，本次运行的管理密钥：\n  {key}\n运行中可查询，例如：\n  curl -N \
             -H 'Authorization: Bearer {key}' http://{address}/v1/stream\n\n市场：{1} 个账号的 {0} \
             个事件，其中假账号 {2} 个。每秒播放约 {3} 个事件。\n\n",
            count(records.len() as u64),
            count(truth.accounts.len() as u64),
            count(fakes.values().filter(|fake| **fake).count() as u64),
            count(u64::from(arguments.speed)),
        ),
    };
    voice::say(&told)?;
    let (start, told_at) = (Instant::now(), Cell::new(Duration::ZERO));
    let teller = Teller { live: &live, fakes: &fakes, lang, start, told_at };
    teller.play(&records, arguments.speed)?;
    if !arguments.once {
        voice::note(lang.say(
            "The market has been played. Ctrl-C ends the service.",
            "市场已播放完毕。按 Ctrl-C 结束服务。",
        ));
        running.until_asked().map_err(Failure::input)?;
    }
    running.stop().map_err(Failure::input)?;
    Ok(Status::Done)
}

/// Tells what is caught, against the truth that only the simulator knows.
struct Teller<'a> {
    live: &'a Live,
    fakes: &'a BTreeMap<&'a str, bool>,
    lang: Lang,
    start: Instant,
    /// When something was told last, since the start.
    told_at: Cell<Duration>,
}

impl Teller<'_> {
    fn play(&self, records: &[Record], speed: u32) -> Result<(), Failure> {
        let mut intake = intake().map_err(Failure::input)?;
        let (mut told, mut sent) = (0, 0);
        for some in records.chunks(TOGETHER) {
            let due = Duration::from_secs_f64(sent as f64 / f64::from(speed.max(1)));
            std::thread::sleep(due.saturating_sub(self.start.elapsed()));
            self.send(batch(&mut intake, some))?;
            sent += some.len();
            told = self.tell(told)?;
        }
        let (done, heard) = channel();
        let judged = self.live.judge_now(Box::new(move |number| {
            let _ = done.send(number);
        }));
        judged.map_err(|refused| Failure::input(anyhow!(refused)))?;
        let number = heard.recv().map_err(Failure::input)?;
        number.map_err(|refused| Failure::input(anyhow!(refused)))?;
        self.told_at.set(Duration::ZERO);
        self.tell(told)?;
        self.count(records)
    }

    fn send(&self, batch: Batch) -> Result<(), Failure> {
        let (reply, heard) = channel();
        let answer = Box::new(move |answers| {
            let _ = reply.send(answers);
        });
        let taken = self.live.submit(batch, Wait::Decided, answer);
        taken.map_err(|refused| Failure::input(anyhow!(refused)))?;
        let answers = heard.recv().map_err(Failure::input)?;
        answers.map(|_| ()).map_err(|refused| Failure::input(anyhow!(refused)))
    }

    /// Tells of a judgement that took effect since the last one told of.
    fn tell(&self, told: u32) -> Result<u32, Failure> {
        let judged = self.live.judgement();
        // Not more often than can be read.
        if judged.number == told || self.start.elapsed() < self.told_at.get() + EVERY {
            return Ok(told);
        }
        self.told_at.set(self.start.elapsed());
        let status = self.live.status();
        let (mut caught, mut accused) = (0, 0);
        for (&account, &fake) in self.fakes {
            let called = judged.account(Key::of(account));
            if called.is_some_and(|called| called.verdict == Verdict::Fake) {
                *(if fake { &mut caught } else { &mut accused }) += 1;
            }
        }
        let seconds = self.start.elapsed().as_secs();
        let groups = judged.groups.iter().filter(|group| group.verdict == Verdict::Fake).count();
        let [events, discarded, held] = [status.events, status.fake, status.suspect].map(count);
        let line = match self.lang {
            Lang::En => format!(
                "{seconds:>4} s  {events:>9} events  judgement {:<3} {groups:>3} fake groups, \
                 {caught:>4} fake accounts caught, {accused} real ones accused; so far \
                 {discarded} events not counted on arrival, {held} held\n",
                judged.number
            ),
            Lang::Zh => format!(
                "{seconds:>4} 秒  {events:>9} 个事件  第 {:<3} 次判定：造假团伙 {groups:>3} 个，抓到假账号 \
                 {caught:>4} 个，误判真人 {accused} 个；到达时即不计入 {discarded} 个事件，暂扣 {held} 个\n",
                judged.number
            ),
        };
        voice::say(&line)?;
        Ok(judged.number)
    }

    /// Tells the count that was restored most.
    fn count(&self, records: &[Record]) -> Result<(), Failure> {
        let mut marks: BTreeMap<&str, u64> = BTreeMap::new();
        for record in records.iter().filter(|record| record.kind.is_mark()) {
            *marks.entry(&record.subject).or_default() += 1;
        }
        let counts = marks.keys().flat_map(|subject| {
            self.live.counts(Key::of(subject)).into_iter().map(move |count| (*subject, count))
        });
        let most = counts.max_by_key(|(subject, count)| (count.fake, *subject));
        let Some((subject, view)) = most else { return Ok(()) };
        let numbers = [view.raw, view.genuine.estimate, view.genuine.low, view.genuine.high];
        let [raw, genuine, low, high] = numbers.map(count);
        let metric = view.metric.name();
        voice::say(&match self.lang {
            Lang::En => format!(
                "\nThe count restored most: {subject} has {raw} {metric} events, of which {genuine} \
                 ({low} to {high}) are genuine.\n"
            ),
            Lang::Zh => format!(
                "\n修正最多的计数：{subject} 的 {metric} 共 {raw}，其中真实 {genuine}（{low} 至 {high}）。\n"
            ),
        })
    }
}

fn intake() -> anyhow::Result<Intake> {
    let header = Column::ALL.map(|(_, name)| name);
    let mapping = Mapping::named("contract").map_err(|fault| anyhow!("{fault}"))?;
    let binding = mapping.bind(&header).map_err(|fault| anyhow!("{fault}"))?;
    Ok(binding.intake(Armour::None))
}

fn batch(intake: &mut Intake, records: &[Record]) -> Batch {
    for (number, record) in records.iter().enumerate() {
        record.put(intake, number as u64);
    }
    intake.finish().0
}
