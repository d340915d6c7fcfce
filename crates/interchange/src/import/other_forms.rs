//! Files that are no tables of text, with what to do.

/// What a file is by its first bytes, where it is neither text nor Parquet. The sentence completes "FILE ...".
pub(super) fn of_bytes(bytes: &[u8]) -> Option<String> {
    const KINDS: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "is an Excel workbook or another ZIP archive: save the sheet of runs as CSV"),
        (b"\xd0\xcf\x11\xe0", "is an Excel workbook: save the sheet of runs as CSV"),
        (b"\x1f\x8b", "is compressed with gzip: unpack it first (gunzip)"),
        (b"\x28\xb5\x2f\xfd", "is compressed with zstd: unpack it first"),
        (b"BZh", "is compressed with bzip2: unpack it first"),
        (
            b"SQLite format 3",
            "is a SQLite database: write its runs as CSV, in Python with `study.trials_dataframe().to_csv('runs.csv')` \
             (Optuna) or `mlflow.search_runs().to_csv('runs.csv')` (MLflow)",
        ),
        (b"\x93NUMPY", "is a NumPy array without names of columns: write the runs as CSV"),
        (b"ARROW1", "is an Arrow file: in Python, `pandas.read_feather(FILE).to_parquet('runs.parquet')`"),
        (b"\x80", "is a Python pickle: in Python, `pandas.read_pickle(FILE).to_csv('runs.csv')`"),
    ];
    let known = KINDS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, what)| (*what).to_owned());
    let events = bytes.windows(12).take(64).any(|window| window == b"brain.Event:");
    known.or_else(|| {
        events.then(|| {
            "is a log of TensorBoard: write the last value of every run into a table with the columns arm, seed and \
             test_accuracy"
                .to_owned()
        })
    })
}

/// What a text is by its first character, where it is no table. The sentence completes "FILE ...".
pub(super) fn of_text(text: &str) -> Option<String> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    if first.starts_with('{') && is_json(first) {
        return Some(
            "holds JSON lines, not a table: in Python, `pandas.read_json(FILE, lines=True).to_csv('runs.csv')` makes \
             one"
            .to_owned(),
        );
    }
    if first.starts_with(['{', '[']) && is_json(text) {
        return Some(
            "is JSON, not a table: in Python, `pandas.read_json(FILE).to_csv('runs.csv')` makes one".to_owned(),
        );
    }
    first.starts_with('<').then(|| "is HTML or XML, not a table: save it as CSV".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workbooks_databases_logs_and_json_are_named_and_tables_are_not() {
        for (bytes, words) in [
            (&b"PK\x03\x04\x14\0"[..], "save the sheet of runs as CSV"),
            (b"SQLite format 3\0", "trials_dataframe"),
            (b"\x18\0\0\0\0\0\0\0\xa3\x7fK\"\t\0\0\xc0\x13\xd1\x8d\xd8A\x1a\rbrain.Event:2", "log of TensorBoard"),
        ] {
            assert!(of_bytes(bytes).unwrap().contains(words), "{words}");
        }
        assert_eq!(of_bytes(b"arm,seed,acc\n"), None);
        assert!(of_text("\n{\"arm\": \"hard\"}\n{\"arm\": \"kd\"}\n").unwrap().contains("lines=True"));
        assert!(of_text("[\n{\"arm\": \"hard\"}\n]\n").unwrap().contains("is JSON"));
        assert!(of_text("<!DOCTYPE html>").unwrap().contains("HTML"));
        assert_eq!(of_text("arm,seed,acc\n"), None);
    }
}
