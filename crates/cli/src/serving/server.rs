//! Listens on the loopback interface and answers one request a connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::answer::{Answer, answer};
use crate::failure::Failure;

/// The longest head of a request.
const HEAD: usize = 16 * 1024;
/// How long a request or an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many connections are served side by side.
const CONNECTIONS: usize = 32;

/// A server at work: it ends with the program.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
}

impl Server {
    /// Where a browser finds the page.
    pub(super) fn address(&self) -> String {
        format!("http://{}/", self.address)
    }
}

/// Serves the files of a folder on 127.0.0.1; port 0 takes any that is free.
pub(super) fn start(root: &Path, port: u16) -> Result<Server, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| cannot_listen(port, &error))?;
    let address = listener.local_addr().map_err(|error| cannot_listen(port, &error))?;
    let root: Arc<PathBuf> = Arc::new(root.to_owned());
    thread::spawn(move || {
        let busy = Arc::new(AtomicUsize::new(0));
        for stream in listener.incoming().flatten() {
            if busy.load(Ordering::Acquire) >= CONNECTIONS {
                continue;
            }
            busy.fetch_add(1, Ordering::AcqRel);
            let (root, own) = (Arc::clone(&root), Arc::clone(&busy));
            thread::spawn(move || {
                // A browser that went away is no matter.
                let _ = exchange(stream, &root, address.port());
                own.fetch_sub(1, Ordering::AcqRel);
            });
        }
    });
    Ok(Server { address })
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

fn exchange(mut stream: TcpStream, root: &Path, port: u16) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = read_head(&mut stream)?;
    write_answer(&mut stream, &answer(&head, root, port))
}

/// Everything up to the empty line, and no more than a head may hold.
fn read_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
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

fn write_answer(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.kind,
        answer.body.len()
    );
    stream.write_all(head.as_bytes())?;
    if answer.with_body {
        stream.write_all(&answer.body)?;
    }
    stream.flush()
}
