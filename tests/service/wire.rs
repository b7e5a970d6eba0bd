//! A small HTTP/1.1 client that sends exactly what it is told, right or wrong, over TLS to a port of this machine.

use std::{io, sync::Arc, time::Duration};

use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// How long any answer may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Speaks to one port.
#[derive(Clone)]
pub(crate) struct Wire {
    connector: TlsConnector,
    pub(crate) port: u16,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask {
    /// A request without a body.
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// A body of a media type.
    pub(crate) fn body(mut self, media: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len().to_string();
        self.header("content-type", media)
            .header("content-length", &length)
    }

    /// A body of a media type, in pieces, without saying how long it is.
    pub(crate) fn chunked(mut self, media: &str, body: &[u8]) -> Self {
        for piece in body.chunks(16 * 1024) {
            self.body.extend(format!("{:x}\r\n", piece.len()).bytes());
            self.body.extend(piece);
            self.body.extend(b"\r\n");
        }
        self.body.extend(b"0\r\n\r\n");
        self.header("content-type", media)
            .header("transfer-encoding", "chunked")
    }

    /// A header more.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The admin token.
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// What goes over the wire.
    pub(crate) fn bytes(&self, port: u16) -> Vec<u8> {
        let mut text = format!(
            "{} {} HTTP/1.1\r\nhost: localhost:{port}\r\n",
            self.method, self.path
        );
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("connection: close\r\n\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

impl Wire {
    /// Trusts one authority only.
    pub(crate) fn new(authority: &str, port: u16) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            connector: TlsConnector::from(Arc::new(config)),
            port,
        }
    }

    /// A connection that said nothing yet.
    pub(crate) async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        self.connector
            .connect(ServerName::try_from("localhost").unwrap(), stream)
            .await
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn send(&self, ask: &Ask) -> Answer {
        self.raw(&ask.bytes(self.port))
            .await
            .unwrap_or_else(|| panic!("no answer to {} {}", ask.method, ask.path))
    }

    /// Writes bytes and reads one answer, while it still writes; none when the peer hung up without one.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Option<Answer> {
        let (mut from, mut to) = tokio::io::split(self.connect().await.ok()?);
        let write = async {
            // A peer that has heard enough may hang up.
            drop(to.write_all(bytes).await);
            drop(to.flush().await);
            std::future::pending::<()>().await;
        };
        let read = async {
            let mut seen = Vec::new();
            let mut piece = vec![0; 64 * 1024];
            loop {
                match from.read(&mut piece).await {
                    Ok(0) | Err(_) => return Answer::parse(&seen, true),
                    Ok(length) => seen.extend(&piece[..length]),
                }
                if let Some(answer) = Answer::parse(&seen, false) {
                    return Some(answer);
                }
            }
        };
        tokio::select! {
            () = write => None,
            answer = read => answer,
            () = tokio::time::sleep(PATIENCE) => None,
        }
    }
}

impl Answer {
    fn parse(bytes: &[u8], ended: bool) -> Option<Self> {
        let split = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let mut answer = Self {
            status,
            head,
            body: bytes[split + 4..].to_vec(),
        };
        let length = answer
            .header("content-length")
            .and_then(|length| length.parse::<usize>().ok());
        let whole = match length {
            Some(length) => answer.body.len() >= length,
            None => ended || matches!(status, 204 | 304),
        };
        if answer.header("transfer-encoding").is_some() {
            panic!("an answer in pieces: {}", answer.head);
        }
        answer.body.truncate(length.unwrap_or(usize::MAX));
        whole.then_some(answer)
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The whole head as text.
    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {} {}", self.head, self.text()))
    }

    /// The code of a refusal, which must be problem details and nothing else (RFC 9457).
    pub(crate) fn problem(&self, told: &str) -> String {
        assert!(
            (400..500).contains(&self.status),
            "{told}: {} {}",
            self.status,
            self.text()
        );
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{told}: {}",
            self.text()
        );
        let value = self.json();
        assert_eq!(value["status"], self.status, "{told}");
        for member in ["type", "title", "detail", "instance"] {
            assert!(
                value[member].as_str().is_some_and(|text| !text.is_empty()),
                "{told}: {member} of {value}"
            );
        }
        // VCALM has two members of its own, which say that nothing was verified.
        let own = |name: &&String| !matches!(name.as_str(), "verified" | "problemDetails");
        assert_eq!(
            value.as_object().unwrap().keys().filter(own).count(),
            6,
            "{told}: {value}"
        );
        assert_ne!(value["verified"], true, "{told}: {value}");
        let code = value["code"].as_str().unwrap_or_default();
        let (class, reason) = code.split_once('.').unwrap_or_default();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let word = |text: &str| !text.is_empty() && text.bytes().all(plain);
        assert!(word(class) && word(reason), "{told}: no stable code: {value}");
        code.to_owned()
    }
}
