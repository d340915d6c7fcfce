//! The files that a suite names.

use std::path::Path;

use fractionate_data::DataSource;

use super::{Suite, TeacherSettings};

impl Suite {
    /// The user's own files that the suite names: its arrays, its teacher's logits, module or weights.
    pub fn input_files(&self) -> Vec<&Path> {
        let mut files: Vec<&Path> = Vec::new();
        if let DataSource::Arrays(arrays) = &self.source {
            let paths = arrays.paths();
            files.extend([paths.examples.as_path(), &paths.labels]);
            files.extend(paths.test.iter().flat_map(|(examples, labels)| [examples.as_path(), labels]));
        }
        if let DataSource::Pictures(pictures) = &self.source {
            files.extend(pictures.request().place.paths().into_iter().map(AsRef::<Path>::as_ref));
        }
        match &self.teacher {
            Some(TeacherSettings::Logits(logits)) => {
                for paths in logits.paths() {
                    files.push(&paths.file);
                    let others = [&paths.labels, &paths.index, &paths.test_file, &paths.test_labels];
                    files.extend(others.into_iter().flatten().map(AsRef::<Path>::as_ref));
                }
            }
            Some(TeacherSettings::Module(module)) => files.push(module.path()),
            Some(TeacherSettings::Weights(loaded)) => files.push(loaded.file.path()),
            Some(TeacherSettings::Trained(_) | TeacherSettings::Program { .. } | TeacherSettings::World) | None => {}
        }
        files
    }
}
