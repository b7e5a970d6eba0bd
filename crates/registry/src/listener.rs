//! The listeners: TLS for the public one, plain HTTP on loopback for management, and their orderly end.
//!
//! INVARIANT: a connection that does not speak is closed after the head's time, whichever state it is in: in
//! the TLS handshake, before the first request, between requests. The protocol comes from ALPN, so there is
//! no unlimited wait for a first byte. (`hyper`'s header timer is off unless it is given a clock.)

use std::{future::Future, io, sync::Arc};

use axum::Router;
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::limits::ServerLimits;

/// Serves until `stop` is ready, then lets what is in flight finish within the limit's time.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
    limits: ServerLimits,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let acceptor = tls.map(TlsAcceptor::from);
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.connections));
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
        let stream = match outcome {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, or the peer left in the queue: neither ends the service.
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        drop(stream.set_nodelay(true));
        let (acceptor, router, watcher) = (acceptor.clone(), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            match acceptor {
                None => connection(stream, false, router, limits, watcher).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) =
                        tokio::time::timeout(limits.head_time, acceptor.accept(stream)).await
                    {
                        let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                        connection(stream, two, router, limits, watcher).await;
                    }
                }
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.stop_time, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were cut off at the stop");
    }
    Ok(())
}

async fn connection<S>(stream: S, two: bool, router: Router, limits: ServerLimits, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: http::Request<Incoming>| router.clone().oneshot(request));
    let io = TokioIo::new(stream);
    // A peer that breaks the protocol or leaves is no event worth more than a trace.
    let outcome = if two {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.head_time)
            .keep_alive_timeout(limits.head_time)
            .max_concurrent_streams(limits.streams)
            .max_pending_accept_reset_streams(limits.resets)
            .max_local_error_reset_streams(limits.resets)
            .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX));
        watcher.watch(builder.serve_connection(io, service)).await
    } else {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_headers(limits.headers)
            .max_buf_size(limits.head.max(8192))
            .half_close(false);
        watcher.watch(builder.serve_connection(io, service)).await
    };
    if let Err(error) = outcome {
        tracing::trace!(%error, "connection ended");
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
    use std::time::{Duration, Instant};

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
        sync::oneshot,
    };

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
        let router = Router::new().route("/", axum::routing::post(|| async { "once" }));
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
            assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
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
