//! The listeners: TLS for the public one, plain HTTP on loopback for management, and their orderly end.
//!
//! INVARIANT: a connection that does not speak is closed after the head's time, whichever state it is in: in
//! the TLS handshake, before the first request, between requests. The protocol comes from ALPN, so there is
//! no unlimited wait for a first byte. (`hyper`'s header timer is off unless it is given a clock.)

use std::{future::Future, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::{
    limits::ServerLimits,
    peer::{Connections, Peer},
};

/// Serves until `stop` is ready, then lets what is in flight finish within the limit's time.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
    limits: ServerLimits,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let acceptor = tls.map(TlsAcceptor::from);
    let (stopping, stopped) = watch::channel(false);
    let room = Arc::new(Semaphore::new(limits.connections));
    let connections = Connections::new(limits.peer_connections);
    tokio::pin!(stop);
    loop {
        // Waits for room before it accepts, so that the system's own queue holds what is too much.
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = async {
                let permit = Arc::clone(&room).acquire_owned().await;
                (permit, listener.accept().await)
            } => accepted,
        };
        let (Ok(permit), outcome) = accepted else { break };
        let (stream, address) = match outcome {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or the peer left in the queue: neither ends the service.
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        // A peer that has its most connections is hung up on before anything is spent on it.
        let Some(admitted) = connections.admit(Peer::of(address.ip())) else {
            tracing::debug!("a peer has too many connections");
            continue;
        };
        drop(stream.set_nodelay(true));
        let (acceptor, router, stopped) = (acceptor.clone(), router.clone(), stopped.clone());
        tokio::spawn(async move {
            match acceptor {
                None => connection(stream, address, false, router, limits, stopped).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) =
                        tokio::time::timeout(limits.head_time, acceptor.accept(stream)).await
                    {
                        let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                        connection(stream, address, two, router, limits, stopped).await;
                    }
                }
            }
            drop(admitted);
            drop(permit);
        });
    }
    drop(listener);
    drop(stopped);
    stopping.send_replace(true);
    // Every connection holds a permit and ends within the stop's time.
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let grace = limits.stop_time.saturating_add(limits.head_time);
    if tokio::time::timeout(grace, room.acquire_many(all)).await.is_err() {
        tracing::warn!("requests were cut off at the stop");
    }
    Ok(())
}

/// Serves one connection until its peer leaves, it grows old, or the service stops.
async fn connection<S>(
    stream: S,
    address: SocketAddr,
    two: bool,
    router: Router,
    limits: ServerLimits,
    stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        router.clone().oneshot(request)
    });
    if two {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.head_time)
            .keep_alive_timeout(limits.head_time)
            .max_concurrent_streams(limits.streams)
            .max_pending_accept_reset_streams(limits.resets)
            .max_local_error_reset_streams(limits.resets)
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX));
        let Some(stream) = greeted(stream, limits.head_time).await else {
            return;
        };
        let connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
        until_the_end(connection, http2::Connection::graceful_shutdown, limits, stop).await;
    } else {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_headers(limits.headers)
            .max_buf_size(limits.head.max(8192))
            .half_close(false);
        let connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
        until_the_end(connection, http1::Connection::graceful_shutdown, limits, stop).await;
    }
}

/// Waits for the HTTP/2 greeting, for which `hyper` itself would wait without end.
async fn greeted<S>(
    mut stream: S,
    limit: Duration,
) -> Option<impl AsyncRead + AsyncWrite + Unpin + Send + 'static>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut greeting = [0_u8; 24];
    tokio::time::timeout(limit, stream.read_exact(&mut greeting))
        .await
        .ok()?
        .ok()?;
    let (reader, writer) = tokio::io::split(stream);
    Some(tokio::io::join(
        AsyncReadExt::chain(io::Cursor::new(greeting), reader),
        writer,
    ))
}

async fn until_the_end<C>(
    mut connection: Pin<&mut C>,
    wind_down: impl FnOnce(Pin<&mut C>),
    limits: ServerLimits,
    mut stop: watch::Receiver<bool>,
) where
    C: Future<Output = hyper::Result<()>>,
{
    // A peer that breaks the protocol or leaves is no event worth more than a trace.
    let over = |outcome: hyper::Result<()>| {
        if let Err(error) = outcome {
            tracing::trace!(%error, "connection ended");
        }
    };
    tokio::select! {
        outcome = connection.as_mut() => return over(outcome),
        _ = stop.wait_for(|stopped| *stopped) => {}
        () = tokio::time::sleep(limits.connection_time) => {}
    }
    wind_down(connection.as_mut());
    match tokio::time::timeout(limits.stop_time, connection).await {
        Ok(outcome) => over(outcome),
        Err(_) => tracing::debug!("a connection was cut off"),
    }
}

/// Is ready when the process is asked to stop: SIGTERM or ctrl-c.
///
/// # Panics
/// Never; where a signal cannot be listened for, the other one counts.
pub async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::get;
    use tokio::{io::AsyncWriteExt as _, net::TcpStream, sync::oneshot};

    use super::*;

    fn hasty() -> ServerLimits {
        ServerLimits {
            head_time: Duration::from_millis(200),
            stop_time: Duration::from_secs(2),
            connections: 4,
            ..ServerLimits::default()
        }
    }

    async fn started(
        router: Router,
    ) -> (
        std::net::SocketAddr,
        oneshot::Sender<()>,
        tokio::task::JoinHandle<io::Result<()>>,
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, None, router, hasty(), async {
            drop(stopped.await);
        }));
        (address, stop, task)
    }

    async fn closed_within(stream: &mut TcpStream, limit: Duration) -> bool {
        let begun = Instant::now();
        let mut sink = Vec::new();
        drop(tokio::time::timeout(limit, stream.read_to_end(&mut sink)).await);
        begun.elapsed() < limit
    }

    #[tokio::test]
    async fn connection_that_says_nothing_is_closed() {
        let (address, _stop, _task) = started(Router::new()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(closed_within(&mut stream, Duration::from_secs(3)).await);
    }

    #[tokio::test]
    async fn head_that_drips_is_closed() {
        let (address, _stop, _task) = started(Router::new()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-")
            .await
            .unwrap();
        assert!(closed_within(&mut stream, Duration::from_secs(3)).await);
    }

    #[tokio::test]
    async fn tls_handshake_that_never_comes_is_closed() {
        let tls = crate::certificate::DevAuthority::generate(&["localhost"])
            .unwrap()
            .server_config();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(
            listener,
            Some(tls),
            Router::new(),
            hasty(),
            std::future::pending(),
        ));
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(closed_within(&mut stream, Duration::from_secs(3)).await);
    }

    /// Connects by TLS with HTTP/2 agreed on.
    async fn agreed(address: std::net::SocketAddr, ca: &str) -> tokio_rustls::client::TlsStream<TcpStream> {
        use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
        let mut roots = rustls::RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        tokio_rustls::TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn http_2_is_greeted_and_its_silence_is_closed() {
        let authority = crate::certificate::DevAuthority::generate(&["localhost"]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = Some(authority.server_config());
        tokio::spawn(serve(
            listener,
            tls,
            Router::new(),
            hasty(),
            std::future::pending(),
        ));
        let limit = Duration::from_secs(3);
        // Nothing at all, half a greeting, and a greeting whose pings are never answered.
        for said in [
            &b""[..],
            b"PRI * HTTP/2.0",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        ] {
            let mut stream = agreed(address, authority.ca_pem()).await;
            stream.write_all(said).await.unwrap();
            let begun = Instant::now();
            let mut answer = Vec::new();
            drop(tokio::time::timeout(limit, stream.read_to_end(&mut answer)).await);
            assert!(begun.elapsed() < limit, "{said:?} was never closed");
            if said.len() > 24 {
                assert_eq!(answer.get(3), Some(&4), "a SETTINGS frame answers the greeting");
            }
        }
    }

    #[tokio::test]
    async fn old_connection_is_ended_after_its_request() {
        let router = Router::new().route("/", get(|| async { "here" }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = ServerLimits {
            connection_time: Duration::from_millis(100),
            ..ServerLimits::default()
        };
        tokio::spawn(serve(listener, None, router, limits, std::future::pending()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        assert!(closed_within(&mut stream, Duration::from_secs(3)).await);
    }

    #[tokio::test]
    async fn idle_connections_do_not_keep_others_out() {
        let router = Router::new().route("/", get(|| async { "here" }));
        let (address, _stop, _task) = started(router).await;
        let mut idle = Vec::new();
        for _ in 0..8 {
            idle.push(TcpStream::connect(address).await.unwrap());
        }
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        let read = tokio::time::timeout(Duration::from_secs(3), stream.read_to_string(&mut answer)).await;
        read.unwrap().unwrap();
        assert!(answer.ends_with("here"), "{answer}");
    }

    #[tokio::test]
    async fn peer_with_its_most_connections_is_hung_up_on() {
        let router = Router::new().route(
            "/",
            get(|ConnectInfo(address): ConnectInfo<SocketAddr>| async move { address.ip().to_string() }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = ServerLimits {
            peer_connections: 2,
            ..ServerLimits::default()
        };
        tokio::spawn(serve(listener, None, router, limits, std::future::pending()));
        let ask = async || {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            drop(stream.write_all(request).await);
            let mut answer = String::new();
            drop(tokio::time::timeout(Duration::from_secs(3), stream.read_to_string(&mut answer)).await);
            answer
        };
        assert!(ask().await.ends_with("127.0.0.1"), "the routes see the peer");
        let mut idle = Vec::new();
        for _ in 0..2 {
            idle.push(TcpStream::connect(address).await.unwrap());
        }
        assert_eq!(ask().await, "", "the third is one too many");
        idle.clear();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(ask().await.ends_with("127.0.0.1"), "and has room again");
    }

    #[tokio::test]
    async fn request_in_flight_is_finished_at_the_stop() {
        let router = Router::new().route(
            "/",
            get(|| async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                "done"
            }),
        );
        let (address, stop, task) = started(router).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send(()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("done"), "{answer}");
        task.await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn request_framed_in_two_ways_never_smuggles_a_second_one() {
        let router = Router::new()
            .route("/", axum::routing::post(|| async { "once" }))
            .layer(axum::middleware::from_fn(crate::routes::plain));
        let (address, _stop, _task) = started(router).await;
        for head in [
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        ] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!(
                "POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            drop(tokio::time::timeout(Duration::from_secs(3), stream.read_to_string(&mut answer)).await);
            assert!(answer.contains("connection: close"), "{head}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{head}: {answer}");
        }
    }

    #[tokio::test]
    async fn ambiguous_framing_is_refused() {
        let router = Router::new().route("/", get(|| async { "here" }));
        let (address, _stop, _task) = started(router).await;
        for head in [
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: x\r\n",
            "Content-Length: -1\r\n",
            "Transfer-Encoding: chunked, identity\r\n",
        ] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!("POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            drop(tokio::time::timeout(Duration::from_secs(3), stream.read_to_string(&mut answer)).await);
            assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
        }
    }
}
