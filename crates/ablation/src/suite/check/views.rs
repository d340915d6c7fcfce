//! Random views of pictures, and which pictures the teacher is asked about.

use fractionate_records::{Padding, TeacherViews, TrainingConfig, ViewsConfig};

use super::super::TeacherSettings;
use super::super::problems::Problems;
use super::super::reader::{Field, Given};
use super::super::spec::{DistillationSpec, ViewsSpec};
use super::arms::Arms;
use super::ranges::{all_in_range, in_range, one_of, ranged, word};
use super::trained::Trained;

/// The views, if they are sound for the examples.
pub(super) fn check(given: &Given<ViewsSpec>, trained: Trained<'_>, problems: &mut Problems) -> Option<ViewsConfig> {
    let Given { name, value: spec, place } = given;
    if trained.by_program {
        let help = "leave it out: a program makes its own views";
        return problems.refuse(place, format!("`{name}` is for the built-in trainer"), "not used", Some(help.into()));
    }
    let source = trained.source?;
    let Some((height, width)) = source.picture() else {
        let message =
            format!("`{name}` makes views of pictures, and the examples of {} are no pictures", source.title());
        return problems.refuse(place, message, "no pictures", Some("leave it out".into()));
    };
    let side = height.min(width);
    let most = side - 1;
    let range = format!("from 0 to {most}, below the side of a picture");
    let crop_padding = ranged(&spec.crop_padding, Some(0), &range, |n| n <= most, problems);
    let kinds = [("zeros", Padding::Zeros), ("reflect", Padding::Reflect)];
    let padding = word(&spec.padding, Padding::Zeros, &kinds, problems);
    let flip = spec.flip.value_or(false);
    let cutout = ranged(&spec.cutout, Some(0), &range, |n| n <= most, problems);
    let resized_crop = spec.resized_crop.check(|shares| resized_crop(shares, spec, problems));
    let [mixup, cutmix] = [&spec.mixup, &spec.cutmix].map(|alpha| {
        let range = "from 0.001 to 1000: the alpha of a Beta distribution";
        alpha.check(|alpha| in_range(alpha, range, |alpha| (0.001..=1000.0).contains(&alpha), problems))
    });
    let views = ViewsConfig {
        crop_padding: crop_padding?,
        padding: padding?,
        flip: flip?,
        cutout: cutout?,
        resized_crop: resized_crop?,
        mixup: mixup?,
        cutmix: cutmix?,
    };
    if views == (ViewsConfig { padding: views.padding, ..ViewsConfig::default() }) {
        let help = "for example `crop_padding = 4` and `flip = true`";
        return problems.refuse(place, format!("`{name}` changes no picture"), "no view", Some(help.into()));
    }
    Some(views)
}

/// The smallest and the largest share of the area.
fn resized_crop(
    Given { name, value: shares, place }: &Given<Vec<Given<f64>>>,
    spec: &ViewsSpec,
    problems: &mut Problems,
) -> Option<(f64, f64)> {
    if let Field::Given(Given { name: crop, value: 1.., place }) = &spec.crop_padding {
        let help = "leave one of the two out";
        return problems.refuse(place, format!("`{crop}` and `{name}` both crop"), "two crops", Some(help.into()));
    }
    let shares = all_in_range(shares, "a share of the area, above 0 and at most 1", |s| s > 0.0 && s <= 1.0, problems)?;
    match shares[..] {
        [least, most] if least <= most => Some((least, most)),
        _ => {
            let message = format!("`{name}` must be the smallest and the largest share of the picture's area");
            problems.refuse(
                place,
                message,
                "not two rising shares",
                Some(format!("for example `{name} = [0.08, 1.0]`")),
            )
        }
    }
}

/// Reports the arms that need one label for each example where the students' pictures are mixed.
pub(super) fn fit_arms(arms: Option<&Arms>, training: Option<&TrainingConfig>, problems: &mut Problems) {
    let (Some(arms), Some(views)) = (arms, training.and_then(|training| training.views)) else { return };
    for arm in arms.value.iter().filter(|arm| views.mixes() && arm.value.needs().single_labels) {
        let message = format!(
            "the arm `{}` splits its loss at the example's label, and mixed pictures have two labels",
            arm.value.name()
        );
        let help = "leave the arm out, or `mixup` and `cutmix` of `[training.views]`";
        problems.add(&arm.place, message, "two labels", Some(help.into()));
    }
}

/// Which pictures the teacher is asked about; nothing where there is no teacher, or students see no random views.
pub(super) fn of_teacher(
    distillation: Option<&DistillationSpec>,
    training: Option<&TrainingConfig>,
    teacher: Option<Option<&TeacherSettings>>,
    problems: &mut Problems,
) -> Option<Option<TeacherViews>> {
    let written = &distillation?.views;
    let (Some(views), Some(teacher)) = (training?.views, teacher?) else {
        return match written {
            Field::Absent => Some(None),
            Field::Bad => None,
            Field::Given(given) => {
                let message =
                    format!("`{}` says which view the teacher is asked about, and students see none", given.name);
                let help = "leave it out, or write a table `[training.views]` and a teacher";
                problems.refuse(&given.place, message, "no views", Some(help.into()))
            }
        };
    };
    let choices = [TeacherViews::Same, TeacherViews::Fixed].map(|views| (views.name(), views));
    let Some(given) = written.given() else {
        if *written == Field::Absent {
            let message =
                "students see random views, and `distillation.views` does not say which the teacher is asked about";
            let help = "`views = \"same\"` in `[distillation]`: the view that the student sees; `views = \"fixed\"`: the \
                        picture itself, once for all epochs. The two can give results far apart";
            problems.add(written.place(), message, "missing", Some(help.into()));
        }
        return None;
    };
    let chosen = one_of(given, &choices, problems)?;
    // What a teacher from elsewhere was trained on nobody here knows.
    let is_trained_on_views = match teacher {
        TeacherSettings::Trained(trained) => trained.training.views.is_some(),
        TeacherSettings::Weights(_) => true,
        _ if chosen == TeacherViews::Same => {
            let message = format!("`{}` cannot be \"same\": this teacher cannot be asked about new views", given.name);
            let help = "`views = \"fixed\"`, or a teacher that is trained here or has `weights`";
            return problems.refuse(&given.place, message, "no network to ask", Some(help.into()));
        }
        _ => true,
    };
    if !is_trained_on_views {
        problems.warn(format!(
            "The students see random views of the pictures ({}) and the teacher is trained without any: write a table \
             `[teacher.views]`, unless that is meant.",
            views.in_words()
        ));
    }
    Some(Some(chosen))
}
