//! Connections: accepted within a limit, spoken to in HTTP/1.1 or HTTP/2, with or without TLS, and brought to an end.

use crate::body::Sent;
use crate::config::Listen;
use crate::metrics::Metrics;
use crate::patience::{Answered, Patient, Requests};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// Bytes of a request's head.
const HEAD: usize = 32 << 10;
/// Headers of a request.
const HEADERS: usize = 100;
/// Requests of one HTTP/2 connection at a time.
const CONCURRENT: u32 = 250;

/// What answers requests.
pub trait Answers: Send + Sync + 'static {
    /// Answers one.
    fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Response<Sent>> + Send;
}

/// A place where connections come in.
pub struct Door {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    builder: Builder<TokioExecutor>,
    permits: Arc<Semaphore>,
    /// For a handshake, and for a request's head.
    patience: Duration,
}

impl Door {
    /// Opens it.
    ///
    /// # Errors
    /// The address is taken, in words.
    pub async fn open(
        address: &str,
        listen: &Listen,
        tls: Option<TlsAcceptor>,
    ) -> Result<Door, String> {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|why| format!("cannot listen on {address}: {why}"))?;
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(listen.idle_timeout.0)
            .max_buf_size(HEAD.max(64 << 10))
            .max_headers(HEADERS)
            .pipeline_flush(true);
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(CONCURRENT)
            .max_header_list_size(HEAD as u32)
            .max_local_error_reset_streams(Some(100))
            .keep_alive_interval(Some(Duration::from_secs(30)))
            .keep_alive_timeout(listen.header_timeout.0);
        let permits = Arc::new(Semaphore::new(listen.max_connections));
        Ok(Door { listener, tls, builder, permits, patience: listen.header_timeout.0 })
    }

    /// Where it is.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn address(&self) -> std::io::Result<std::net::SocketAddr> {
        self.listener.local_addr()
    }

    /// Takes connections until it is told to end, then waits for requests under way for `drain` at most.
    pub async fn serve<A: Answers>(
        self,
        answers: Arc<A>,
        metrics: Arc<Metrics>,
        mut ending: watch::Receiver<bool>,
        drain: Duration,
    ) {
        let door = Arc::new(self);
        let all = door.permits.available_permits() as u32;
        loop {
            // Whoever comes beyond the limit waits in the system's queue, where it costs nothing here.
            let permit = tokio::select! {
                permit = door.permits.clone().acquire_owned() => permit,
                _ = ending.wait_for(|ending| *ending) => break,
            };
            let Ok(permit) = permit else { break };
            let accepted = tokio::select! {
                accepted = door.listener.accept() => accepted,
                _ = ending.wait_for(|ending| *ending) => break,
            };
            let Ok((stream, _)) = accepted else {
                // No descriptors left, most likely: trying again at once would only burn time.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let (door, answers) = (door.clone(), answers.clone());
            let (metrics, ending) = (metrics.clone(), ending.clone());
            tokio::spawn(async move {
                metrics.connections.fetch_add(1, Relaxed);
                door.connection(stream, answers, ending, permit).await;
                metrics.connections.fetch_sub(1, Relaxed);
            });
        }
        let _ = tokio::time::timeout(drain, door.permits.acquire_many(all)).await;
    }

    async fn connection<A: Answers>(
        &self,
        stream: tokio::net::TcpStream,
        answers: Arc<A>,
        ending: watch::Receiver<bool>,
        permit: OwnedSemaphorePermit,
    ) {
        match &self.tls {
            None => self.talk(stream, answers, ending).await,
            Some(acceptor) => {
                let shaken = tokio::time::timeout(self.patience, acceptor.accept(stream)).await;
                if let Ok(Ok(stream)) = shaken {
                    self.talk(stream, answers, ending).await;
                }
            }
        }
        drop(permit);
    }

    async fn talk<A: Answers, S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
        answers: Arc<A>,
        mut ending: watch::Receiver<bool>,
    ) {
        let requests = Arc::new(Requests::default());
        let stream = Patient::new(stream, requests.clone(), self.patience);
        let service = service_fn(move |request| {
            let (answers, under_way) = (answers.clone(), requests.begin());
            async move {
                let answer = answers.answer(request).await;
                Ok::<_, Infallible>(answer.map(|body| Answered { body, request: under_way }))
            }
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            // What breaks here is a client's connection: nothing to act on.
            _ = connection.as_mut() => return,
            _ = ending.wait_for(|ending| *ending) => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}

/// TLS with a certificate chain and a key, HTTP/2 preferred. In words why they cannot be used.
pub(crate) fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, String> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .map_err(|why| format!("{}: {why}", cert.display()))?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|why| format!("{}: {why}", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|why| format!("{}: {why}", cert.display()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
