//! `fractionate arms`: every arm in words.

use fractionate_arms::{Arm, ArmDescriptor};

use crate::arguments::ArmsArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn arms(arguments: &ArmsArguments) -> Result<u8, Failure> {
    let text = if arguments.json { as_json() } else { as_text() };
    print(&text)?;
    Ok(0)
}

fn as_json() -> String {
    let arms: Vec<_> = Arm::all()
        .map(|arm| {
            let ArmDescriptor { meaning, formula, keeps, takes_away, forms, note, .. } = arm.descriptor();
            let options: Vec<_> = forms
                .iter()
                .map(|form| serde_json::json!({ "example": form.example, "meaning": form.meaning }))
                .collect();
            serde_json::json!({
                "arm": arm.name(), "meaning": meaning, "formula": formula, "keeps": keeps,
                "takes_away": takes_away, "needs_teacher": arm.needs().teacher,
                "uses_lambda": arm.uses_lambda(), "options": options, "note": note,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(arms))
}

fn as_text() -> String {
    let mut text = String::from("Arms: what a student is trained to match (label t, K classes, teacher's p).\n");
    for arm in Arm::all() {
        let ArmDescriptor { name, meaning, formula, keeps, takes_away, forms, note, .. } = arm.descriptor();
        text.push_str(&format!(
            "\n{name}: {meaning}\n  soft target  {formula}\n  keeps        {keeps}\n  takes away   {takes_away}\n"
        ));
        for form in *forms {
            text.push_str(&format!("  also         {}: {}\n", form.example, form.meaning));
        }
        if let Some(note) = note {
            text.push_str(&format!("  note         {note}\n"));
        }
    }
    text
}
