//! Bodies on their way: a request's read whole within its limits, an answer's sent whole or piece by piece.

use crate::metrics::{Metrics, Refusal};
use crate::problem::{Kind, Problem};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// Reads a request's body.
///
/// # Errors
/// It is longer than may be, came too slowly, or the connection broke.
pub async fn read(
    mut body: Incoming,
    most: usize,
    patience: Duration,
    metrics: &Metrics,
) -> Result<Bytes, Problem> {
    let hint = body.size_hint();
    let too_large = || {
        metrics.refuse(Refusal::Body);
        Problem::new(Kind::TooLarge, format!("the body is longer than {most} bytes"))
    };
    if hint.lower() > most as u64 {
        return Err(too_large());
    }
    let collect = async {
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| {
                Problem::new(Kind::BadRequest, "the connection broke within the body")
            })?;
            let Ok(data) = frame.into_data() else { continue };
            if first.len() + all.len() + data.len() > most {
                return Err(too_large());
            }
            // Most bodies come in one piece, which is taken as it is.
            if first.is_empty() && all.is_empty() {
                first = data;
                continue;
            }
            if all.is_empty() {
                let known = usize::try_from(hint.exact().unwrap_or(0)).unwrap_or(0);
                all.reserve(known.clamp(first.len() + data.len(), most));
                all.extend_from_slice(&first);
                first = Bytes::new();
            }
            all.extend_from_slice(&data);
        }
        Ok(if all.is_empty() { first } else { all.freeze() })
    };
    let read = tokio::time::timeout(patience, collect).await.unwrap_or_else(|_| {
        metrics.refuse(Refusal::Slow);
        let seconds = patience.as_secs_f32();
        Err(Problem::new(Kind::Timeout, format!("the body did not arrive within {seconds} s")))
    })?;
    metrics.body_bytes.fetch_add(read.len() as u64, Relaxed);
    Ok(read)
}

/// An answer's body.
#[derive(Debug)]
pub enum Sent {
    /// All of it.
    Whole(Bytes),
    /// What comes through a channel, until its other end is dropped.
    Pieces(mpsc::Receiver<Bytes>),
    /// The same, so many bytes in all: should fewer come, the receiver notices.
    Measured(mpsc::Receiver<Bytes>, u64),
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Sent::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Sent::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Sent::Pieces(pieces) => {
                pieces.poll_recv(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
            }
            Sent::Measured(pieces, left) => pieces.poll_recv(context).map(|piece| {
                let bytes = piece?;
                *left = left.saturating_sub(bytes.len() as u64);
                Some(Ok(Frame::data(bytes)))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Sent::Whole(bytes) => bytes.is_empty(),
            Sent::Pieces(_) => false,
            Sent::Measured(_, left) => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Sent::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Sent::Pieces(_) => SizeHint::default(),
            Sent::Measured(_, left) => SizeHint::with_exact(*left),
        }
    }
}
