//! What is kept of an account: given to whoever may have it, or erased.
//!
//! An export is put together in a file without a name before its first byte is sent. So a fault is a problem document and
//! not half an answer, memory holds a piece of it only, and a slow reader keeps neither retention nor an erasure waiting;
//! the price is room on the disk for as long as it is read.

use super::Call;
use super::manage::{failed, refused};
use super::view::Erased;
use crate::answer::Answer;
use crate::body::Sent;
use crate::personal::Erasing;
use crate::problem::{Kind, Problem};
use crate::tenants::Tenant;
use bytes::Bytes;
use events::{EntityKind, Key};
use hyper::Response;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use live::{Live, LiveError, Refused};
use std::fs::File;
use std::io::{BufWriter, Error, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

/// Bytes of an export that are in memory at a time.
const PIECE: usize = 64 << 10;

/// The key of the account that the path names.
fn key(call: &Call<'_>) -> Result<Key, Problem> {
    call.query(&[])?;
    let key = call.service.decoder.key(EntityKind::Account, &call.name()?);
    if key.is_none() {
        return Err(Problem::new(Kind::BadRequest, "an account's name is not empty").at("id"));
    }
    Ok(key)
}

/// Everything that is kept of an account.
#[utoipa::path(
    get, path = "/v1/accounts/{id}/data", tag = "data", security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The account.")),
    responses(
        (status = 200, description = "Its events, one a line, with the columns of the data contract: those it made and those it was the other side of. First the records of transactions that are kept apart. Empty if nothing is kept.", body = String, content_type = "application/x-ndjson"),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 429, response = super::view::TooMany),
        (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn export(call: &Call<'_>) -> Result<Response<Sent>, Problem> {
    let key = key(call)?;
    let turn = call.tenant.personal.export()?;
    let (live, folder) = (call.tenant.live.clone(), call.tenant.personal.folder.clone());
    // The turn goes along: should nobody wait for it any more, it is still under way.
    let written = move || written(&live, &folder, key).map(|written| (written, turn));
    let written = call.service.patiently(written).await?;
    let ((file, length, events), turn) = written.map_err(|fault| failed(&fault))?;
    tracing::info!(tenant = call.tenant.name, events, "account exported");
    let (give, pieces) = mpsc::channel(1);
    tokio::spawn(feed(file, give, call.service.config.listen.body_timeout.0, turn));
    let mut response = Response::new(Sent::Measured(pieces, length));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// An export in a file that is gone when it is closed, with its bytes and events.
fn written(live: &Live, folder: &Path, key: Key) -> Result<(File, u64, u64), LiveError> {
    let fault = |source: Error| LiveError::Io { path: folder.join("(an export)"), source };
    let mut out = BufWriter::with_capacity(PIECE, tempfile::tempfile_in(folder).map_err(fault)?);
    let events = live.export(key, &mut out)?;
    out.flush().map_err(fault)?;
    let mut file = out.into_inner().map_err(|failed| fault(failed.into_error()))?;
    let length = file.stream_position().map_err(fault)?;
    file.rewind().map_err(fault)?;
    Ok((file, length, events))
}

/// Sends a file piece by piece, to whoever takes each within a time.
async fn feed(
    mut file: File,
    give: mpsc::Sender<Bytes>,
    patience: Duration,
    _turn: OwnedSemaphorePermit,
) {
    loop {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let count = file.read(&mut piece)?;
            piece.truncate(count);
            Ok::<_, Error>((file, piece))
        });
        let piece = match read.await {
            Ok(Ok((rest, piece))) => {
                file = rest;
                piece
            }
            Ok(Err(fault)) => return tracing::error!(%fault, "an export cannot be read"),
            Err(_) => return,
        };
        if piece.is_empty() {
            return;
        }
        // The answer said how long it is: one that ends here is noticed.
        let Ok(Ok(())) = tokio::time::timeout(patience, give.send(piece.into())).await else {
            return;
        };
    }
}

/// Erases an account: what says who it was is removed, its events still count, the records of its transactions are kept
/// apart. Answers when it is done, which takes as long as judging everything; it goes on if nobody waits for the answer.
#[utoipa::path(
    delete, path = "/v1/accounts/{id}/data", tag = "data", security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The account.")),
    responses(
        (status = 200, description = "It is erased. No events if nothing was known of it, or if it was erased before.", body = Erased),
        (status = 400, response = super::view::BadRequest), (status = 401, response = super::view::Unauthorized),
        (status = 403, response = super::view::Forbidden), (status = 409, response = super::view::Conflict),
        (status = 429, response = super::view::TooMany), (status = 503, response = super::view::Unavailable),
    )
)]
pub async fn erase(call: &Call<'_>) -> Result<Answer, Problem> {
    let key = key(call)?;
    let turn = Arc::new(call.tenant.personal.erase(key)?);
    let (send, under_way) = oneshot::channel();
    let held = Arc::clone(&turn);
    let done = Box::new(move |done| {
        drop(held);
        let _ = send.send(done);
    });
    call.tenant.live.erase(key, done).map_err(|why| refused(&why))?;
    // By itself, so that it is done to its end if nobody waits any more.
    let finished = tokio::spawn(finish(Arc::clone(call.tenant), key, under_way, turn));
    let failed = |_| unfinished(&"the work failed");
    let events = finished.await.map_err(failed)??;
    Ok(Answer::value(&Erased { events }))
}

/// Waits for the engine, then removes what is kept beside it. Gives the number of events.
async fn finish(
    tenant: Arc<Tenant>,
    key: Key,
    under_way: oneshot::Receiver<Result<u64, Refused>>,
    turn: Arc<Erasing>,
) -> Result<u64, Problem> {
    let erased = under_way.await.unwrap_or(Err(Refused::Stopped));
    let events = erased.map_err(|why| unfinished(&why))?;
    let forgotten = tokio::task::spawn_blocking(move || {
        let forgotten = tenant.forget(&[key]);
        drop(turn);
        forgotten.map(|()| tracing::info!(tenant = tenant.name, events, "account erased"))
    });
    forgotten.await.map_err(|why| unfinished(&why))?.map_err(|why| unfinished(&why))?;
    Ok(events)
}

/// What an erasure that came to no end is answered with.
fn unfinished(why: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%why, "an account was not erased, or not wholly");
    let detail = "the account is not erased, or not wholly: ask again; see the server's log";
    Problem::new(Kind::Unavailable, detail).after(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a file of so many pieces with a reader that takes so many, and whether its turn is over then.
    fn taken(pieces: usize, reads: usize) -> (usize, bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&vec![7; pieces * PIECE]).unwrap();
            file.rewind().unwrap();
            let turns = Arc::new(tokio::sync::Semaphore::new(1));
            let turn = Arc::clone(&turns).try_acquire_owned().unwrap();
            let (give, mut receive) = mpsc::channel(1);
            let feeding = tokio::spawn(feed(file, give, Duration::from_millis(100), turn));
            let mut bytes = 0;
            for _ in 0..reads {
                bytes += receive.recv().await.map_or(0, |piece: Bytes| piece.len());
            }
            assert!(tokio::time::timeout(Duration::from_secs(20), feeding).await.is_ok());
            while let Some(piece) = receive.recv().await {
                bytes += piece.len();
            }
            (bytes, turns.try_acquire().is_ok())
        })
    }

    #[test]
    fn an_export_is_read_whole_or_gives_its_turn_to_others() {
        assert_eq!(taken(5, 6), (5 * PIECE, true));
        // One was read, one stood ready.
        assert_eq!(taken(5, 1), (2 * PIECE, true));
    }
}
