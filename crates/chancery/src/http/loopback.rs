//! Real TLS servers on loopback, for tests of everything that fetches.
//!
//! INVARIANT: a server counts every TCP connection, so that a test can say that none was attempted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::{GuardLimits, Guarded, Roots};

/// A throw-away certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots::Pem(self.0.pem().into_bytes())
    }

    pub(crate) fn identity(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()])
            .unwrap()
            .signed_by(&key, &self.0)
            .unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }

    /// A client that trusts this authority and may reach exactly these ports of `localhost`.
    pub(crate) fn client(&self, limits: GuardLimits, ports: &[u16]) -> Guarded {
        let allowed = ports.iter().map(|port| ("localhost".to_owned(), *port)).collect();
        Guarded::new(limits, self.roots(), allowed).unwrap()
    }
}

/// How a server answers one request.
pub(crate) enum Answer {
    /// All of it, then the end.
    Whole(Vec<u8>),
    /// The first part, then one byte again and again.
    Drip(Vec<u8>, Duration),
    /// Nothing, ever.
    Silence,
}

impl Answer {
    pub(crate) fn of(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
            body.len()
        );
        Self::Whole([head.as_bytes(), body].concat())
    }

    pub(crate) fn json(body: impl AsRef<[u8]>) -> Self {
        Self::of(
            "200 OK",
            "content-type: application/json; charset=utf-8\r\n",
            body,
        )
    }
}

/// A running server.
pub(crate) struct Loopback {
    pub(crate) port: u16,
    connections: Arc<AtomicU64>,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Loopback {
    pub(crate) async fn serve(
        identity: Arc<ServerConfig>,
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, requests) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (counted, seen, answer) = (Arc::clone(&connections), Arc::clone(&requests), Arc::new(answer));
        let acceptor = TlsAcceptor::from(identity);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (acceptor, seen, answer) = (acceptor.clone(), Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move { converse(stream, acceptor, &seen, &*answer).await });
            }
        });
        Self {
            port,
            connections,
            requests,
            task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// How many TCP connections came in.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }

    /// The requests so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    seen: &Mutex<Vec<String>>,
    answer: &(dyn Fn(&str) -> Answer + Send + Sync),
) -> Option<()> {
    let mut stream = acceptor.accept(stream).await.ok()?;
    let mut request = Vec::new();
    while !is_complete(&request) {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&chunk[..count]);
    }
    let request = String::from_utf8(request).ok()?;
    seen.lock().unwrap().push(request.clone());
    match answer(&request) {
        Answer::Whole(bytes) => stream.write_all(&bytes).await.ok()?,
        Answer::Drip(head, every) => {
            stream.write_all(&head).await.ok()?;
            loop {
                stream.flush().await.ok()?;
                tokio::time::sleep(every).await;
                stream.write_all(b" ").await.ok()?;
            }
        }
        Answer::Silence => std::future::pending().await,
    }
    stream.shutdown().await.ok()
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")
            .map(str::to_owned)
    });
    body.len() >= length.map_or(0, |length| length.trim().parse().unwrap())
}
