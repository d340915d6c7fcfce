//! The difference of two runs as text.

use fractionate_records::{Outcome, Scores};

use crate::model::run_difference::{ComparedRun, RunDifference};
use crate::numbers::{DASH, fixed};
use crate::render::tables::TextTable;
use crate::render::text::key_table::{key_table, push_table};

impl RunDifference {
    /// The difference as text.
    pub fn terminal(&self) -> String {
        let (first, other) = (&self.first, &self.other);
        let mut text = String::new();
        if self.same_id_other_numbers {
            text.push_str(&format!(
                "Both are run {} and differ in their numbers, which cannot be: one of the records was changed.\n\n",
                first.id
            ));
        }
        let columns = ["", &first.id, &other.id];
        let mut table = TextTable::with_columns(&columns);
        let mut row = |name: &str, of: &dyn Fn(&ComparedRun) -> String| {
            table.push(vec![name.to_owned(), of(first), of(other)]);
        };
        row("arm", &|run| run.arm.clone());
        row("seed", &|run| run.seed.to_string());
        row("outcome", &|run| match run.outcome {
            Outcome::Finished { epoch, .. } => format!("finished, epoch {epoch} counts"),
            Outcome::Diverged { epoch, step } => format!("diverged at epoch {epoch}, step {step}"),
        });
        let scores = |name: &str, of: fn(&Outcome) -> Option<Scores>| {
            let accuracy = format!("{name} accuracy (%)");
            let nll = format!("{name} NLL (nats)");
            [(accuracy, of, true), (nll, of, false)]
        };
        for (name, of, accuracy) in
            scores("test", Outcome::test).into_iter().chain(scores("validation", Outcome::validation))
        {
            row(&name, &|run| match of(&run.outcome) {
                Some(scores) if accuracy => fixed(100.0 * scores.accuracy, 2),
                Some(scores) => fixed(scores.nll, 4),
                None => DASH.to_owned(),
            });
        }
        push_table(&mut text, &table);
        text.push('\n');
        let same = |same: bool| if same { "the same" } else { "different" };
        text.push_str(&format!("initial weights   {}\n", same(self.same_initial_weights)));
        text.push_str(&format!("batch order       {}\n", same(self.same_batch_order)));
        text.push_str(&format!("teacher's logits  {}\n\n", self.same_teacher.map_or("not asked by both", same)));
        if self.configuration.is_empty() {
            text.push_str("The configurations are the same.\n");
        } else {
            push_table(&mut text, &key_table("configuration", &self.configuration, &first.id, &other.id));
        }
        if !self.provenance.is_empty() {
            text.push('\n');
            push_table(&mut text, &key_table("made with", &self.provenance, &first.id, &other.id));
        }
        text
    }
}
