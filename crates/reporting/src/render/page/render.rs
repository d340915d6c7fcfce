//! From the page's content to its bytes.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};

use crate::error::ReportError;
use crate::render::page::content::Content;
use crate::render::page::words::words;

const PAGE: &str = include_str!("template/page.html");
const PIECES: &str = include_str!("template/pieces.html");
const STYLE: &str = include_str!("template/style.css");
const DARK: &str = include_str!("template/dark.css");
const SCRIPT: &str = include_str!("template/script.js");
const THEME: &str = include_str!("template/theme.js");

/// The page as HTML: templates are escaped by the endings of their names.
pub(crate) fn render(content: &Content) -> Result<String, ReportError> {
    let attempt = || -> Result<String, minijinja::Error> {
        let mut templates = Environment::new();
        templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        templates.add_filter("words", words);
        templates.add_template("pieces.html", PIECES)?;
        templates.add_template("page.html", PAGE)?;
        templates.get_template("page.html")?.render(context! {
            page => Serde(content),
            style => Value::from_safe_string(style()),
            theme => Value::from_safe_string(THEME.to_owned()),
            script => Value::from_safe_string(SCRIPT.to_owned()),
            data => Value::from_safe_string(data(content)),
        })
    };
    attempt().map_err(|error| ReportError::Page { reason: format!("{error:#}") })
}

/// The style sheet: the dark theme where the system asks it, and where the reader does.
fn style() -> String {
    let system = format!(
        "@media screen and (prefers-color-scheme: dark) {{\n:root:not([data-theme=\"light\"]) {{\n{DARK}}}\n}}\n"
    );
    let asked = format!("@media screen {{\n:root[data-theme=\"dark\"] {{\n{DARK}}}\n}}\n");
    format!("{STYLE}{system}{asked}")
}

/// The figures' data as JSON that no browser takes for markup.
fn data(content: &Content) -> String {
    let json = serde_json::to_string(&content.data).expect("text by text");
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
