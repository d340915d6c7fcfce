//! Lines with bands over one axis, in one panel or in small multiples that share their axes, and a legend below.

use fractionate_records::arm_base_name;
use fractionate_statistics::Summary;

use crate::numbers;
use crate::render::figures::drawing::axis::Scale;
use crate::render::figures::drawing::clip::clipped;
use crate::render::figures::drawing::fonts::text_width;
use crate::render::figures::drawing::scene::{Align, Label, Point, Scene};
use crate::render::figures::drawing::style::{Colour, Form, GREY, GRID, INK, RULE, SMALL, TITLE};
use crate::render::figures::drawing::{axis, style};

const MARGIN: f64 = 5.0;
const TOP: f64 = 30.0;
/// Below a panel: its numbers.
const NUMBERS: f64 = 11.0;
const LEGEND_LINE: f64 = 10.0;
/// From a legend's mark to its words.
const LEGEND_MARK: f64 = 16.0;

/// Where the values of an axis lie.
#[derive(Debug, Clone)]
pub(crate) struct HorizontalAxis {
    pub(crate) name: String,
    /// Whether places are logarithms.
    pub(crate) logarithmic: bool,
    /// Every value's words and its place; the places rise, unless they are numbers in another order.
    pub(crate) values: Vec<(String, f64)>,
}

impl HorizontalAxis {
    /// An axis of numbers, logarithmic where they are above 0 and span more than a decade, or of words side by side.
    pub(crate) fn of(name: &str, words: &[String]) -> Self {
        let numbers: Option<Vec<f64>> = words.iter().map(|w| w.replace('_', "").parse::<f64>().ok()).collect();
        let numbers = numbers.filter(|numbers| numbers.iter().all(|n| n.is_finite()));
        let (places, logarithmic): (Vec<f64>, bool) = match numbers {
            None => ((0..words.len()).map(|i| i as f64).collect(), false),
            Some(numbers) => {
                let (low, high) = axis::range(numbers.iter().copied()).unwrap_or((1.0, 1.0));
                let logarithmic = low > 0.0 && high > 10.0 * low;
                (numbers.iter().map(|n| if logarithmic { n.log10() } else { *n }).collect(), logarithmic)
            }
        };
        Self { name: name.to_owned(), logarithmic, values: words.iter().cloned().zip(places).collect() }
    }

    /// Its name as it stands below a panel.
    fn label(&self) -> String {
        if self.logarithmic { format!("{} (logarithmic)", self.name) } else { self.name.clone() }
    }

    /// The place of a value.
    pub(crate) fn place(&self, word: &str) -> Option<f64> {
        self.values.iter().find(|(known, _)| known == word).map(|value| value.1)
    }
}

/// A line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) colour: Colour,
    pub(crate) form: Form,
    /// Places on the horizontal axis and what lies there, in any order.
    pub(crate) points: Vec<(f64, Summary)>,
}

/// A level across a panel.
#[derive(Debug, Clone)]
pub(crate) struct Level {
    pub(crate) name: String,
    pub(crate) colour: Colour,
    pub(crate) summary: Summary,
}

/// One panel.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) axis: HorizontalAxis,
    pub(crate) lines: Vec<Line>,
    pub(crate) levels: Vec<Level>,
}

/// A figure of panels.
#[derive(Debug)]
pub(crate) struct Panels {
    pub(crate) title: String,
    pub(crate) remark: String,
    /// The width of a column.
    pub(crate) column: f64,
    /// At least one.
    pub(crate) panels: Vec<Panel>,
    /// Panels in a row.
    pub(crate) columns: usize,
    /// How far lines may always lie apart without being taken for collapsed.
    pub(crate) least_reach: f64,
    /// Whether 0 is drawn.
    pub(crate) zero: bool,
}

/// Draws the figure: as wide as a column, or as two where panels stand side by side.
pub(crate) fn draw(figure: &Panels) -> Scene {
    let columns = figure.columns.min(figure.panels.len()).max(1);
    let width = if columns > 1 { 2.0 * figure.column } else { figure.column };
    let rows = figure.panels.len().div_ceil(columns);
    let titled = figure.panels.iter().any(|panel| !panel.title.is_empty());
    let height = if columns > 1 { 92.0 } else { 138.0 };
    let (values, decimals) = vertical(figure, height);
    let scale = |places: (f64, f64)| Scale { values, places };
    let ticks = scale((height, 0.0)).ticks(5).0;
    let numbers = ticks.iter().map(|t| text_width(&numbers::fixed(*t, decimals), SMALL, false));
    let left = MARGIN + numbers.fold(0.0, f64::max) + 4.0;
    let gap = 8.0;
    let panel_width = (width - MARGIN - left - gap * (columns - 1) as f64) / columns as f64;
    let own_axes = figure.panels.iter().any(|panel| panel.axis.name != figure.panels[0].axis.name);
    let head = if titled { 11.0 } else { 0.0 };
    let foot = NUMBERS + if own_axes { 10.0 } else { 0.0 };
    let row_height = head + height + foot + 5.0;
    let bottom = TOP + rows as f64 * row_height + if own_axes { 0.0 } else { 4.0 };

    let legend = legend(figure, values);
    let lines = flow(&legend, width - 2.0 * MARGIN);
    let mut scene = Scene::new(width, bottom + 4.0 + LEGEND_LINE * lines.len() as f64 + 3.0);
    let within = width - 2.0 * MARGIN;
    scene.text(Label::new(&figure.title, (MARGIN, 11.0), Align::Left).bold().sized(TITLE).within(within));
    scene.text(Label::new(&figure.remark, (MARGIN, 21.0), Align::Left).sized(SMALL).coloured(GREY).within(within));

    for (i, panel) in figure.panels.iter().enumerate() {
        let (row, column) = (i / columns, i % columns);
        let x0 = left + column as f64 * (panel_width + gap);
        let y0 = TOP + row as f64 * row_height + head;
        let y = scale((y0 + height, y0));
        if !panel.title.is_empty() {
            let label = Label::new(&panel.title, (x0, y0 - 3.5), Align::Left).bold().sized(SMALL + 0.5);
            scene.text(label.within(panel_width));
        }
        let with_numbers = column == 0;
        for tick in &ticks {
            scene.line((x0, y.at(*tick)), (x0 + panel_width, y.at(*tick)), 0.5, GRID);
            if with_numbers {
                let words = numbers::fixed(*tick, decimals);
                let at = (x0 - 3.0, y.at(*tick) + 2.3);
                scene.text(Label::new(words, at, Align::Right).sized(SMALL).coloured(GREY));
            }
        }
        let below = own_axes.then(|| panel.axis.label());
        contents(&mut scene, figure, panel, &y, (x0, x0 + panel_width), below.as_deref());
    }
    if !own_axes {
        let name = figure.panels[0].axis.label();
        let at = ((left + width - MARGIN) / 2.0, bottom - 2.5);
        scene.text(Label::new(name, at, Align::Middle).sized(SMALL).coloured(GREY).within(within));
    }
    for (line, entries) in lines.iter().enumerate() {
        let baseline = bottom + 4.0 + LEGEND_LINE * (line as f64 + 0.75);
        for &(entry, x) in entries {
            let (name, colour, form) = &legend[entry];
            let y = baseline - 2.5;
            match form {
                Some(form) => {
                    scene.stroke(&[(MARGIN + x, y), (MARGIN + x + 13.0, y)], 1.1, *colour, form.stroke);
                    scene.mark((MARGIN + x + 6.5, y), 1.9, *colour, *form);
                }
                None => scene.dashes((MARGIN + x, y), (MARGIN + x + 13.0, y), 1.1, *colour),
            }
            let at = (MARGIN + x + LEGEND_MARK, baseline);
            scene.text(Label::new(name, at, Align::Left).sized(SMALL).coloured(INK).within(within - LEGEND_MARK));
        }
    }
    scene
}

/// The range of the vertical axis and its ticks' decimals. Lines that collapsed are left out of it.
fn vertical(figure: &Panels, height: f64) -> ((f64, f64), usize) {
    let summaries = || {
        let lines = figure.panels.iter().flat_map(|p| p.lines.iter().flat_map(|line| line.points.iter().map(|p| p.1)));
        lines.chain(figure.panels.iter().flat_map(|p| p.levels.iter().map(|level| level.summary)))
    };
    let means: Vec<f64> = summaries().map(|s| s.mean).collect();
    let near = axis::near_the_bulk(&means, figure.least_reach);
    let bulk = means.iter().zip(&near).filter(|(_, near)| **near).map(|(mean, _)| *mean);
    let (low, high) = axis::range(bulk.chain(figure.zero.then_some(0.0))).unwrap_or((0.0, 1.0));
    // An interval of two seeds may be a hundred times wider than what there is to see.
    let reach = 0.6 * (high - low).max(0.2 * figure.least_reach);
    let ends = summaries().zip(&near).filter(|(_, near)| **near).filter_map(|(s, _)| s.interval);
    let ends = ends.flat_map(|i| [i.low.max(low - reach), i.high.min(high + reach)]);
    let (low, high) = axis::range(ends.chain([low, high])).unwrap_or((low, high));
    let scale = Scale::around(low, high, (height, 0.0));
    (scale.values, scale.ticks(5).1)
}

fn contents(scene: &mut Scene, figure: &Panels, panel: &Panel, y: &Scale, (x0, x1): (f64, f64), name: Option<&str>) {
    let (bottom, top) = y.places;
    let (low, high) = axis::range(panel.axis.values.iter().map(|v| v.1)).unwrap_or((0.0, 1.0));
    let x = Scale { places: (x0 + 5.0, x1 - 5.0), ..Scale::around(low, high, (x0, x1)) };
    let height = |value: f64| y.at(value).clamp(top, bottom);
    let mut values = panel.axis.values.clone();
    values.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (_, place) in &values {
        scene.line((x.at(*place), bottom), (x.at(*place), bottom + 2.0), 0.6, RULE);
    }
    for (words, at) in written(&values, &x, (x0, x1)) {
        scene.text(Label::new(words, (at, bottom + 8.5), Align::Middle).sized(SMALL).coloured(GREY));
    }
    scene.line((x0, bottom), (x1, bottom), 0.6, RULE);
    if let Some(name) = name {
        let at = ((x0 + x1) / 2.0, bottom + 18.0);
        scene.text(Label::new(name, at, Align::Middle).sized(SMALL).coloured(GREY).within(x1 - x0));
    }
    if figure.zero && (top..=bottom).contains(&y.at(0.0)) {
        scene.line((x0, y.at(0.0)), (x1, y.at(0.0)), 0.8, GREY);
    }
    for level in &panel.levels {
        if let Some(i) = level.summary.interval {
            let band = vec![(x0, height(i.low)), (x1, height(i.low)), (x1, height(i.high)), (x0, height(i.high))];
            scene.area(band, level.colour.faint(0.13));
        }
        let at = y.at(level.summary.mean);
        if (top..=bottom).contains(&at) {
            scene.dashes((x0, at), (x1, at), 1.1, level.colour);
        }
    }
    let sorted = |line: &Line| {
        let mut points = line.points.clone();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    // All bands below all lines.
    for line in &panel.lines {
        let points = sorted(line);
        let end = |upper: bool| {
            move |(place, s): &(f64, Summary)| -> Point {
                let interval = s.interval.map_or(s.mean, |i| if upper { i.high } else { i.low });
                (x.at(*place), height(interval))
            }
        };
        if points.len() > 1 {
            let band = points.iter().map(end(true)).chain(points.iter().rev().map(end(false)));
            scene.area(band.collect(), line.colour.faint(0.12));
        } else if let Some((place, s)) = points.first()
            && let Some(i) = s.interval
        {
            scene.line((x.at(*place), height(i.low)), (x.at(*place), height(i.high)), 1.0, line.colour);
        }
    }
    for line in &panel.lines {
        let points: Vec<Point> = sorted(line).iter().map(|(place, s)| (x.at(*place), y.at(s.mean))).collect();
        let emphasis = matches!(line.name.as_str(), "hard" | "teacher");
        for piece in clipped(&points, top, bottom) {
            scene.stroke(&piece, if emphasis { 1.6 } else { 1.0 }, line.colour, line.form.stroke);
        }
        for point in points.into_iter().filter(|p| (top..=bottom).contains(&p.1)) {
            scene.mark(point, 1.9, line.colour, line.form);
        }
    }
}

/// The words that stand below an axis, and where: both ends, and of those between what does not run into others. The
/// tables have them all.
fn written<'a>(values: &'a [(String, f64)], x: &Scale, (x0, x1): (f64, f64)) -> Vec<(&'a str, f64)> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.rotate_right(usize::from(values.len() > 1));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut written = Vec::new();
    for (words, place) in order.into_iter().map(|i| &values[i]) {
        let half = text_width(words, SMALL, false) / 2.0;
        // A long word at an end moves inside; its tick stays.
        let first = x0 - 3.0 + half;
        let at = x.at(*place).clamp(first, (x1 + 3.0 - half).max(first));
        let (start, end) = (at - half - 1.0, at + half + 1.0);
        if end <= x1 + 4.0 && taken.iter().all(|other| end <= other.0 || other.1 <= start) {
            taken.push((start, end));
            written.push((words.as_str(), at));
        }
    }
    written
}

/// A legend's entry: its words, its colour and its form, or none for a level.
type Entry = (String, Colour, Option<Form>);

/// Every line and level once; a line without a name is named by its panel. One that lies beyond the axis everywhere says
/// where.
fn legend(figure: &Panels, (low, high): (f64, f64)) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let means = |name: &str| -> Vec<f64> {
        let lines = figure.panels.iter().flat_map(|panel| &panel.lines).filter(|line| line.name == name);
        let points = lines.flat_map(|line| line.points.iter().map(|point| point.1.mean)).collect::<Vec<_>>();
        let levels = figure.panels.iter().flat_map(|panel| &panel.levels).filter(|level| level.name == name);
        points.into_iter().chain(levels.map(|level| level.summary.mean)).collect()
    };
    let mut names: Vec<String> = Vec::new();
    let mut push = |name: &str, colour: Colour, form: Option<Form>| {
        if name.is_empty() || names.iter().any(|known| known == name) {
            return;
        }
        names.push(name.to_owned());
        let means = means(name);
        let words = match axis::range(means.iter().copied()) {
            Some((least, most)) if most < low || least > high => {
                let (least, most) = (numbers::fixed(least, 1), numbers::fixed(most, 1));
                let where_ = if least == most { least } else { format!("{least} to {most}") };
                format!("{name} (off the axis: {where_})")
            }
            _ => name.to_owned(),
        };
        entries.push((words, colour, form));
    };
    for panel in &figure.panels {
        for line in &panel.lines {
            push(&line.name, line.colour, Some(line.form));
        }
        for level in &panel.levels {
            push(&level.name, level.colour, None);
        }
    }
    entries
}

/// The entries in lines: each entry's number and its left end.
fn flow(entries: &[Entry], width: f64) -> Vec<Vec<(usize, f64)>> {
    let mut lines: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut x = f64::INFINITY;
    for (number, (name, ..)) in entries.iter().enumerate() {
        let own = LEGEND_MARK + text_width(name, SMALL, false);
        if x + own > width {
            lines.push(Vec::new());
            x = 0.0;
        }
        lines.last_mut().expect("just pushed").push((number, x));
        x += own + 9.0;
    }
    lines
}

/// Which arms share an arm's colour before it.
pub(crate) fn arm_lines(arms: &[String]) -> Vec<(Colour, Form)> {
    let base = arm_base_name;
    let before = |i: usize| arms[..i].iter().filter(|other| base(other) == base(&arms[i])).count();
    arms.iter().enumerate().map(|(i, arm)| (style::arm_colour(arm), style::arm_form(arm, before(i)))).collect()
}

/// The vertical axis is named in the remark, where it takes no room.
pub(crate) fn remark(value: &str, setting: &str) -> String {
    format!("{value}; {setting}; bands: 95% intervals")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(words: &[&str]) -> HorizontalAxis {
        HorizontalAxis::of("k", &words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_long_word_at_either_end_of_an_axis_is_written_inside() {
        let values = axis(&["fashion-mnist", "20-newsgroups"]).values;
        let x = Scale { values: (0.0, 1.0), places: (10.0, 90.0) };
        let found = written(&values, &x, (0.0, 100.0));
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|(words, at)| {
            let half = text_width(words, SMALL, false) / 2.0;
            at - half >= -3.1 && at + half <= 103.1
        }));
    }

    #[test]
    fn numbers_over_more_than_a_decade_lie_on_a_logarithmic_axis_and_words_side_by_side() {
        let places = |words: &[&str]| axis(words).values.into_iter().map(|v| v.1).collect::<Vec<_>>();
        assert_eq!(places(&["1", "10", "100"]), [0.0, 1.0, 2.0]);
        assert_eq!(places(&["0", "10", "100"]), [0.0, 10.0, 100.0]);
        assert_eq!(places(&["1", "2", "10"]), [1.0, 2.0, 10.0]);
        assert_eq!(places(&["cnn", "mlp"]), [0.0, 1.0]);
        assert_eq!(axis(&["1_000", "20"]).place("20"), Some(20f64.log10()));
    }
}
