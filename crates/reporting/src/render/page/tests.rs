//! Pages of made-up suites, as a browser would read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use fractionate_arms::Arm;
use fractionate_records::clean::html as escaped;
use fractionate_records::{Comparison, DeclaredClaim, Metric, Term};

use crate::examples::ExampleSuite;
use crate::numbers::capital;
use crate::report;

const BOTH: [Comparison; 2] = [Comparison::Tuned, Comparison::Fixed];

/// Every kind of suite.
fn suites() -> Vec<(&'static str, ExampleSuite)> {
    let mut nll = ExampleSuite::new(4, &BOTH);
    nll.manifest.metric = Metric::TestNll;
    let mut empty = ExampleSuite::new(2, &BOTH);
    empty.records.clear();
    let mut claims = ExampleSuite::new(3, &BOTH).with_tuning();
    let claim = |says: &str, test: &str, after_runs| DeclaredClaim {
        says: says.into(),
        test: test.into(),
        comparison: None,
        after_runs,
    };
    claims.manifest.claims = vec![
        claim("Instance gives more than domain.", "instance > domain", false),
        claim("A <claim> that \"nobody\" can read & test", "instance >> domain", true),
    ];
    claims.diverge("shuffled", 1);
    let mut without_teacher = ExampleSuite::new(2, &[Comparison::Fixed]);
    for arm in ["label-smoothing", "class-smoothing", "class-mean", "shuffled", "shuffled-within-class", "partial"] {
        without_teacher = without_teacher.without_arm(arm);
    }
    without_teacher = without_teacher.without_arm("recombined").without_arm("teacher");
    without_teacher.manifest.configurations[0].teacher = None;
    let mut hostile = ExampleSuite::new(2, &[Comparison::Fixed]);
    hostile.manifest.suite = "</script><script>alert(1)</script>".into();
    hostile.manifest.question = "a < b & \"c\" > 'd'?".into();
    hostile.manifest.data_set = "<!-- set".into();
    vec![
        ("both", ExampleSuite::new(10, &BOTH).with_tuning()),
        ("one seed", ExampleSuite::new(1, &BOTH)),
        ("nll", nll),
        ("empty", empty),
        ("claims", claims),
        ("without a teacher", without_teacher),
        ("without the reference", ExampleSuite::new(3, &BOTH).without_arm("hard")),
        ("options", ExampleSuite::options(3)),
        ("hostile", hostile),
        ("sweep", ExampleSuite::sweep(3, "data.world.tau", &["0", "0.5", "0.9"])),
        ("sweep of words", ExampleSuite::sweep(2, "data.set", &["\"a/b\"", "\"a & <b>\""])),
        ("sweep of two", ExampleSuite::sweep_of_two(2)),
        ("relations", ExampleSuite::new(2, &BOTH).with_super_classes()),
    ]
}

/// Every page of every suite, with its place: drawn once for all tests.
fn pages() -> &'static [(String, String)] {
    static PAGES: LazyLock<Vec<(String, String)>> = LazyLock::new(drawn);
    &PAGES
}

fn drawn() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (name, suite) in suites() {
        let folder = tempfile::tempdir().unwrap();
        let store = suite.write(folder.path());
        if suite.manifest.diagnostics.is_some() {
            suite.write_weights(&store);
            suite.write_diagnostics(&store);
        }
        store.write_suite("name = \"<suite>\"\n").unwrap();
        let root = folder.path().join("report");
        for file in report(&store).unwrap().files.iter().filter(|file| file.ends_with("index.html")) {
            let html = fs::read_to_string(root.join(file)).unwrap();
            for link in attributes(&html, "href").iter().filter(|link| link.ends_with(".html")) {
                let place = root.join(file).parent().unwrap().join(decoded(link));
                assert!(place.is_file(), "{name}: {link} leads nowhere");
            }
            assert!(!html.contains(folder.path().to_str().unwrap()), "{name}: a page names its place on this machine");
            pages.push((format!("{name}, {}", file.display()), html));
        }
    }
    pages
}

/// An address as a path.
fn decoded(link: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let [first, others @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&others[..2]).unwrap(), 16).unwrap());
            rest = &others[2..];
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A page's tags, `section` or `/section`, with the rest of each; what scripts and styles hold is not looked at.
fn tags(html: &str) -> Vec<(String, String)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("every tag ends");
        let (name, attributes) = rest[..end].split_once([' ', '\n']).unwrap_or((&rest[..end], ""));
        let name = name.to_lowercase();
        tags.push((name.clone(), attributes.to_owned()));
        rest = &rest[end + 1..];
        if matches!(name.as_str(), "script" | "style") {
            rest = &rest[rest.find(&format!("</{name}>")).expect("it ends")..];
        }
    }
    tags
}

fn attributes(html: &str, name: &str) -> Vec<String> {
    let start = format!("{name}=\"");
    let of = |(_, attributes): &(String, String)| -> Option<String> {
        let value = attributes.split_once(&start)?.1;
        Some(value.split_once('"').expect("every value ends").0.to_owned())
    };
    tags(html).iter().filter_map(of).collect()
}

#[test]
fn every_tag_is_closed_where_it_was_opened() {
    const VOID: [&str; 5] = ["meta", "link", "img", "path", "!doctype"];
    for (page, html) in pages() {
        let mut open: Vec<String> = Vec::new();
        for (name, attributes) in tags(html) {
            match name.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed), "{page}"),
                None if VOID.contains(&name.as_str()) || attributes.ends_with('/') => {}
                None => open.push(name),
            }
        }
        assert!(open.is_empty(), "{page}: {open:?}");
    }
}

#[test]
fn a_page_loads_nothing_from_anywhere() {
    for (page, html) in pages() {
        for attribute in ["src", "href", "action", "srcset", "poster"] {
            for value in attributes(html, attribute) {
                let inside = ["data:", "#"].iter().any(|start| value.starts_with(start));
                let sources = attribute == "href" && value.ends_with(".html") && !value.contains("//");
                assert!(inside || sources, "{page}: {attribute}={value}");
            }
        }
        for word in ["@import", "url(", "http://", "https://"] {
            assert!(!html.contains(word), "{page}: {word}");
        }
        assert!(html.contains("default-src 'none'"), "{page}");
    }
}

#[test]
fn headings_are_in_order_and_the_contents_lead_to_them() {
    for (page, html) in pages() {
        let levels: Vec<u32> = tags(html).iter().filter_map(|(name, _)| name.strip_prefix('h')?.parse().ok()).collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{page}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{page}: {levels:?}");
        let ids = attributes(html, "id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{page}: an id twice");
        for link in attributes(html, "href") {
            if let Some(id) = link.strip_prefix('#') {
                assert!(ids.iter().any(|known| known == id), "{page}: {link} leads nowhere");
            }
        }
    }
}

#[test]
fn every_figure_says_what_it_shows_and_holds_its_data() {
    let mut figures = 0;
    for (page, html) in pages() {
        let data = html.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0;
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        for name in attributes(html, "data-name") {
            assert!(data["tables"][&name].as_str().unwrap().lines().count() > 1, "{page}: {name}");
            figures += 1;
        }
        let alts: Vec<(String, String)> = tags(html).into_iter().filter(|(name, _)| name == "img").collect();
        // The last one is the viewer's, which is empty.
        assert!(alts[..alts.len() - 1].iter().all(|(_, a)| !a.contains("alt=\"\"")), "{page}");
    }
    assert!(figures > 50, "{figures}");
}

#[test]
fn tuned_and_fixed_are_never_in_one_table() {
    for (page, html) in pages() {
        for table in html.split("<table>").skip(1) {
            let table = table.split_once("</table>").unwrap().0;
            assert!(!(table.contains("tuned") && table.contains("fixed")), "{page}: {table}");
        }
    }
}

#[test]
fn the_same_store_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let store = ExampleSuite::new(3, &BOTH).with_tuning().write(folder.path());
    let read = || fs::read(folder.path().join("report/index.html")).unwrap();
    report(&store).unwrap();
    let first = read();
    fs::remove_dir_all(folder.path().join("report")).unwrap();
    report(&store).unwrap();
    assert!(first == read());
}

#[test]
fn a_suite_with_nothing_finished_says_so_where_the_answer_would_be() {
    let mut suite = ExampleSuite::new(2, &BOTH);
    suite.records.clear();
    let folder = tempfile::tempdir().unwrap();
    report(&suite.write(folder.path())).unwrap();
    let html = fs::read_to_string(folder.path().join("report/index.html")).unwrap();
    let answer = html.split_once("id=\"answer\"").unwrap().1.split_once("</section>").unwrap().0;
    assert!(answer.contains("there is nothing to report yet"), "{answer}");
}

#[test]
fn the_pages_of_many_configurations_stay_light() {
    let values: Vec<String> = (1..=40).map(|t| t.to_string()).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let folder = tempfile::tempdir().unwrap();
    let found = report(&ExampleSuite::sweep(2, "temperature", &values).write(folder.path())).unwrap();
    let size = |file: &Path| fs::metadata(folder.path().join("report").join(file)).unwrap().len();
    let pages = || found.files.iter().filter(|file| file.ends_with("index.html"));
    assert_eq!(pages().count(), 41);
    assert!(size(Path::new("index.html")) < 1_000_000, "{}", size(Path::new("index.html")));
    let all: u64 = pages().map(|file| size(file)).sum();
    assert!(all < 16_000_000, "{all}");
}

#[test]
fn a_page_explains_every_term_and_arm_states_the_loss_and_has_a_glossary() {
    let folder = tempfile::tempdir().unwrap();
    let suite = ExampleSuite::new(3, &[Comparison::Tuned]);
    report(&suite.write(folder.path())).unwrap();
    let html = fs::read_to_string(folder.path().join("report/index.html")).unwrap();
    let answer = html.split_once("id=\"answer\"").unwrap().1.split_once("</section>").unwrap().0;
    for term in Term::SIX {
        assert!(answer.contains(&capital(term.meaning())) && answer.contains(term.formula()), "{}", term.name());
    }
    for arm in &suite.manifest.arms {
        let known = Arm::parse(arm).unwrap();
        let [meaning, formula] = [known.descriptor().meaning, known.descriptor().formula].map(escaped);
        assert!(answer.contains(&meaning) && answer.contains(&formula), "{arm}");
        assert!(answer.contains(&format!("<code>{arm}</code>")), "{arm} has no loss");
    }
    assert!(answer.contains("p and the student&#39;s soft part both at T = 2, s = T² = 4"), "{answer}");
    let glossary = html.split_once("id=\"glossary\"").unwrap().1.split_once("</section>").unwrap().0;
    for word in ["soft target ρ", "temperature T", "λ (lambda)", "d_z", "IQM", "p-value", "runner-up setting"] {
        assert!(glossary.contains(word), "{word}");
    }
}
