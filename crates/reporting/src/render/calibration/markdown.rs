//! The calibration's report as text.

use fractionate_statistics::Share;

use crate::model::calibration::CalibrationReport;
use crate::numbers::{DASH, fixed, grouped, signed};
use crate::render::tables::{TextTable, setting};

impl CalibrationReport {
    /// The whole report.
    pub fn markdown(&self) -> String {
        let [student, validation, test] = self.examples;
        let mut text = format!(
            "# Calibration: {}\n\nOne synthetic world, {} training, {} validation and {} test examples, the same for all \
             seeds; {} seeds, {} of them with the grid: {} students. Seeds differ in initial weights and batch orders, \
             which is what an interval over seeds speaks of. Repetitions share no seed. Brackets: 95% binomial interval \
             (Wilson).\n",
            self.name,
            grouped(student),
            grouped(validation),
            grouped(test),
            grouped(self.seeds),
            grouped(self.grid_seeds),
            grouped(self.students),
        );
        text.push_str("\n![How often intervals cover, and how often tests err](figures/calibration.svg)\n");
        for (title, remark, table) in self.tables() {
            text.push_str(&format!("\n## {title}\n\n{remark}\n\n{}", table.markdown()));
        }
        text
    }

    /// The tables for a terminal.
    pub fn terminal(&self) -> String {
        let mut text = String::new();
        for (title, _, table) in self.tables() {
            let (head, rows) = table.aligned();
            text.push_str(&format!("{title}\n{head}\n{}\n\n", rows.join("\n")));
        }
        text.push_str(&format!("{}\n", self.folder.join("calibration.md").display()));
        text
    }

    fn tables(&self) -> Vec<(&'static str, String, TextTable)> {
        vec![
            ("False positives", self.false_positives_remark(), self.false_positives_table()),
            ("Coverage", self.coverage_remark(), self.coverage_table()),
            ("Test sets", self.test_sets_remark(), self.test_sets_table()),
            ("Tuning", self.tuning_remark(), self.tuning_table()),
            ("Selected settings", self.settings_remark(), self.settings_table()),
        ]
    }

    fn false_positives_remark(&self) -> String {
        "The arm `teacher` against itself: seed 2i against seed 2i + 1. Only the seeds differ, so every \
         rejection is a false positive; a valid test of size 5% rejects in 5% of the repetitions. The exact \
         sign-flip test cannot reach 0.05 with five pairs: its smallest p is 2 / 2^5 = 0.0625."
            .to_owned()
    }

    fn false_positives_table(&self) -> TextTable {
        let mut table = TextTable::with_columns(&[">pairs", "test", ">repetitions", ">rejected (p < 0.05)"]);
        for row in &self.false_positives {
            let share = row.rejected;
            table.push(vec![
                row.pairs.to_string(),
                row.test.name().to_owned(),
                grouped(share.of),
                with_interval(share),
            ]);
        }
        table
    }

    fn coverage_remark(&self) -> String {
        format!(
            "The terms at the fixed setting, in points. The truth is the mean over all {} seeds. A repetition's own seeds are \
             among them, which shrinks the distance of its mean from the truth by n / {}: at 20 seeds by {}%. A valid 95% \
             interval covers the truth in 95% of the repetitions.",
            grouped(self.seeds),
            grouped(self.seeds),
            fixed(100.0 * 20.0 / self.seeds as f64, 3)
        )
    }

    fn coverage_table(&self) -> TextTable {
        let columns = ["term", "", ">truth", ">sd", ">seeds", ">repetitions", ">half width", ">covered"];
        let mut table = TextTable::with_columns(&columns);
        for row in &self.coverage {
            table.push(vec![
                row.term.name().to_owned(),
                row.term.symbol().to_owned(),
                signed(row.truth, 3),
                fixed(row.sd, 3),
                row.seeds.to_string(),
                grouped(row.covered.of),
                fixed(row.half_width, 2),
                with_interval(row.covered),
            ]);
        }
        table
    }

    fn test_sets_remark(&self) -> String {
        "`teacher` − `hard`, each at the last setting of the grid, on test sets that each repetition draws from the pool's \
         validation examples; in points. The truth is the mean over all seeds and all of these examples. The t interval over \
         seeds holds for one test set and covers this truth less often than 95%; the interval over seeds × test examples \
         adds the examples' variance component."
            .to_owned()
    }

    fn test_sets_table(&self) -> TextTable {
        let columns = [">seeds", ">test examples", ">repetitions", ">truth", "interval", ">half width", ">covered"];
        let mut table = TextTable::with_columns(&columns);
        for row in &self.test_sets {
            let lines = [
                ("over seeds", row.half_width_over_seeds, row.over_seeds),
                ("over seeds × test examples", row.half_width_over_examples, row.over_examples),
            ];
            for (name, half_width, covered) in lines {
                table.push(vec![
                    row.seeds.to_string(),
                    grouped(row.examples),
                    grouped(covered.of),
                    signed(row.truth, 3),
                    name.to_owned(),
                    fixed(half_width, 2),
                    with_interval(covered),
                ]);
            }
        }
        table
    }

    fn tuning_remark(&self) -> String {
        format!(
            "`teacher` − `hard`, each at the setting with the best mean validation accuracy over the tuning seeds, ties to \
             the smallest lambda, then the smallest learning rate; in points. Each repetition selects with its own tuning seeds \
             and a sample of {} validation examples. The truth is the average result of tuning: the mean, over the \
             repetitions' selections, of the mean over all {} seeds at the selected settings; the sd over selections is \
             the part of the spread that selection causes. The interval conditional on selection is the t interval over \
             the comparison seeds; it covers the mean at its own selected settings at the nominal rate. The interval \
             including selection is that of the mean smoothed over selections: bootstrap resamples of tuning seeds × \
             validation examples select again, and the comparison runs at the selected settings are looked up.",
            grouped(self.validation_drawn),
            grouped(self.grid_seeds)
        )
    }

    fn tuning_table(&self) -> TextTable {
        let mut table = TextTable::with_columns(&[
            ">tuning seeds",
            ">comparison seeds",
            ">repetitions",
            ">truth",
            ">sd over selections",
            "interval",
            ">half width",
            ">covered",
        ]);
        for row in &self.tuning {
            let lines = [
                ("conditional on selection", row.half_width_conditional, row.conditional, Some(row.truth)),
                ("including selection", row.half_width_including, row.including_selection, Some(row.truth)),
                ("conditional, for its own mean", row.half_width_conditional, row.conditional_on_own_mean, None),
            ];
            for (name, half_width, covered, truth) in lines {
                table.push(vec![
                    row.tuning_seeds.to_string(),
                    row.comparison_seeds.to_string(),
                    grouped(covered.of),
                    truth.map_or(DASH.to_owned(), |truth| signed(truth, 3)),
                    fixed(row.selection_sd, 3),
                    name.to_owned(),
                    fixed(half_width, 2),
                    with_interval(covered),
                ]);
            }
        }
        table
    }

    fn settings_remark(&self) -> String {
        format!(
            "The grid: mean accuracies in percent over the {} seeds that trained it, and the share of repetitions that \
             selected each setting.",
            grouped(self.grid_seeds)
        )
    }

    fn settings_table(&self) -> TextTable {
        let mut tuning_seeds: Vec<usize> = self.tuning.iter().map(|row| row.tuning_seeds).collect();
        tuning_seeds.dedup();
        let chosen: Vec<String> = tuning_seeds.iter().map(|seeds| format!(">selected with {seeds}")).collect();
        let mut columns = vec!["arm", "learning rate, lambda", ">validation", ">test"];
        columns.extend(chosen.iter().map(String::as_str));
        let mut table = TextTable::with_columns(&columns);
        for row in &self.settings {
            let mut cells = vec![
                format!("`{}`", row.arm),
                setting(row.setting, false),
                fixed(row.validation, 2),
                fixed(row.test, 2),
            ];
            cells.extend(row.chosen.iter().take(chosen.len()).map(|share| format!("{}%", fixed(100.0 * share, 1))));
            table.push(cells);
        }
        table
    }
}

/// `94.8% [94.1, 95.4]`.
fn with_interval(share: Share) -> String {
    let percent = |share: f64| fixed(100.0 * share, 2);
    format!("{}% [{}, {}]", percent(share.share), percent(share.interval.low), percent(share.interval.high))
}
