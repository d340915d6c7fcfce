//! `fractionate arms`: every arm in words.

use fractionate_arms::Arm;

use crate::arguments::ArmsArguments;
use crate::failure::Failure;
use crate::terminal::print;

pub(crate) fn arms(arguments: &ArmsArguments) -> Result<u8, Failure> {
    let text = if arguments.json { as_json() } else { as_text() };
    print(&text)?;
    Ok(0)
}

fn as_json() -> String {
    let arms: Vec<_> = Arm::ALL
        .iter()
        .map(|arm| {
            let options = arm.options().iter();
            let options: Vec<_> =
                options.map(|o| serde_json::json!({ "example": o.example, "meaning": o.meaning })).collect();
            serde_json::json!({
                "arm": arm.name(), "formula": arm.formula(), "keeps": arm.keeps(),
                "takes_away": arm.takes_away(), "needs_teacher": arm.needs_teacher(),
                "uses_lambda": arm.uses_lambda(), "options": options, "note": arm.note(),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(arms))
}

fn as_text() -> String {
    let mut text = String::from("Arms: what a student is trained to match (label t, K classes, teacher's p).\n");
    for arm in Arm::ALL {
        text.push_str(&format!(
            "\n{}\n  soft target  {}\n  keeps        {}\n  takes away   {}\n",
            arm.name(),
            arm.formula(),
            arm.keeps(),
            arm.takes_away()
        ));
        for option in arm.options() {
            text.push_str(&format!("  also         {}: {}\n", option.example, option.meaning));
        }
        if let Some(note) = arm.note() {
            text.push_str(&format!("  note         {note}\n"));
        }
    }
    text
}
