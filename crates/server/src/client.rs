//! A small HTTP client: one POST over one connection, for webhooks and traces.
//!
//! Deliveries are few and far between, so no connection is kept; that spares everything that pools of connections get wrong.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Time for a whole exchange.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a reply that are read; what it says does not matter.
const REPLY: usize = 64 << 10;

/// Where to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    tls: bool,
    host: String,
    port: u16,
    path: String,
}

impl Target {
    /// Takes an `http://` or `https://` address apart; `None` if it is none.
    #[must_use]
    pub fn parse(url: &str) -> Option<Target> {
        let uri: hyper::Uri = url.parse().ok()?;
        let tls = match uri.scheme_str()? {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Target { tls, host, port, path })
    }

    /// The same place with another path below it.
    #[must_use]
    pub fn below(&self, path: &str) -> Target {
        Target { path: format!("{}{path}", self.path.trim_end_matches('/')), ..self.clone() }
    }
}

/// Posts a body and says the status of the reply.
///
/// # Errors
/// Nobody answered in time, in words for people.
pub async fn post(target: &Target, headers: HeaderMap, body: Bytes) -> Result<StatusCode, String> {
    match tokio::time::timeout(TIMEOUT, exchange(target, headers, body)).await {
        Ok(done) => done,
        Err(_) => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
    }
}

async fn exchange(target: &Target, headers: HeaderMap, body: Bytes) -> Result<StatusCode, String> {
    let stream = TcpStream::connect((target.host.as_str(), target.port))
        .await
        .map_err(|why| why.to_string())?;
    if !target.tls {
        return send(stream, target, headers, body).await;
    }
    let name = rustls::pki_types::ServerName::try_from(target.host.clone())
        .map_err(|why| why.to_string())?;
    let stream = connector()?.connect(name, stream).await.map_err(|why| why.to_string())?;
    send(stream, target, headers, body).await
}

async fn send<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    target: &Target,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, String> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|why| why.to_string())?;
    let running = tokio::spawn(connection);
    let mut request = Request::post(&target.path)
        .header("host", format!("{}:{}", target.host, target.port))
        .header("user-agent", concat!("qingliu/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(body))
        .map_err(|why| why.to_string())?;
    request.headers_mut().extend(headers);
    let reply = sender.send_request(request).await.map_err(|why| why.to_string());
    let status = match reply {
        Ok(reply) => {
            let status = reply.status();
            // Read to its end, so that whoever sends it is not cut off.
            let _ = Limited::new(reply.into_body(), REPLY).collect().await;
            Ok(status)
        }
        Err(why) => Err(why),
    };
    running.abort();
    status
}

/// Trusts whom the system trusts; read once.
fn connector() -> Result<TlsConnector, String> {
    static CONFIG: OnceLock<Arc<rustls::ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(TlsConnector::from(config.clone()));
    }
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| why.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(CONFIG.get_or_init(|| Arc::new(config)).clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let target = Target::parse("https://example.org/hook?x=1").unwrap();
        assert_eq!((target.tls, target.port, target.path.as_str()), (true, 443, "/hook?x=1"));
        let local = Target::parse("http://[::1]:4318").unwrap();
        assert_eq!((local.host.as_str(), local.port), ("::1", 4318));
        assert_eq!(local.below("/v1/traces").path, "/v1/traces");
        for wrong in ["", "ftp://a", "http://", "/path", "http://u:p@host/", "example.org"] {
            assert!(Target::parse(wrong).is_none(), "{wrong}");
        }
    }
}
