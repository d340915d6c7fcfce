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

use super::answer::{Answer, answer};
use crate::failure::Failure;

/// The longest head of a request, in bytes.
const HEAD: usize = 16 * 1024;
/// The time that a request or an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
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
    write_answer(stream, &answer(&head, root, port))
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

fn write_answer(mut stream: &TcpStream, answer: &Answer) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.kind,
        answer.body.len()
    );
    stream.write_all(head.as_bytes())?;
    if answer.with_body { stream.write_all(&answer.body) } else { Ok(()) }
}
