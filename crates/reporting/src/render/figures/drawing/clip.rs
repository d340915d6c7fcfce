//! Lines cut at two heights.

use crate::render::figures::drawing::scene::Point;

/// The pieces of a line between two heights.
pub(crate) fn clipped(points: &[Point], top: f64, bottom: f64) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let at = |height: f64| (a.0 + (b.0 - a.0) * (height - a.1) / (b.1 - a.1), height);
        let cut = |p: Point| match p.1 {
            height if height < top => at(top),
            height if height > bottom => at(bottom),
            _ => p,
        };
        let outside = a.1.max(b.1) < top || a.1.min(b.1) > bottom;
        if outside {
            continue;
        }
        let (from, to) = (cut(a), cut(b));
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_it_leaves_the_panel() {
        let points = [(0.0, 20.0), (10.0, 5.0), (20.0, 5.0), (30.0, -5.0), (40.0, -5.0)];
        let expected = vec![vec![(20.0 / 3.0, 10.0), (10.0, 5.0), (20.0, 5.0), (25.0, 0.0)]];
        assert_eq!(clipped(&points, 0.0, 10.0), expected);
    }
}
