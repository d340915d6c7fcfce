//! The synthetic world's own teacher.

use std::time::Instant;

use fractionate_data::{DataSet, SplitRows, Splits};
use fractionate_records::TeacherConfig;

use super::kept::{MadeTeacher, SplitLogits};

/// The teacher that a world's data set brings, for splits whose rows of the data set are `rows`; `None` where the data
/// set is no world.
///
/// # Panics
/// If the rows are not the data set's.
pub(crate) fn world_teacher(
    config: &TeacherConfig,
    data: &DataSet,
    rows: &SplitRows,
    splits: &Splits,
) -> Option<MadeTeacher> {
    let began = Instant::now();
    let teaching = data.world_teaching(rows)?;
    let [train, validation, test] = teaching.logits;
    let probabilities = teaching.probabilities.map(|[train, ..]| train);
    let logits = SplitLogits { train, validation: Some(validation), test: Some(test), probabilities };
    Some(MadeTeacher::new(config, &logits, splits.all_labels(), splits.classes(), None, began.elapsed().as_secs_f64()))
}
