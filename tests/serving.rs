//! `fractionate report --open` and `--serve`: the page, opened, and kept fresh for browsers of this machine.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::small_suite::{compared_run, copy_of_undisturbed, fractionate, said};

/// A server at work, ended with the test.
struct Server {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    port: u16,
}

impl Server {
    fn start(store: &Path) -> Self {
        let mut command = fractionate();
        command.arg("report").arg(store).args(["--serve", "0"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        err.read_line(&mut line).unwrap();
        let port = line.split_once("http://127.0.0.1:").expect(&line).1.split_once('/').unwrap().0;
        Self { child, err, port: port.parse().unwrap() }
    }

    /// The status and the body of an answer.
    fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_served_page_follows_the_store_and_ctrl_c_ends_it_in_order() {
    let (_folder, store) = copy_of_undisturbed();
    let mut server = Server::start(&store);
    let (status, page) = server.get("/");
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(page.contains("<h1>small</h1>") && page.contains("connect-src 'self'"));
    assert_eq!(server.get("/../manifest.json").0, "HTTP/1.1 404 Not Found");
    let version = || server.get("/-/version/").1;
    let first = version();
    // A run at work is not there yet; one that is set aside is gone.
    fs::create_dir(store.join("runs/.tmp-0123456789abcdef")).unwrap();
    let run = compared_run(&store);
    fs::rename(&run, store.join("runs/damaged-1-run")).unwrap();
    let begun = Instant::now();
    while version() == first {
        assert!(begun.elapsed() < Duration::from_secs(60), "the page never changed");
        std::thread::sleep(Duration::from_millis(100));
    }
    let page = server.get("/index.html").1;
    assert!(page.contains("1 of") && page.contains("Not run yet"));
    let sent = Command::new("kill").args(["-s", "INT", &server.child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    server.err.read_to_string(&mut rest).unwrap();
    let tunnel = rest.lines().next().unwrap();
    assert!(tunnel.starts_with("From another machine: ssh -L ") && tunnel.contains(":127.0.0.1:"), "{rest}");
    assert!(rest.contains("\nMade again: ") && rest.ends_with("The page is no longer served.\n"), "{rest}");
}

#[test]
fn many_slow_clients_block_nobody() {
    let (_folder, store) = copy_of_undisturbed();
    let server = Server::start(&store);
    let slow: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(("127.0.0.1", server.port)).unwrap()).collect();
    for mut stream in &slow {
        // Half a request, or none where the server has closed the connection already.
        let _ = stream.write_all(b"GET / HTTP/1.1\r\n");
    }
    let begun = Instant::now();
    assert_eq!(server.get("/").0, "HTTP/1.1 200 OK");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_port_in_use_and_a_port_that_is_none_are_said_in_one_sentence() {
    let (_folder, store) = copy_of_undisturbed();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    said(fractionate().arg("report").arg(&store).args(["--serve", &port]))
        .with_code(1)
        .with_one_sentence(&[&format!("port {port} is in use"), "--serve PORT"]);
    said(fractionate().args(["report", "--serve"]).arg(&store))
        .with_code(2)
        .with_words(&["the folder stands before --serve"]);
}

#[test]
fn without_a_program_that_opens_pages_the_page_is_named() {
    let (folder, store) = copy_of_undisturbed();
    // A path without programs.
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    said(fractionate().arg("report").arg(&store).arg("--open").env("PATH", &empty)).with_code(1).with_one_sentence(&[
        "no program was found that opens a page",
        "report/index.html",
        "yourself",
    ]);
}

#[cfg(unix)]
#[test]
fn the_systems_opener_gets_the_page() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = copy_of_undisturbed();
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let opener = programs.join("xdg-open");
    fs::write(&opener, format!("#!/bin/sh\nprintf %s \"$1\" > {}\n", folder.path().join("opened").display())).unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    said(fractionate().arg("report").arg(&store).arg("--open").env("PATH", &programs)).with_code(0);
    let opened = fs::read_to_string(folder.path().join("opened")).unwrap();
    assert_eq!(Path::new(&opened), store.join("report/index.html").canonicalize().unwrap());
}
