//! The service over loopback: durable decisions and events a second, and a flood on top of ordinary traffic.
//!
//! The service is a process of its own; who sends shares the machine with it, so what is measured is what is left when the sender
//! has taken its part. Connections are worked in rounds: each sends, then each hears, and the next round begins.

use std::io::{BufRead, BufReader, IoSlice, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Error, Result, anyhow, bail};
use server::Config;

use crate::bodies;

/// The service in a process of its own.
pub struct Service {
    child: Child,
    address: String,
    key: String,
}

/// Serves from a folder until the process is killed: what [`Service::start`] starts.
///
/// # Errors
/// It cannot be opened.
pub fn serve(folder: &Path) -> Result<()> {
    let environment = std::env::vars();
    let mut config = Config::load(None, environment).map_err(|fault| anyhow!("{fault}"))?;
    config.listen.address = "127.0.0.1:0".to_owned();
    config.data.folder = folder.to_owned();
    let running = server::start(config)?;
    let key = running.first_keys.first().map_or("", |first| &first.1);
    println!("{} {key}", running.address);
    running.until_asked()?;
    Ok(running.stop()?)
}

impl Service {
    /// Starts it over a folder.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(folder: &Path) -> Result<Service> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("its output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let (address, key) = line.trim().split_once(' ').context("it does not start")?;
        Ok(Service { child, address: address.to_owned(), key: key.to_owned() })
    }

    /// Bytes of memory that the process holds.
    #[must_use]
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kibibytes.unwrap_or(0) << 10
    }

    /// Seconds of processor time that the process has taken.
    #[must_use]
    pub fn processor(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        // After the name in brackets: user and system time are the 12th and 13th fields, in hundredths.
        let fields = stat.rsplit(')').next().unwrap_or("").split_whitespace().skip(11).take(2);
        fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
    }

    fn connect(&self, connections: usize) -> Result<Vec<Connection>> {
        let open = |_| -> Result<Connection> {
            let stream = TcpStream::connect(&self.address)?;
            stream.set_nodelay(true)?;
            let reader = BufReader::new(stream);
            Ok(Connection { reader, line: String::new(), body: Vec::new(), out: Vec::new() })
        };
        (0..connections).map(open).collect()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Connection {
    reader: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
    out: Vec<u8>,
}

impl Connection {
    fn send(&mut self, key: &str, request: (&str, &str), form: Form, body: &[u8]) -> Result<()> {
        let (method, path) = request;
        self.out.clear();
        write!(
            self.out,
            "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
             content-type: {}\r\ncontent-length: {}\r\n\r\n",
            form.media_type(),
            body.len()
        )?;
        // Together, and without a copy of the body: who sends shares the machine.
        let stream = self.reader.get_mut();
        let sent = stream.write_vectored(&[IoSlice::new(&self.out), IoSlice::new(body)])?;
        if let Some(rest) = self.out.get(sent..).filter(|rest| !rest.is_empty()) {
            stream.write_all(rest)?;
        }
        let rest = body.get(sent.saturating_sub(self.out.len())..).unwrap_or(&[]);
        Ok(stream.write_all(rest)?)
    }

    /// The status of the answer, whose body is kept.
    fn hear(&mut self) -> Result<u16> {
        let (mut length, mut status) = (0, 0);
        loop {
            self.line.clear();
            if self.reader.read_line(&mut self.line)? == 0 {
                bail!("the service closed the connection");
            }
            if let Some(rest) = self.line.strip_prefix("HTTP/1.1 ") {
                status = rest.get(..3).unwrap_or("").parse()?;
            } else if let Some(text) = self.line.strip_prefix("content-length: ") {
                length = text.trim().parse()?;
            } else if self.line == "\r\n" {
                break;
            }
        }
        self.body.resize(length, 0);
        self.reader.read_exact(&mut self.body)?;
        Ok(status)
    }
}

/// What was sent, and how it was answered.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// Events taken.
    pub events: u64,
    /// Requests refused.
    pub refused: u64,
    /// Seconds from sending to the whole answer, of each request, sorted.
    pub times: Vec<f64>,
    /// Seconds in all.
    pub seconds: f64,
}

impl Answered {
    /// Events a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.events as f64 / self.seconds
    }

    /// Seconds within which a share of requests was answered.
    #[must_use]
    pub fn within(&self, share: f64) -> f64 {
        let at = (self.times.len().saturating_sub(1) as f64 * share) as usize;
        self.times.get(at).copied().unwrap_or(0.0)
    }

    fn add(&mut self, other: Answered) {
        self.events += other.events;
        self.refused += other.refused;
        self.times.extend(other.times);
        self.times.sort_by(f64::total_cmp);
        self.seconds = self.seconds.max(other.seconds);
    }
}

/// Writes the events of a request: its number among all, and what the lines are appended to.
type Fill<'a> = dyn Fn(u64, &mut Vec<u8>) -> u64 + Sync + 'a;

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An event a line.
    Lines,
    /// An Arrow stream.
    Arrow,
}

impl Form {
    fn media_type(self) -> &'static str {
        match self {
            Form::Lines => "application/x-ndjson",
            Form::Arrow => "application/vnd.apache.arrow.stream",
        }
    }
}

/// How requests are sent.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Where to.
    pub path: &'static str,
    /// In what.
    pub form: Form,
    /// Connections.
    pub connections: usize,
    /// Threads that work them.
    pub threads: usize,
    /// For how long.
    pub seconds: f64,
    /// Requests a second; as fast as they are answered if none.
    pub pace: Option<f64>,
    /// Requests that are written before the clock starts, so that who sends takes less from who is measured. Those after
    /// them are written when they are sent.
    pub written: usize,
}

/// Sends requests from several connections.
///
/// # Errors
/// A connection breaks, or an answer is neither a success nor "too many".
pub fn send(service: &Service, manner: Manner, fill: &Fill<'_>) -> Result<Answered> {
    let threads = manner.threads.clamp(1, manner.connections.max(1));
    let ready = Barrier::new(threads);
    let work = |thread: usize| -> Result<Answered> {
        let (mut number, mut sent) = (thread as u64, Vec::new());
        let mut write = || {
            let mut body = Vec::new();
            let events = fill(number, &mut body);
            number += threads as u64;
            if manner.form == Form::Arrow {
                body = bodies::arrow(&std::str::from_utf8(&body)?.lines().collect::<Vec<_>>())?;
            }
            Ok::<_, Error>((body, events))
        };
        let written: Vec<_> =
            (0..manner.written / threads).map(|_| write()).collect::<Result<_>>()?;
        let (mut next, mut fresh) = (0, (Vec::new(), 0));
        let (mut requests, mut worked) = (0.0, 0);
        let connections = service.connect((manner.connections / threads).max(1));
        ready.wait();
        let mut connections = connections?;
        let (mut answered, start) = (Answered::default(), Instant::now());
        while start.elapsed().as_secs_f64() < manner.seconds {
            for connection in &mut connections {
                if let Some(pace) = manner.pace {
                    let due = Duration::from_secs_f64(requests * threads as f64 / pace);
                    let early = due.saturating_sub(start.elapsed());
                    if !early.is_zero() && !sent.is_empty() {
                        break;
                    }
                    std::thread::sleep(early);
                }
                if next >= written.len() {
                    fresh = write()?;
                }
                let (body, events) = written.get(next).unwrap_or(&fresh);
                next += 1;
                requests += 1.0;
                sent.push((Instant::now(), *events));
                connection.send(&service.key, ("POST", manner.path), manner.form, body)?;
            }
            for (connection, (at, events)) in connections.iter_mut().zip(sent.drain(..)) {
                match connection.hear()? {
                    200..300 => answered.events += events,
                    429 => {
                        answered.refused += 1;
                        // Whoever is told that too much waits does well to wait.
                        std::thread::sleep(Duration::from_millis(2));
                    }
                    status => bail!("{status}: {}", String::from_utf8_lossy(&connection.body)),
                }
                answered.times.push(at.elapsed().as_secs_f64());
                worked += 1;
            }
            // Each has its turn: one that is silent for long is closed.
            connections.rotate_left(std::mem::take(&mut worked));
        }
        answered.seconds = start.elapsed().as_secs_f64();
        Ok(answered)
    };
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        let mut all = Answered::default();
        for thread in threads {
            all.add(thread.join().map_err(|_| anyhow!("a sender failed"))??);
        }
        Ok(all)
    })
}

/// Sends so many events one after another by 1,000, again when they are refused.
fn tell(service: &Service, events: u64, fill: &dyn Fn(u64, &mut Vec<u8>)) -> Result<()> {
    let mut connection = service.connect(1)?.pop().context("a connection")?;
    let mut body = Vec::new();
    for first in (0..events).step_by(1_000) {
        body.clear();
        (first..(first + 1_000).min(events)).for_each(|event| fill(event, &mut body));
        loop {
            connection.send(&service.key, ("POST", "/v1/events"), Form::Lines, &body)?;
            match connection.hear()? {
                200..300 => break,
                429 => std::thread::sleep(Duration::from_millis(20)),
                status => bail!("{status}: {}", String::from_utf8_lossy(&connection.body)),
            }
        }
    }
    Ok(())
}

/// Now, in microseconds since 1970.
#[must_use]
// What is sent carries the time at which it is sent.
#[allow(clippy::disallowed_methods)]
pub fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(0)
}

/// A number that looks drawn.
fn drawn(number: u64, salt: u64) -> u64 {
    let mixed =
        (number ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    mixed ^ (mixed >> 32)
}

fn unit(number: u64, salt: u64) -> f64 {
    (drawn(number, salt) >> 11) as f64 / (1u64 << 53) as f64
}

/// Writes an event of ordinary traffic: 200,000 people, some much more active than others, look at 20,000 subjects, and
/// mark some of what they looked at.
pub fn ordinary(round: u64, number: u64, time: u64, out: &mut Vec<u8>) {
    let who = (200_000.0 * unit(number, 1).powi(2)) as u64;
    // A mark follows a look at the same.
    let about = number & !3;
    let subject = (20_000.0 * unit(about + (who & 1), 2).powf(2.5)) as u64;
    let kind = match unit(number, 3) {
        u if u < 0.80 => "view",
        u if u < 0.92 => "like",
        u if u < 0.96 => "comment",
        _ => "favorite",
    };
    let dwell = match kind {
        "view" => format!(",\"dwell_ms\":{}", 2_000 + drawn(number, 4) % 40_000),
        _ => String::new(),
    };
    let source = if unit(number, 5) < 0.7 { "feed" } else { "search" };
    let version = drawn(who, 6) % 30;
    let _ = writeln!(
        out,
        "{{\"id\":\"o{round}-{number}\",\"time\":{},\"kind\":\"{kind}\",\"actor\":\"u{who}\",\
         \"subject\":\"v{subject}\",\"owner\":\"c{}\",\"device\":\"d{who}\",\"ip\":\"10.{}.{}.{}\",\
         \"agent\":\"app/7.{version}\",\"source\":\"{source}\"{dwell}}}",
        time,
        subject % 3_000,
        who >> 16,
        who >> 8 & 255,
        who & 255,
    );
}

/// Writes a like of the sources' flood: one of 500,000 devices, each with an account of its own, on one of eight subjects.
pub fn flood(number: u64, out: &mut Vec<u8>) {
    let who = drawn(number, 7) % 500_000;
    let _ = writeln!(
        out,
        "{{\"id\":\"f{number}\",\"time\":{},\"kind\":\"like\",\"actor\":\"x{who}\",\
         \"subject\":\"hot{}\",\"owner\":\"star\",\"device\":\"y{who}\",\"ip\":\"172.{}.{}.{}\",\
         \"agent\":\"app/7.1\",\"source\":\"direct\"}}",
        now(),
        drawn(number, 8) % 8,
        16 + (who >> 16 & 15),
        who >> 8 & 255,
        who & 255,
    );
}

/// What became of a flood.
#[derive(Clone, Debug)]
pub struct Flooded {
    /// What was sent.
    pub answered: Answered,
    /// Seconds after its first like until likes on its first subject were called fake; none if they never were. Those who
    /// come later count until the next judgement.
    pub called: Option<f64>,
    /// The most bytes of memory that the service held.
    pub memory: u64,
    /// Likes on that subject, all and genuine, at the end.
    pub count: (u64, u64),
}

/// Tells of so many seconds of ordinary traffic, 2,000 events a second, as fast as it is heard; then such traffic as it
/// comes, with a flood of 200,000 likes a minute on top of it.
///
/// # Errors
/// The service fails.
pub fn flooded(service: &Service, before: f64, seconds: f64) -> Result<Flooded> {
    const ORDINARY: f64 = 2_000.0;
    const LIKES: f64 = 200_000.0 / 60.0;
    let manner = |seconds, pace| Manner {
        path: "/v1/decisions",
        form: Form::Lines,
        connections: 64,
        threads: 2,
        seconds,
        pace: Some(pace),
        written: 0,
    };
    let (began, all) = (now().saturating_sub((before * 1e6) as u64), (before * ORDINARY) as u64);
    let time = |event: u64| began + event * 1_000_000 / ORDINARY as u64;
    tell(service, all, &|event, out| ordinary(1, event, time(event), out))?;
    let start = Instant::now();
    std::thread::scope(|scope| {
        let watch = scope.spawn(move || watch(service, start, seconds + 60.0));
        let answered = send(service, manner(seconds, ORDINARY + LIKES), &|number, out| {
            match unit(number, 9) < LIKES / (ORDINARY + LIKES) {
                true => flood(number, out),
                false => ordinary(2, number, now(), out),
            }
            1
        })?;
        let (called, memory, count) = watch.join().map_err(|_| anyhow!("the watch failed"))??;
        Ok(Flooded { answered, called, memory, count })
    })
}

/// Asks for the count of the flood's first subject every half second, until it was called or time is up.
type Watched = (Option<f64>, u64, (u64, u64));

fn watch(service: &Service, start: Instant, seconds: f64) -> Result<Watched> {
    let mut connection = service.connect(1)?.pop().context("a connection")?;
    let (mut called, mut memory, mut count) = (None, 0, (0, 0));
    while start.elapsed().as_secs_f64() < seconds {
        std::thread::sleep(Duration::from_millis(500));
        memory = memory.max(service.memory());
        let counts = ("GET", "/v1/subjects/hot0/counts");
        connection.send(&service.key, counts, Form::Lines, b"")?;
        if connection.hear()? != 200 {
            continue;
        }
        let told: serde_json::Value = serde_json::from_slice(&connection.body)?;
        let rows = told["counts"].as_array().cloned().unwrap_or_default();
        let Some(likes) = rows.iter().find(|row| row["metric"] == "like") else { continue };
        let of = |name: &str| likes[name].as_u64().unwrap_or(0);
        count = (of("raw"), of("genuine"));
        if called.is_none() && likes["verdict"] == "fake" {
            called = Some(start.elapsed().as_secs_f64());
        }
        // A little longer, to see that it stays so.
        if called.is_some_and(|at| start.elapsed().as_secs_f64() > (at + 30.0).max(seconds - 60.0))
        {
            break;
        }
    }
    Ok((called, memory, count))
}
