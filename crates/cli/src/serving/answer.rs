//! From a request to an answer: files below the report's folder, to this machine's browsers, and nothing else.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use fractionate_records::OwnFolder;
use percent_encoding::percent_decode_str;

use super::live;

/// What is sent back.
#[derive(Debug)]
pub(super) struct Answer {
    /// `200 OK`.
    pub(super) status: &'static str,
    /// The type of the body.
    pub(super) kind: &'static str,
    pub(super) body: Body,
    /// Whether the body is sent, and not only its length.
    pub(super) with_body: bool,
}

/// What an answer says.
#[derive(Debug)]
pub(super) enum Body {
    /// A page, or a sentence.
    Text(Vec<u8>),
    /// As many bytes of a file as it has when it is asked for.
    File(File, u64),
}

/// A page that is larger is sent as it lies there: it is not held in the memory.
const LARGEST_PAGE: u64 = 16 << 20;

impl Body {
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::File(_, bytes) => *bytes,
        }
    }
}

impl Answer {
    fn refusal(status: &'static str) -> Self {
        Self {
            status,
            kind: "text/plain; charset=utf-8",
            body: Body::Text(format!("{status}\n").into_bytes()),
            with_body: true,
        }
    }

    fn found(kind: &'static str, body: Body) -> Self {
        Self { status: "200 OK", kind, body, with_body: true }
    }
}

/// Answers the head of a request for a file below `root`.
pub(super) fn answer(head: &[u8], root: &Path, port: u16) -> Answer {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
        return Answer::refusal("400 Bad Request");
    }
    let hosts: Vec<&[u8]> =
        request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("host")).map(|h| h.value).collect();
    // A page elsewhere may have its own name point here: it is not to read what is served.
    if !matches!(hosts.as_slice(), [host] if is_this_machine(host, port)) {
        return Answer::refusal("403 Forbidden");
    }
    let with_body = match request.method {
        Some("GET") => true,
        Some("HEAD") => false,
        _ => return Answer::refusal("405 Method Not Allowed"),
    };
    let target = request.path.unwrap_or_default();
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let found = match path.strip_prefix(live::VERSION) {
        Some(page) => open(root, page)
            .and_then(|(_, file, bytes)| read_page(file, bytes).ok())
            .map(|page| Answer::found("text/plain; charset=utf-8", Body::Text(live::version(&page).into_bytes()))),
        None => open(root, path).map(|(name, file, bytes)| Answer::found(kind(&name), body(kind(&name), file, bytes))),
    };
    Answer { with_body, ..found.unwrap_or_else(|| Answer::refusal("404 Not Found")) }
}

/// Whether a request is meant for this server by one of its own names.
fn is_this_machine(host: &[u8], port: u16) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let (name, own) = host.rsplit_once(':').map_or((host, "80"), |(name, port)| (name, port));
    let known = name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost");
    known && own.parse() == Ok(port)
}

/// A regular file below the folder, its name and its length: neither hidden, nor reached through `..` or a link.
fn open(root: &Path, path: &str) -> Option<(String, File, u64)> {
    let decoded = percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    let name = if decoded.is_empty() || decoded.ends_with('/') {
        format!("{decoded}index.html")
    } else {
        decoded.into_owned()
    };
    let whole = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':']);
    if !name.split('/').all(whole) {
        return None;
    }
    let file = OwnFolder::at(root).open(&name).ok()?;
    let bytes = file.metadata().ok()?.len();
    Some((name, file, bytes))
}

fn body(kind: &str, file: File, bytes: u64) -> Body {
    if kind != HTML {
        return Body::File(file, bytes);
    }
    match read_page(file, bytes) {
        Ok(page) => Body::Text(live::live(&page)),
        Err(file) => Body::File(file, bytes),
    }
}

/// The whole of a page, or, where it is too large or cannot be read, its file.
fn read_page(mut file: File, bytes: u64) -> Result<Vec<u8>, File> {
    let mut page = Vec::new();
    if bytes > LARGEST_PAGE || file.by_ref().take(bytes).read_to_end(&mut page).is_err() {
        return Err(file);
    }
    Ok(page)
}

const HTML: &str = "text/html; charset=utf-8";

/// The type of a file, by its ending.
fn kind(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some("html") => HTML,
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("csv") => "text/csv; charset=utf-8",
        Some("md" | "txt" | "tex") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PORT: u16 = 8417;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report");
        fs::create_dir_all(report.join("configurations/tau=0,a b")).unwrap();
        fs::write(folder.path().join("manifest.json"), "secret").unwrap();
        fs::write(report.join("index.html"), "<html><body>page</body></html>").unwrap();
        fs::write(report.join("configurations/tau=0,a b/index.html"), "<html><body>configuration</body></html>")
            .unwrap();
        fs::write(report.join("a.csv"), "a,b\n").unwrap();
        fs::write(report.join(".hidden"), "secret").unwrap();
        folder
    }

    fn ask(folder: &tempfile::TempDir, line: &str, host: &str) -> Answer {
        let head = format!("{line} HTTP/1.1\r\n{host}\r\n\r\n");
        answer(head.as_bytes(), &folder.path().join("report"), PORT)
    }

    fn get(folder: &tempfile::TempDir, path: &str) -> Answer {
        ask(folder, &format!("GET {path}"), "Host: 127.0.0.1:8417")
    }

    fn text(answer: Answer) -> String {
        let mut text = String::new();
        match answer.body {
            Body::Text(bytes) => text.push_str(std::str::from_utf8(&bytes).unwrap()),
            Body::File(file, bytes) => drop(file.take(bytes).read_to_string(&mut text).unwrap()),
        }
        text
    }

    #[test]
    fn files_of_the_report_are_served_by_their_type() {
        let folder = folder();
        for (path, kind, word) in [
            ("/", HTML, "page"),
            ("/index.html?again", HTML, "page"),
            ("/configurations/tau=0,a%20b/", HTML, "configuration"),
            ("/a.csv", "text/csv; charset=utf-8", "a,b"),
        ] {
            let found = get(&folder, path);
            assert_eq!((found.status, found.kind), ("200 OK", kind), "{path}");
            assert!(text(found).contains(word), "{path}");
        }
        let head = ask(&folder, "HEAD /a.csv", "Host: localhost:8417");
        assert_eq!((head.body.bytes(), head.with_body), (4, false));
    }

    #[test]
    fn a_pages_version_is_told_and_changes_with_it() {
        let folder = folder();
        let first = text(get(&folder, "/-/version/"));
        assert_eq!(first, text(get(&folder, "/-/version/index.html")));
        fs::write(folder.path().join("report/index.html"), "other").unwrap();
        assert_ne!(first, text(get(&folder, "/-/version/")));
    }

    #[test]
    fn nothing_outside_the_report_is_served() {
        let folder = folder();
        #[cfg(unix)]
        {
            let (outside, pipe) = (folder.path().join("manifest.json"), folder.path().join("report/pipe.csv"));
            let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, folder.path().join("report").join(name));
            link(&outside, "link.json").unwrap();
            link(Path::new("/dev/zero"), "endless.csv").unwrap();
            link(folder.path(), "up").unwrap();
            link(Path::new("index.html"), "inside.html").unwrap();
            // Reading it would wait for a writer.
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        }
        for path in [
            "/../manifest.json",
            "/%2e%2e/manifest.json",
            "/..%2fmanifest.json",
            "/configurations/../../manifest.json",
            "//etc/passwd",
            "/%2fetc/passwd",
            "/.hidden",
            "/link.json",
            "/pipe.csv",
            "/endless.csv",
            "/up/manifest.json",
            "/inside.html",
            "/configurations",
            "/a.csv%00",
            "/%ff",
            "/none",
            "/-/version/../manifest.json",
            "manifest.json",
            "*",
        ] {
            assert_eq!(get(&folder, path).status, "404 Not Found", "{path}");
        }
    }

    #[test]
    fn a_file_without_end_takes_no_memory() {
        let folder = folder();
        for name in ["a.csv", "index.html"] {
            let file = fs::OpenOptions::new().write(true).open(folder.path().join("report").join(name)).unwrap();
            file.set_len(1 << 40).unwrap();
            assert!(
                matches!(get(&folder, &format!("/{name}")).body, Body::File(_, bytes) if bytes == 1 << 40),
                "{name}"
            );
        }
        assert_eq!(get(&folder, "/-/version/").status, "404 Not Found");
    }

    #[test]
    fn only_this_machines_own_names_are_answered() {
        let folder = folder();
        for host in [
            "Host: evil.example",
            "Host: evil.example:8417",
            "Host: 127.0.0.1",
            "Host: 127.0.0.1:80",
            "Host: 127.0.0.1.evil.example:8417",
            "X: y",
            "Host: 127.0.0.1:8417\r\nHost: evil.example",
        ] {
            assert_eq!(ask(&folder, "GET /", host).status, "403 Forbidden", "{host}");
        }
        assert_eq!(ask(&folder, "GET /", "host: LOCALHOST:8417").status, "200 OK");
    }

    #[test]
    fn what_is_no_request_for_a_file_is_refused() {
        let folder = folder();
        for line in ["POST /", "DELETE /a.csv", "OPTIONS *"] {
            assert_eq!(ask(&folder, line, "Host: localhost:8417").status, "405 Method Not Allowed", "{line}");
        }
        for head in ["", "GET", "\u{0}\u{1}", "GET / HTTP/1.1\r\nHost: localhost:8417\r\n"] {
            assert_eq!(answer(head.as_bytes(), folder.path(), PORT).status, "400 Bad Request", "{head:?}");
        }
    }
}
