//! Sweeps, claims and diagnostics as text: for the terminal, and as Markdown.

use crate::model::report::{ComparisonReport, Report, Sweep};
use crate::numbers::count;
use crate::render::figures::figure::{Figure, Section};
use crate::render::tables;
use crate::render::text::figure_link::{figure_link, other_figure_links};
use crate::render::text::style::{Style, indented};
use crate::render::text::words::has_intervals;

/// Up to how many configurations stand side by side on a terminal.
const SIDE_BY_SIDE: usize = 6;

/// How to read the table of contrasts.
const CONTRASTS: &str = "Block contrast: the mean within super-classes minus the mean across them, without the diagonal; of the teacher's \
     probabilities over its training examples (correlations), and of the students' logit weights (cosine similarities; ± \
     over seeds). Like teacher: Spearman's rank correlation of the two over pairs of classes.\n\n";

impl Report {
    /// The sweep's tables, then every configuration in one line.
    pub(crate) fn terminal_sweep(&self, sweep: &Sweep, style: Style) -> String {
        let mut text = String::new();
        // With few configurations, arms are rows: a terminal is narrow.
        let turned = sweep.axes.len() == 1 && sweep.configurations.len() <= SIDE_BY_SIDE;
        let table = |table: tables::TextTable| indented(&if turned { table.turned() } else { table }, style);
        for comparison in sweep.comparisons() {
            let found = sweep.comparison(comparison);
            text.push_str(&format!("{}\n\n", style.bold(&self.sweep_heading(sweep, found[0].1))));
            text.push_str(&table(tables::sweep_arms_text(sweep, comparison, self.metric)));
            if tables::has_terms(sweep, comparison) {
                text.push_str(&format!("\n{}\n\n", style.bold(&self.terms_heading())));
                text.push_str(&table(tables::sweep_terms_text(sweep, comparison, self.metric)));
            }
            text.push('\n');
            for (configuration, c) in &found {
                text.push_str(&format!("{}: {}\n", style.bold(&configuration.name), c.answer.replace('`', "")));
            }
            if let Some((_, c)) = found.iter().find(|(_, c)| has_intervals(c)) {
                text.push_str(&format!("{}\n", style.dim(&c.scope)));
            }
            text.push('\n');
        }
        text
    }

    /// The claims with their verdicts.
    pub(crate) fn terminal_claims(&self, style: Style) -> String {
        if self.claims.is_empty() {
            return String::new();
        }
        let table = indented(&tables::claims_text(&self.claims, self.metric), style).replace('`', "");
        format!("{}\n\n{table}\n", style.bold("Claims"))
    }

    /// The claims with their verdicts.
    pub(crate) fn markdown_claims(&self) -> String {
        if self.claims.is_empty() {
            return String::new();
        }
        let table = tables::claims_text(&self.claims, self.metric).markdown();
        format!("## Claims\n\n{table}\n{}\n\n", crate::render::tables::claims::EXPLANATION)
    }

    /// What was recorded in addition to the scores.
    pub(crate) fn markdown_diagnostics(&self, figures: &[Figure]) -> String {
        let mut text = String::new();
        for found in &self.diagnostics {
            let comparison = found.comparison.name();
            text.push_str(&format!("## Diagnostics, {comparison}\n\n"));
            let link = |name: &str| figure_link(figures, &format!("{comparison}/{name}"));
            if !found.epochs().is_empty() {
                text.push_str(
                    "Gradient rescaling omega: the ratio of the arm's to the hard labels' gradient on the true class's \
                     logit, over the recorded training examples; its Spearman correlation with the teacher's probability \
                     of the label (± over seeds), its median and outer deciles (means over seeds):\n\n",
                );
                text.push_str(&format!("{}\n", tables::omega_text(found).markdown()));
            }
            text.push_str(&link("omega_scatter"));
            text.push_str(&link("omega"));
            if !found.arms.is_empty() {
                text.push_str(
                    "Fidelity to the teacher and calibration, on the test split (agreement: same predicted class; KL(p || q) \
                     at T = 1; expected calibration error over 15 bins of equal width; CKA of penultimate features):\n\n",
                );
                text.push_str(&format!("{}\n", tables::fidelity_text(found).markdown()));
            }
            text.push_str(&link("difficulty"));
            let placed = ["omega_scatter", "omega", "difficulty"];
            text.push_str(&other_figure_links(figures, comparison, Section::Diagnostics, &placed));
            found.notes.iter().for_each(|note| text.push_str(&format!("{note}\n\n")));
        }
        text
    }

    /// The class relations in numbers and figures.
    pub(crate) fn markdown_relations(&self, figures: &[Figure]) -> String {
        let Some(found) = &self.class_relations else { return String::new() };
        let mut text = "## Class relations\n\n".to_owned();
        for figure in figures.iter().filter(|figure| figure.kind.section == Section::ClassRelations) {
            text.push_str(&figure_link(figures, &figure.name));
        }
        if !found.is_empty() {
            text.push_str(&format!("{}\n", tables::contrasts_text(found).markdown()));
            text.push_str(CONTRASTS);
        }
        found.notes.iter().for_each(|note| text.push_str(&format!("{note}\n\n")));
        text
    }

    /// The report above the configurations', with links to its figures and to the configurations.
    pub(crate) fn sweep_markdown(&self, sweep: &Sweep, figures: &[Figure]) -> String {
        let mut text = format!("# {}\n\n", self.suite);
        if !self.question.is_empty() {
            text.push_str(&format!("{}\n\n", self.question));
        }
        for comparison in sweep.comparisons() {
            let found = sweep.comparison(comparison);
            let link = |name: &str| figure_link(figures, &format!("{}/{name}", comparison.name()));
            text.push_str(&format!("## {}\n\n", self.sweep_heading(sweep, found[0].1)));
            text.push_str(&link("sweep_arms"));
            text.push_str(&format!("{}\n", tables::sweep_arms_text(sweep, comparison, self.metric).markdown()));
            if tables::has_terms(sweep, comparison) {
                text.push_str(&format!("### {}\n\n", self.terms_heading()));
                text.push_str(&link("sweep_terms"));
                text.push_str(&format!("{}\n", tables::sweep_terms_text(sweep, comparison, self.metric).markdown()));
            }
            let placed = ["sweep_arms", "sweep_terms"];
            text.push_str(&other_figure_links(figures, comparison.name(), Section::Sweep, &placed));
            text.push_str("### Configurations\n\n");
            for (configuration, c) in &found {
                let place = configuration.report.folder.file_name().map(|n| n.to_string_lossy().into_owned());
                let place = place.unwrap_or_default().replace('(', "%28").replace(')', "%29");
                text.push_str(&format!("- [{}](configurations/{place}/report.md): {}\n", configuration.name, c.answer));
            }
            text.push('\n');
            if let Some((_, c)) = found.iter().find(|(_, c)| has_intervals(c)) {
                text.push_str(&format!("{}\n\n", c.scope));
            }
        }
        text.push_str(&self.markdown_claims());
        if self.read_runs > 0 {
            let lines: String = self.setup.lines().iter().map(|line| format!("- {line}\n")).collect();
            text.push_str(&format!(
                "## Set-up of the first configuration ({})\n\n{lines}\n",
                sweep.configurations[0].name
            ));
        }
        text.push_str(&self.markdown_problems());
        text
    }

    fn sweep_heading(&self, sweep: &Sweep, c: &ComparisonReport) -> String {
        let axes = crate::numbers::list(&sweep.axis_names());
        format!("{}; along {axes}, {}", self.heading(c), count(sweep.configurations.len(), "configuration"))
    }

    fn terms_heading(&self) -> String {
        format!("Terms of the decomposition, in {}", crate::model::metric_words::MetricWords::gain_unit(self.metric))
    }
}
