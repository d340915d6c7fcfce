//! A picture as a report's style wants it: without its title, in greys, larger or smaller.

use fractionate_records::{Palette, ReportStyle};

use crate::render::figures::drawing::scene::{Label, Mark, Point, Scene};
use crate::render::figures::drawing::style::{Colour, SMALL, TITLE};

/// Where the line below a title stands.
const REMARK: f64 = 21.0;
/// What stays free above a picture without its title.
const MARGIN: f64 = 4.0;

/// The picture in that style.
pub(crate) fn styled(mut scene: Scene, style: &ReportStyle) -> Scene {
    if !style.titles {
        scene = without_title(scene);
    }
    let scale = style.scale();
    if scale == 1.0 && style.palette == Palette::Colour {
        return scene;
    }
    let at = |(x, y): Point| (scale * x, scale * y);
    let colour = |colour: Colour| if style.palette == Palette::Grey { grey(colour) } else { colour };
    let mark = |mark: Mark| match mark {
        Mark::Line { points, width, colour: own } => {
            Mark::Line { points: points.into_iter().map(at).collect(), width: scale * width, colour: colour(own) }
        }
        Mark::Area { points, colour: own } => {
            Mark::Area { points: points.into_iter().map(at).collect(), colour: colour(own) }
        }
        Mark::Dot { centre, radius, colour: own } => {
            Mark::Dot { centre: at(centre), radius: scale * radius, colour: colour(own) }
        }
        Mark::Text(label) => {
            Mark::Text(Label { at: at(label.at), size: scale * label.size, colour: colour(label.colour), ..label })
        }
    };
    let marks = scene.marks.into_iter().map(mark).collect();
    Scene { width: scale * scene.width, height: scale * scene.height, marks }
}

/// The picture without its title and the line below it, the rest moved up.
fn without_title(mut scene: Scene) -> Scene {
    let is_title = |label: &Label| label.size == TITLE && label.bold || label.size == SMALL && label.at.1 == REMARK;
    scene.marks.retain(|mark| !matches!(mark, Mark::Text(label) if is_title(label)));
    let top = scene.marks.iter().map(top_of).fold(f64::INFINITY, f64::min);
    let up = (top - MARGIN).max(0.0);
    if !up.is_finite() {
        return scene;
    }
    let moved = |(x, y): Point| (x, y - up);
    for mark in &mut scene.marks {
        match mark {
            Mark::Line { points, .. } | Mark::Area { points, .. } => {
                points.iter_mut().for_each(|point| *point = moved(*point));
            }
            Mark::Dot { centre, .. } => *centre = moved(*centre),
            Mark::Text(label) => label.at = moved(label.at),
        }
    }
    Scene { height: scene.height - up, ..scene }
}

fn top_of(mark: &Mark) -> f64 {
    match mark {
        Mark::Line { points, .. } | Mark::Area { points, .. } => {
            points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min)
        }
        Mark::Dot { centre, radius, .. } => centre.1 - radius,
        Mark::Text(label) => label.at.1 - 0.75 * label.size,
    }
}

/// As bright as the colour: its relative luminance in sRGB.
fn grey(Colour(red, green, blue, opacity): Colour) -> Colour {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    let encoded = if luminance <= 0.003_130_8 { 12.92 * luminance } else { 1.055 * luminance.powf(1.0 / 2.4) - 0.055 };
    let level = (255.0 * encoded).round() as u8;
    Colour(level, level, level, opacity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::figures::drawing::scene::Align;

    fn scene() -> Scene {
        let mut scene = Scene::new(100.0, 80.0);
        scene.text(Label::new("Title", (5.0, 11.0), Align::Left).bold().sized(TITLE));
        scene.text(Label::new("remark", (5.0, 21.0), Align::Left).sized(SMALL));
        scene.dot((50.0, 44.0), 4.0, Colour::of(0x332288));
        scene
    }

    #[test]
    fn without_titles_the_rest_moves_up() {
        let found = styled(scene(), &ReportStyle { titles: false, ..ReportStyle::default() });
        assert_eq!((found.marks.len(), found.height), (1, 80.0 - 36.0));
        assert!(matches!(found.marks[0], Mark::Dot { centre: (50.0, 8.0), .. }));
    }

    #[test]
    fn letters_of_twice_the_size_double_everything() {
        let found = styled(scene(), &ReportStyle { font_size: 15.0, ..ReportStyle::default() });
        assert_eq!((found.width, found.height), (200.0, 160.0));
        let Mark::Text(title) = &found.marks[0] else { panic!("the title comes first") };
        assert_eq!((title.size, title.at), (2.0 * TITLE, (10.0, 22.0)));
    }

    #[test]
    fn greys_are_as_bright_as_the_colours() {
        // By the formula of the Web Content Accessibility Guidelines: 0x332288 has relative luminance 0.0363.
        assert_eq!(grey(Colour::of(0x332288)), Colour(54, 54, 54, 1.0));
        assert_eq!(grey(Colour::of(0xFFFFFF)), Colour(255, 255, 255, 1.0));
    }
}
