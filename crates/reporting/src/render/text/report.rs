//! The report as text: for the terminal, and as Markdown.

use fractionate_records::{Comparison, GridPoint};

use crate::model::metric_words::MetricWords;
use crate::model::problem_runs::missing_sentences;
use crate::model::report::{ComparisonReport, Report};
use crate::numbers::{DASH, count, fixed, interval, signed_plus_minus};
use crate::render::figures::figure::{Figure, Section};
use crate::render::tables;
use crate::render::tables::TextTable;
use crate::render::text::figure_link::{figure_link, other_figure_links};
use crate::render::text::seed_floor::seed_floor_sentence;
use crate::render::text::selection_stability;
use crate::render::text::style::Style;
use crate::render::text::words::{epoch_in_words, has_intervals};

/// How many sentences of one kind the terminal shows; `report.md` has all.
const SHOWN: usize = 12;

impl Report {
    /// What the terminal shows at the end of a run.
    pub fn terminal(&self, colour: bool) -> String {
        let style = Style { colour };
        let mut text = String::new();
        if self.read_runs > 0 {
            if let Some(sweep) = &self.sweep {
                text.push_str(&format!("At {}:\n", sweep.configurations[0].name));
            }
            text.push_str(&self.setup.lines().iter().map(|line| format!("{line}\n")).collect::<String>());
            text.push('\n');
        }
        if let Some(sweep) = &self.sweep {
            text.push_str(&self.terminal_sweep(sweep, style));
        }
        for comparison in &self.comparisons {
            text.push_str(&self.terminal_comparison(comparison, style));
        }
        text.push_str(&self.terminal_claims(style));
        let (failures, others) = ([self.warnings.clone(), self.failures()].concat(), self.others());
        let problems: Vec<&String> = failures.iter().chain(&others).collect();
        if !problems.is_empty() {
            text.push_str(&style.bold("Warnings"));
            text.push('\n');
            for (place, sentence) in problems.iter().take(SHOWN).enumerate() {
                let sentence = sentence.replace('`', "");
                let failed = place < failures.len();
                text.push_str(&format!("  {}\n", if failed { style.red(&sentence) } else { sentence }));
            }
            if problems.len() > SHOWN {
                text.push_str(&format!("  … and {} more, all in report.md.\n", problems.len() - SHOWN));
            }
            text.push('\n');
        }
        text.push_str(&format!("Report: {}\n", self.folder.join("index.html").display()));
        let compared = |report: &Report| !report.comparisons.is_empty();
        if compared(self)
            || self.sweep.iter().flat_map(|sweep| &sweep.configurations).any(|point| compared(&point.report))
        {
            text.push_str(&format!("Figures: {}\n", self.folder.join("figures").display()));
        }
        text
    }

    fn terminal_comparison(&self, c: &ComparisonReport, style: Style) -> String {
        let mut text = format!("{}\n\n", style.bold(&self.heading(c)));
        let (head, rows) = self.arms_and_differences(c).aligned();
        text.push_str(&format!("  {}\n", style.dim(&head)));
        for row in rows {
            text.push_str(&format!("  {row}\n"));
        }
        if !c.decomposition.is_empty() {
            text.push_str(&format!(
                "\n{}\n\n",
                style.bold(&format!("Terms of the decomposition, in {}", self.metric.gain_unit()))
            ));
            let (head, rows) = self.terms(c).aligned();
            text.push_str(&format!("  {}\n", style.dim(&head)));
            for row in rows {
                text.push_str(&format!("  {row}\n"));
            }
        }
        text.push_str(&format!("\n{}\n", style.bold(&c.answer.replace('`', ""))));
        let floor = c.floor.as_ref().and_then(seed_floor_sentence).filter(|_| has_intervals(c));
        for note in floor.iter().chain(&c.notes).chain(&c.decomposition.notes) {
            text.push_str(&format!("{}\n", note.replace('`', "")));
        }
        if has_intervals(c) {
            text.push_str(&format!("{}\n", style.dim(&c.scope)));
        }
        text.push('\n');
        text
    }

    /// `quickstart, tuned: test accuracy on Fashion-MNIST, each arm at its own setting, 10 seeds, last epoch`.
    pub(crate) fn heading(&self, c: &ComparisonReport) -> String {
        let setting = match c.comparison {
            Comparison::Tuned => "each arm at its own setting".to_owned(),
            Comparison::Fixed => match self.fixed_setting {
                Some(GridPoint { learning_rate, lambda, weight_decay }) => {
                    format!("every arm at learning rate {learning_rate}, lambda {lambda}, weight decay {weight_decay}")
                }
                None => "every arm at one setting".to_owned(),
            },
        };
        let epoch = epoch_in_words(self.epoch_rule);
        format!(
            "{}, {}: {} on {}, {setting}, {}, {epoch}",
            self.suite,
            c.comparison.name(),
            self.metric.name(),
            self.data_set,
            c.sampled(),
        )
    }

    fn arms_and_differences(&self, c: &ComparisonReport) -> TextTable {
        let decimals = self.metric.decimals();
        let tuned = c.comparison == Comparison::Tuned && !self.choices.is_empty();
        let with_decay = tables::with_weight_decay(&self.choices);
        let mut columns = vec!["arm".to_owned()];
        if tuned {
            columns.push(tables::setting_head(with_decay).to_owned());
        }
        columns.extend([
            ">n".to_owned(),
            format!(">mean ({})", self.metric.unit()),
            ">sd".to_owned(),
            ">95% interval".to_owned(),
            format!(">gain over {} ({})", self.reference, self.metric.gain_unit()),
        ]);
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut table = TextTable::with_columns(&names);
        for arm in &c.arms {
            let mut row = vec![arm.arm.clone()];
            if tuned {
                let on_edge = self.choices.iter().any(|choice| choice.arm == arm.arm && !choice.edges.is_empty());
                let edge = if on_edge { " *" } else { "" };
                row.push(tables::setting_of(&self.choices, &arm.arm, with_decay) + edge);
            }
            match arm.summary {
                Some(s) => row.extend([
                    s.n.to_string(),
                    fixed(s.mean, decimals),
                    s.sd.map_or(DASH.to_owned(), |sd| fixed(sd, decimals)),
                    interval(s.interval, decimals),
                ]),
                None => row.extend(["0", DASH, DASH, DASH].map(str::to_owned)),
            }
            let gain = c.differences.iter().find(|d| d.arm == arm.arm).and_then(|d| d.gain);
            row.push(gain.map_or(DASH.to_owned(), |g| signed_plus_minus(&g, decimals)));
            table.push(row);
        }
        table
    }

    fn terms(&self, c: &ComparisonReport) -> TextTable {
        let mut table = TextTable::with_columns(&["term", "", "difference of arms", ">n", ">gain"]);
        for row in c.decomposition.known() {
            table.push(vec![
                row.term.name().to_owned(),
                row.term.symbol().to_owned(),
                row.term.formula().to_owned(),
                row.seeds.len().to_string(),
                row.gain.map_or(DASH.to_owned(), |g| signed_plus_minus(&g, self.metric.decimals())),
            ]);
        }
        table
    }

    /// Runs that failed. A setting of the grid that diverged in tuning is not a failure: it cannot be selected.
    fn failures(&self) -> Vec<String> {
        let diverged = self.diverged.iter().filter(|run| run.is_compared()).map(|run| run.sentence());
        diverged.chain(self.unreadable.iter().map(|run| run.reason.clone())).collect()
    }

    /// What else did not go as planned.
    fn others(&self) -> Vec<String> {
        let mut sentences = self.notes.clone();
        if !self.missing.is_empty() {
            let missing: std::collections::HashSet<&str> = self.missing.iter().map(|m| m.id.as_str()).collect();
            let verb = if missing.len() == 1 { "is" } else { "are" };
            let planned = count(self.planned_runs, "planned run");
            sentences.push(format!("{} of {planned} {verb} not there.", missing.len()));
            sentences.extend(missing_sentences(&self.missing, self.setup.imported.is_some()));
        }
        let mut edges: Vec<String> = self
            .choices
            .iter()
            .filter(|choice| !choice.edges.is_empty())
            .map(|choice| format!("`{}` in {}", choice.arm, tables::edges(choice)))
            .collect();
        // Several teachers may say the same.
        edges.sort_by_key(|sentence| {
            self.choices.iter().position(|choice| sentence.contains(&format!("`{}`", choice.arm)))
        });
        edges.dedup();
        if !edges.is_empty() {
            sentences.push(format!(
                "* Selected settings on the grid's edge, beyond which a better one may lie: {}.",
                edges.join("; ")
            ));
        }
        sentences
    }

    /// The whole report as Markdown, with links to the figures.
    pub(crate) fn markdown(&self, figures: &[Figure]) -> String {
        self.markdown_under(&self.suite, figures)
    }

    /// The report of one configuration of a sweep.
    pub(crate) fn configuration_markdown(&self, configuration: &str, figures: &[Figure]) -> String {
        self.markdown_under(&format!("{}, {configuration}", self.suite), figures)
    }

    fn markdown_under(&self, title: &str, figures: &[Figure]) -> String {
        let mut text = format!("# {title}\n\n");
        if !self.question.is_empty() {
            text.push_str(&format!("{}\n\n", self.question));
        }
        if self.read_runs > 0 {
            let list = |lines: Vec<String>| lines.iter().map(|line| format!("- {line}\n")).collect::<String>();
            text.push_str(&format!("## Set-up\n\n{}\n", list(self.setup.lines())));
            if !self.setup.losses.is_empty() {
                text.push_str(&format!("## Loss\n\n{}\n", list(self.setup.loss_lines())));
            }
        }
        for c in &self.comparisons {
            text.push_str(&format!("## {}\n\n**{}**\n\n", self.heading(c), c.answer));
            let link = |name: &str| figure_link(figures, &format!("{}/{name}", c.comparison.name()));
            if !c.decomposition.is_empty() {
                text.push_str(&link("decomposition"));
                text.push_str(&format!("{}\n", tables::decomposition_text(&c.decomposition, self.metric).markdown()));
            }
            if let Some(found) = &c.teachers {
                let table = tables::teachers_text(found, self.metric).markdown();
                text.push_str(&format!(
                    "### Teachers\n\n{}{table}\n{}\n\n",
                    link("teachers"),
                    tables::teachers::EXPLANATION
                ));
            }
            text.push_str(&format!("### Arms\n\n{}", link("arms")));
            text.push_str(&format!("{}\n", tables::arms_text(self, c).markdown()));
            if !c.differences.is_empty() {
                text.push_str(&format!(
                    "### Paired differences\n\n{}{}\n",
                    link("differences"),
                    tables::differences_text(&c.differences, &self.reference, self.metric).markdown()
                ));
            }
            text.push_str(&self.markdown_tests(c));
            text.push_str(&link("improvement"));
            text.push_str(&link("arm_options"));
            text.push_str(&link("curves"));
            let placed = ["teachers", "arms", "differences", "improvement", "arm_options", "curves"];
            text.push_str(&other_figure_links(figures, c.comparison.name(), Section::Comparison, &placed));
            text.push_str(&self.markdown_intervals(c));
            for note in c.notes.iter().chain(&c.decomposition.notes) {
                text.push_str(&format!("{note}\n\n"));
            }
            if has_intervals(c) {
                text.push_str(&format!("{}\n\n", c.scope));
            }
        }
        if !self.choices.is_empty() {
            let table = tables::choices_text(&self.choices, &self.selection_stability).markdown();
            text.push_str(&format!(
                "## Hyperparameter selection\n\n{table}\n{}\n\n",
                selection_stability::sentence(&self.selection_stability)
            ));
        }
        text.push_str(&self.markdown_diagnostics(figures));
        text.push_str(&self.markdown_relations(figures));
        text.push_str(&self.markdown_claims());
        text.push_str(&self.markdown_problems());
        text
    }

    /// The tests of the paired differences, and what so few seeds cannot show.
    fn markdown_tests(&self, c: &ComparisonReport) -> String {
        if c.differences.iter().all(|row| row.tests.is_none()) {
            return String::new();
        }
        let floor =
            c.floor.as_ref().and_then(seed_floor_sentence).map_or(String::new(), |floor| format!("{floor}\n\n"));
        format!("{}\n{}\n\n{floor}", tables::tests_text(&c.differences).markdown(), tables::TESTS)
    }

    /// Every mean with all its intervals.
    fn markdown_intervals(&self, c: &ComparisonReport) -> String {
        let others = c.arms.iter().map(|row| &row.other).chain(c.differences.iter().map(|row| &row.other));
        let Some(explanation) = tables::intervals_explanation(&others.collect::<Vec<_>>()) else {
            return String::new();
        };
        let mut text = format!("### Intervals\n\n{explanation}\n\n");
        if !c.decomposition.is_empty() {
            text.push_str(&format!("{}\n", tables::decomposition_intervals(self, c).markdown()));
        }
        if !c.differences.is_empty() {
            text.push_str(&format!("{}\n", tables::differences_intervals(self, c).markdown()));
        }
        text.push_str(&format!("{}\n", tables::arms_intervals(self, c).markdown()));
        text
    }

    /// Everything that did not go as planned.
    pub(crate) fn markdown_problems(&self) -> String {
        let problems = [self.warnings.clone(), self.failures(), self.others()].concat();
        if problems.is_empty() {
            return String::new();
        }
        let line = |sentence: &String| format!("- {}\n", sentence.trim_start_matches("* "));
        format!("## Warnings\n\n{}", problems.iter().map(line).collect::<String>())
    }
}
