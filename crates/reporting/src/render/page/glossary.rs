//! What the page's words mean: terms and arms where they are first named, and everything else in a section of its own.

use fractionate_arms::Arm;
use fractionate_records::{Metric, Term};

use crate::model::other_intervals::kinds_of;
use crate::model::report::Report;
use crate::render::page::pieces::{Definition, Definitions, Piece, Section};

/// What only a decomposition with both levels has.
const SHARE: &str = "Shapley share";

/// Words that every report has, with what they mean.
const WORDS: [(&str, &str); 20] = [
    ("teacher", "The trained network, module, file of logits or world whose probabilities the students learn from."),
    ("student", "A small network trained by one arm at one seed and one setting."),
    ("arm", "A rule that makes the soft target of an example from the teacher's probabilities p and the label t."),
    ("soft target ρ", "The distribution over classes that a student is trained towards, besides the label."),
    ("p, p_t", "The teacher's probabilities of an example, and the one of its label t."),
    ("K", "The number of classes."),
    ("temperature T", "Divides the logits before the softmax; a higher one flattens the probabilities."),
    ("λ (lambda)", "The weight of the soft target in the loss; 1 − λ is that of the label."),
    ("s", "The factor of the soft target's loss: T², so that its gradient keeps its size, or 1."),
    (
        "seed",
        "Names the initial weights, the batch order and the shuffles of a student; arms are compared seed by seed.",
    ),
    (
        "tuned, fixed",
        "Tuned: each arm at its own selected setting. Fixed: every arm at one setting. They are two questions.",
    ),
    (
        "setting",
        "Learning rate, λ and weight decay. The selected one has the best mean validation accuracy over the tuning seeds.",
    ),
    ("runner-up setting", "A setting that another draw of the tuning seeds would plausibly have selected."),
    ("universe, domain, instance", "The levels of a teacher's knowledge after Tang et al. 2020."),
    (SHARE, "Domain's or instance's part with half of their interaction."),
    (
        "±",
        "Half of the 95% interval of a mean, with this teacher and this test set: over seeds, and over hyperparameter selection \
         where its column says so.",
    ),
    (
        "p-value",
        "How often a difference at least as large would occur if the two arms were alike. Holm-adjusted: for all comparisons of the table.",
    ),
    (
        "sign-flip, signed-rank",
        "Paired tests by the signs, and by the ranks, of the differences; few seeds give them a smallest p.",
    ),
    ("d_z", "Cohen's: the mean of the paired differences over their standard deviation."),
    ("IQM", "The interquartile mean: of the middle half of the seeds."),
];

/// What the terms are, for a page without their table.
pub(crate) fn terms() -> Piece {
    let item = |term: Term| Definition {
        name: format!("{} ({})", term.name(), term.symbol()),
        formula: term.formula().to_owned(),
        meaning: term.meaning().to_owned(),
    };
    let items = Term::SIX.into_iter().chain([Term::Total]).map(item).collect();
    Piece::Definitions(Definitions { title: "What the terms are".into(), items })
}

/// What the arms are, each once; `None` where no name is a built-in arm's.
pub(crate) fn arms<'a>(names: impl Iterator<Item = &'a str>) -> Option<Piece> {
    let mut items: Vec<Definition> = Vec::new();
    for name in names {
        let Ok(arm) = Arm::parse(name) else { continue };
        if items.iter().all(|item| item.name != name) {
            let arm = arm.descriptor();
            items.push(Definition { name: name.into(), formula: arm.formula.into(), meaning: arm.meaning.into() });
        }
    }
    let title = "What the arms are (their students know no more than this, and the label)".to_owned();
    (!items.is_empty()).then_some(Piece::Definitions(Definitions { title, items }))
}

/// Every other word of the page.
pub(crate) fn section(report: &Report) -> Section {
    let mut section = Section::new("glossary", "Glossary", "Glossary");
    let word = |(name, meaning): (&str, &str)| Definition {
        name: name.to_owned(),
        formula: String::new(),
        meaning: meaning.to_owned(),
    };
    let swept = report.sweep.iter().flat_map(|sweep| &sweep.configurations).map(|one| &one.report);
    let mut comparisons = swept.chain([report]).flat_map(|report| &report.comparisons);
    let with_shares = comparisons.any(|c| c.decomposition.shares.iter().any(|row| row.gain.is_some()));
    let is_used = |(name, _): &(&str, &str)| with_shares || *name != SHARE;
    let mut items: Vec<Definition> = WORDS.into_iter().filter(is_used).map(word).collect();
    let rows = report.comparisons.iter().flat_map(|c| &c.arms).map(|row| &row.other);
    items.extend(kinds_of(&rows.collect::<Vec<_>>()).into_iter().map(|kind| word((kind.name, kind.note))));
    if report.metric == Metric::TestNll {
        items.push(word(("NLL", "The mean negative log-likelihood of the labels, in nats; a smaller one is better.")));
    }
    if let Some(margin) = report.margin {
        let words =
            format!("The declared margin of ±{margin}: a difference whose 90% t interval lies inside is equivalent.");
        items.push(word(("margin", &words)));
    }
    section.pieces.push(Piece::Definitions(Definitions { title: "Words and signs of this page".into(), items }));
    section
}
