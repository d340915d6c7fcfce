//! Listens on the loopback interface and answers one request per connection.
//!
//! Hand-written, on httparse: tiny_http (last commit in May 2023) sets no read timeout, so that slow clients keep their
//! threads; rouille stands on it; astra sets none either and blocks once its workers are taken.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::answer::{Answer, Body, answer};
use crate::failure::Failure;

/// The longest head of a request, in bytes.
const HEAD: usize = 16 * 1024;
/// The time that a request may take, and that a client may take no byte of its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The time that an answer may take.
const LONGEST_ANSWER: Duration = Duration::from_secs(300);
/// The number of connections served at the same time.
const CONNECTIONS: usize = 64;

/// Serves the files of a folder on 127.0.0.1 until the program ends; port 0 takes any free port. Returns the page's
/// address and the port.
pub(super) fn start(root: &Path, port: u16) -> Result<(String, u16), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| cannot_listen(port, &error))?;
    let address = listener.local_addr().map_err(|error| cannot_listen(port, &error))?;
    let root: Arc<Path> = root.into();
    thread::spawn(move || listen(&listener, address, &root));
    Ok((format!("http://{address}/"), address.port()))
}

fn cannot_listen(port: u16, error: &io::Error) -> Failure {
    Failure::Failed(match error.kind() {
        ErrorKind::AddrInUse => {
            format!("error: port {port} is in use: give another one (--serve PORT), or 0 for any that is free")
        }
        ErrorKind::PermissionDenied => {
            format!("error: port {port} is not for everybody: give one from 1024 on (--serve PORT)")
        }
        _ => format!("error: cannot serve at port {port}: {error}"),
    })
}

/// Gives each connection a thread. A new connection never waits: where all places are taken, the oldest one is closed.
fn listen(listener: &TcpListener, address: SocketAddr, root: &Arc<Path>) {
    let mut open: VecDeque<Weak<TcpStream>> = VecDeque::new();
    for stream in listener.incoming().flatten() {
        open.retain(|stream| stream.strong_count() > 0);
        if open.len() >= CONNECTIONS
            && let Some(oldest) = open.pop_front().and_then(|stream| stream.upgrade())
        {
            let _ = oldest.shutdown(Shutdown::Both);
        }
        let stream = Arc::new(stream);
        open.push_back(Arc::downgrade(&stream));
        let root = Arc::clone(root);
        // A browser that went away does not matter, nor does a thread that the system refuses.
        let _ = thread::Builder::new().spawn(move || exchange(&stream, &root, address.port()));
    }
}

fn exchange(stream: &TcpStream, root: &Path, port: u16) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = read_head(stream)?;
    write_answer(stream, answer(&head, root, port))
}

/// Everything up to the empty line, and no more than a head may hold.
fn read_head(mut stream: &TcpStream) -> io::Result<Vec<u8>> {
    let start = Instant::now();
    let mut head = Vec::new();
    let mut piece = [0u8; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < HEAD && start.elapsed() < PATIENCE {
        match stream.read(&mut piece)? {
            0 => break,
            n => head.extend_from_slice(&piece[..n]),
        }
    }
    Ok(head)
}

fn write_answer(mut stream: &TcpStream, answer: Answer) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.kind,
        answer.body.bytes()
    );
    stream.write_all(head.as_bytes())?;
    if !answer.with_body {
        return Ok(());
    }
    let start = Instant::now();
    let mut body: Box<dyn Read> = match answer.body {
        Body::Text(text) => Box::new(io::Cursor::new(text)),
        Body::File(file, bytes) => Box::new(file.take(bytes)),
    };
    let mut piece = vec![0u8; 64 * 1024];
    loop {
        match body.read(&mut piece)? {
            0 => return Ok(()),
            _ if start.elapsed() > LONGEST_ANSWER => return Err(ErrorKind::TimedOut.into()),
            n => stream.write_all(&piece[..n])?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(port: u16) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.write_all(format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn many_slow_clients_block_nobody() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "<html><body>page</body></html>").unwrap();
        let endless = std::fs::File::create(folder.path().join("endless.csv")).unwrap();
        endless.set_len(1 << 40).unwrap();
        let (_, port) = start(folder.path(), 0).unwrap();
        let slow: Vec<TcpStream> = (0..4 * CONNECTIONS)
            .map(|n| {
                let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
                // One half never ends its request, the other never takes its answer.
                let end = if n % 2 == 0 { "" } else { "\r\n\r\n" };
                let request = format!("GET /endless.csv HTTP/1.1\r\nHost: 127.0.0.1:{port}{end}");
                let _ = stream.write_all(request.as_bytes());
                stream
            })
            .collect();
        for _ in 0..5 {
            let began = Instant::now();
            assert!(get(port).contains("page"));
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        }
        drop(slow);
    }
}
