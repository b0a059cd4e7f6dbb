//! The baseline: DuckDB, counting the same file by six keys and hour, and nothing else.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The keys that it counts by.
const KEYS: [&str; 6] = ["actor", "subject", "owner", "device", "ip", "actor, subject"];

/// Seconds that DuckDB takes for the six counts with so many threads; none where it is not installed.
///
/// # Errors
/// DuckDB is there and the counts fail.
pub fn duckdb(file: &Path, threads: usize) -> Result<Option<f64>> {
    let python = |program: &str| Command::new("python3").arg("-c").arg(program).output();
    match python("import duckdb") {
        Ok(output) if output.status.success() => {}
        _ => return Ok(None),
    }
    let file = file.display();
    let counts: Vec<String> = KEYS
        .iter()
        .map(|keys| {
            format!(
                "select count(*), sum(n) from (select {keys}, date_trunc('hour', time) h, \
                 count(*) n from '{file}' group by {keys}, h)"
            )
        })
        .collect();
    let program = format!(
        "import duckdb, time\n\
         db = duckdb.connect()\n\
         db.execute('set threads to {threads}')\n\
         db.execute('set enable_progress_bar = false')\n\
         start = time.time()\n\
         for query in {counts:?}:\n\
         \x20   db.execute(query).fetchall()\n\
         print(time.time() - start)\n"
    );
    let output = python(&program).context("starting DuckDB")?;
    if !output.status.success() {
        bail!("DuckDB failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let seconds = String::from_utf8_lossy(&output.stdout).trim().parse();
    Ok(Some(seconds.context("reading what DuckDB took")?))
}
