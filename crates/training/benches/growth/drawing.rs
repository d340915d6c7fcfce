//! The curves as one picture: four panels, a legend in each.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

pub(crate) struct Panel {
    pub(crate) name: &'static str,
    /// Whether costs are drawn by their logarithms; what they grow with always is.
    pub(crate) logarithmic: bool,
    /// Along the axis, and as written below it.
    pub(crate) values: Vec<(f64, String)>,
    pub(crate) lines: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Paul Tol's: distinguishable with any kind of colour vision, and by their marks too.
const COLOURS: [RGBColor; 4] =
    [RGBColor(0x33, 0x22, 0x88), RGBColor(0xEE, 0x77, 0x33), RGBColor(0x00, 0x99, 0x88), RGBColor(0xCC, 0x33, 0x11)];
const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
const GRID: RGBColor = RGBColor(0xE4, 0xE4, 0xE4);
const SIZE: (u32, u32) = (1800, 1320);
const REGULAR: &[u8] = include_bytes!("../../../reporting/fonts/LiberationSans-Regular.ttf");
/// plotters' middle of a text lies so much above that of its digits.
const BELOW: i32 = 3;
/// What the ends of a logarithmic axis of costs and its lines are chosen from.
const STEPS: [f64; 13] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

pub(crate) fn draw(path: &Path, panels: &[Panel]) -> Result<(), Box<dyn Error>> {
    register_font("sans-serif", FontStyle::Normal, REGULAR).map_err(|_| "the font that comes with the code is none")?;
    let root = BitMapBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let title = TextStyle::from(("sans-serif", 34).into_font()).color(&INK);
    root.draw_text("Milliseconds per student and epoch, evaluation included", &title, (40, 22))?;
    let below = root.margin(70, 10, 20, 20);
    for (area, panel) in below.split_evenly((2, 2)).iter().zip(panels) {
        draw_panel(&root, area, panel)?;
    }
    root.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>;

fn draw_panel(root: &Area<'_>, area: &Area<'_>, panel: &Panel) -> Result<(), Box<dyn Error>> {
    // The strip above holds the legend, where no line can run into it.
    let (legend, area) = area.margin(10, 10, 10, 30).split_vertically(44);
    let costs = panel.lines.iter().flat_map(|line| line.points.iter().map(|point| point.1));
    let (least, most) = costs.fold((f64::INFINITY, 0f64), |(least, most), cost| (least.min(cost), most.max(cost)));
    let (low, high) = if panel.logarithmic {
        let low = STEPS.iter().rev().copied().find(|&step| step < least).unwrap_or(least);
        (low.ln(), STEPS.iter().copied().find(|&step| step > most).unwrap_or(most).ln())
    } else {
        (0.0, 1.12 * most)
    };
    let height = |cost: f64| if panel.logarithmic { cost.ln() } else { cost };
    let marked: Vec<f64> = if panel.logarithmic {
        STEPS.iter().map(|step| step.ln()).filter(|&at| low <= at && at <= high).collect()
    } else {
        let step = round_step(high);
        (0..).map(|i| f64::from(i) * step).take_while(|&at| at <= high).collect()
    };
    let places: Vec<f64> = panel.values.iter().map(|(value, _)| value.ln()).collect();
    let (first, last) = (places[0], places[places.len() - 1]);
    let air = 0.04 * (last - first);
    let mut chart = ChartBuilder::on(&area)
        .x_label_area_size(76)
        .y_label_area_size(76)
        .build_cartesian_2d(first - air..last + air, low..high)?;
    let text = || TextStyle::from(("sans-serif", 25).into_font()).color(&INK);
    let (left, right) = (first - air, last + air);
    for at in marked {
        chart.plotting_area().draw(&PathElement::new(vec![(left, at), (right, at)], GRID.stroke_width(2)))?;
        let cost = if panel.logarithmic { at.exp() } else { at };
        let (x, y) = chart.backend_coord(&(left, at));
        let words = format!("{}", (cost * 1000.0).round() / 1000.0);
        root.draw_text(&words, &text().pos(Pos::new(HPos::Right, VPos::Center)), (x - 12, y + BELOW))?;
    }
    chart.plotting_area().draw(&PathElement::new(vec![(left, low), (right, low)], INK.stroke_width(2)))?;
    for (at, (_, words)) in places.iter().zip(&panel.values) {
        let (x, y) = chart.backend_coord(&(*at, low));
        root.draw(&PathElement::new(vec![(x, y), (x, y + 8)], INK.stroke_width(2)))?;
        root.draw_text(words, &text().pos(Pos::new(HPos::Center, VPos::Top)), (x, y + 14))?;
    }
    let (x, y) = chart.backend_coord(&((left + right) / 2.0, low));
    let name = TextStyle::from(("sans-serif", 28).into_font()).color(&INK);
    let logarithmic = if panel.logarithmic { "both axes logarithmic" } else { "logarithmic" };
    root.draw_text(
        &format!("{} ({logarithmic})", panel.name),
        &name.pos(Pos::new(HPos::Center, VPos::Top)),
        (x, y + 44),
    )?;
    let mut left = 80i32;
    for line in &panel.lines {
        let kind = kind(&line.name);
        let colour = COLOURS[kind];
        let points: Vec<(f64, f64)> = line.points.iter().map(|&(value, cost)| (value.ln(), height(cost))).collect();
        chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(4)))?;
        for point in points {
            chart.plotting_area().draw(&(EmptyElement::at(point) + mark(kind, colour, 9)))?;
        }
        legend.draw(&PathElement::new(vec![(left, 22), (left + 60, 22)], colour.stroke_width(4)))?;
        legend.draw(&(EmptyElement::at((left + 30, 22)) + mark(kind, colour, 9)))?;
        legend.draw_text(&line.name, &text().pos(Pos::new(HPos::Left, VPos::Center)), (left + 72, 22 + BELOW))?;
        left += 72 + legend.estimate_text_size(&line.name, &text())?.0 as i32 + 40;
    }
    Ok(())
}

/// The same line has the same colour in every panel.
fn kind(name: &str) -> usize {
    ["784-32-10", "784-128-10", "784-width-10, ten arms"].iter().position(|known| *known == name).unwrap_or(3)
}

/// Circle, square, triangle or diamond around a place.
fn mark(kind: usize, colour: RGBColor, r: i32) -> Polygon<(i32, i32)> {
    let round = |i: i32| {
        let angle = f64::from(i) / 16.0 * std::f64::consts::TAU;
        ((f64::from(r) * angle.cos()).round() as i32, (f64::from(r) * angle.sin()).round() as i32)
    };
    let corners = match kind {
        0 => (0..16).map(round).collect(),
        1 => vec![(-r, -r), (r, -r), (r, r), (-r, r)],
        2 => vec![(0, -r - 2), (r + 2, r), (-r - 2, r)],
        _ => vec![(0, -r - 3), (r + 3, 0), (0, r + 3), (-r - 3, 0)],
    };
    Polygon::new(corners, colour.filled())
}

/// 1, 2 or 5 times a power of ten, so that about five of them fill the axis.
fn round_step(high: f64) -> f64 {
    let rough = high / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).rfind(|&step| step <= rough).unwrap_or(power)
}
