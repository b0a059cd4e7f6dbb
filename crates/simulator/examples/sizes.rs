//! Writes the default market, or a bulk world, and says how fast.
//!
//! `sizes DIR [people [days [seed]]]`, or `sizes --bulk DIR events accounts`.

use simulator::{Scenario, write};
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, or: u64| args.get(i).and_then(|a| a.parse().ok()).unwrap_or(or);
    let begun = Instant::now();
    let truth = if args.first().is_some_and(|a| a == "--bulk") {
        let dir = args.get(1).ok_or("a folder is needed")?;
        Scenario::bulk(number(2, 20_000_000), number(3, 2_000_000), 1).write(Path::new(dir))?
    } else {
        let mut scenario = Scenario { seed: number(3, 1), ..Scenario::default() };
        scenario.people = number(1, 4_000) as u32;
        scenario.days = number(2, 10) as u32;
        let bare = Instant::now();
        let streamed = scenario.stream(|_| {});
        let rate = streamed.events as f64 / bare.elapsed().as_secs_f64();
        println!("{} events streamed, {rate:.0}/s", streamed.events);
        let dir = args.first().ok_or("a folder is needed")?;
        write(&scenario, Path::new(dir))?
    };
    println!("{} events in {:.2?}", truth.events, begun.elapsed());
    Ok(())
}
