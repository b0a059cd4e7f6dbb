//! How long a connection is waited for: a head that has begun has to come soon, a connection may be silent longer.
//!
//! hyper has one time for both, from when it could read a request until its head is there; that serves for silence. The
//! shorter time for heads is kept here, below it, by when bytes come: the price is a look at each read.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What HTTP/2 begins with, and no method of HTTP/1.
const HTTP2: &[u8] = b"PRI";

/// Requests of a connection.
#[derive(Debug, Default)]
pub struct Requests {
    /// Whose head came.
    begun: AtomicU64,
    /// Whose answer is sent.
    done: AtomicU64,
}

/// A request that is under way until this is dropped.
#[derive(Debug)]
pub struct UnderWay(Arc<Requests>);

impl Requests {
    /// A head is there.
    pub fn begin(self: &Arc<Requests>) -> UnderWay {
        self.begun.fetch_add(1, Relaxed);
        UnderWay(self.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.done.fetch_add(1, Relaxed);
    }
}

/// An answer's body, with which its request ends.
#[derive(Debug)]
pub struct Answered<B> {
    /// The body.
    pub body: B,
    /// The request.
    pub request: UnderWay,
}

impl<B: Body<Data = Bytes, Error = Infallible> + Unpin> Body for Answered<B> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection on which each head has to come within a time after its first byte, and the first after it was opened.
pub struct Patient<S> {
    stream: S,
    requests: Arc<Requests>,
    patience: Duration,
    /// By when the head has to be there, if one is expected, and the requests that had begun before it.
    due: Option<Instant>,
    before: u64,
    /// Wakes it then; most heads come whole and never need it.
    alarm: Option<Pin<Box<Sleep>>>,
    /// The first bytes.
    opening: Vec<u8>,
}

impl<S> Patient<S> {
    /// A connection that was just opened.
    pub fn new(stream: S, requests: Arc<Requests>, patience: Duration) -> Patient<S> {
        let (due, opening) = (Some(Instant::now() + patience), Vec::new());
        Patient { stream, requests, patience, due, before: 0, alarm: None, opening }
    }

    fn came(&mut self, bytes: &[u8]) {
        let more = HTTP2.len() - self.opening.len();
        self.opening.extend(bytes.iter().take(more));
        // Over HTTP/2 something comes all the time, and silence is asked after.
        let is_head = self.requests.done.load(Relaxed) == self.before && self.opening != HTTP2;
        if is_head && self.due.is_none() && !bytes.is_empty() {
            self.due = Some(Instant::now() + self.patience);
        }
    }

    /// Whether the head should be there by now; wakes the task when it should.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let Some(due) = self.due else { return false };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        alarm.as_mut().poll(context).is_ready()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        let begun = this.requests.begun.load(Relaxed);
        if begun != this.before {
            (this.before, this.due, this.alarm) = (begun, None, None);
        }
        let filled = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Pending if this.is_late(context) => {
                let why = "the head of a request did not come in time";
                Poll::Ready(Err(Error::new(ErrorKind::TimedOut, why)))
            }
            Poll::Pending => Poll::Pending,
            read => {
                this.came(&buffer.filled()[filled..]);
                read
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
