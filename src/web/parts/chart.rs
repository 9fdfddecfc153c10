//! Charts as SVG, drawn by the server: bars and lines with axes, a title and a description for
//! those who hear them, and the same numbers as a table below. Nothing is told by colour alone:
//! each series of bars has a row of its own, the second line is dashed.

use std::fmt::Write;

/// The width of every drawing, in its own units; it is scaled to the page.
const WIDTH: f64 = 400.0;
/// Room for the numbers on the left, and for the last label on the right.
const LEFT: f64 = 34.0;
const RIGHT: f64 = 8.0;
/// Height of a row of bars among several, of one alone, and of lines.
const LOW: f64 = 46.0;
const HIGH: f64 = 130.0;
/// Above each row, for its name.
const HEAD: f64 = 30.0;
/// Below, for the days.
const FOOT: f64 = 22.0;
/// Labels along the bottom, at the most.
const LABELS: usize = 5;

/// A chart, ready to be shown (`templates/parts/chart.html`).
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Its id in the page.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The same as one sentence with the figures that matter.
    pub description: String,
    /// The height of the drawing; its width is 400.
    pub height: f64,
    /// Names of rows or lines: where, and what.
    pub names: Vec<Text>,
    /// Lines of the grid: x1, x2, y.
    pub grid: Vec<(f64, f64, f64)>,
    /// Numbers on the left and days below.
    pub ticks: Vec<Text>,
    /// Bars.
    pub bars: Vec<Bar>,
    /// Lines: class and points.
    pub lines: Vec<(&'static str, String)>,
    /// Points of lines: class, x and y.
    pub dots: Vec<(&'static str, f64, f64)>,
    /// The heads of the table.
    pub heads: Vec<String>,
    /// The rows of the table.
    pub rows: Vec<Vec<String>>,
}

/// A word in the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// From the left.
    pub x: f64,
    /// From the top, of its base line.
    pub y: f64,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// The word.
    pub words: String,
}

/// One bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// Numbers under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What they are.
    pub name: &'static str,
    /// One for each label; `None` where there is none.
    pub values: Vec<Option<f64>>,
}

/// What a chart is about.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// Its id in the page.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The same as a sentence.
    pub description: String,
    /// What the labels are: `Day`, `Week from`.
    pub label: &'static str,
}

/// Bars, a row for each series, on one scale.
pub fn bars(about: About, labels: &[String], series: &[Series]) -> Chart {
    let row = if series.len() > 1 { LOW } else { HIGH };
    let mut chart = empty(about, labels, series, |value| format!("{value:.0}"));
    let top = nice(series.iter().flat_map(|s| &s.values).flatten().copied());
    let step = (WIDTH - LEFT - RIGHT) / labels.len().max(1) as f64;
    let gap = (step * 0.2).min(2.0);
    for (place, one) in series.iter().enumerate() {
        let head = if series.len() > 1 { HEAD } else { 12.0 };
        let base = (row + head) * (place + 1) as f64;
        if series.len() > 1 {
            chart
                .names
                .push(text(LEFT, base - row - 6.0, "start", one.name));
        }
        axis(&mut chart, base, row, top, series.len() == 1);
        for (index, value) in one.values.iter().enumerate() {
            let height = round(value.unwrap_or(0.0) / top * row);
            if height > 0.0 {
                chart.bars.push(Bar {
                    x: round(LEFT + step * index as f64 + gap / 2.0),
                    y: round(base - height),
                    width: round(step - gap),
                    height,
                });
            }
        }
        chart.height = base;
    }
    days(&mut chart, labels, step);
    chart
}

/// Lines on one scale, two at the most; `unit` stands behind the numbers of the table.
pub fn lines(about: About, labels: &[String], series: &[Series], unit: &str) -> Chart {
    let mut chart = empty(about, labels, series, |value| format!("{value:.1} {unit}"));
    let top = nice(series.iter().flat_map(|s| &s.values).flatten().copied());
    let step = (WIDTH - LEFT - RIGHT) / labels.len().max(1) as f64;
    let base = HIGH + 12.0;
    axis(&mut chart, base, HIGH, top, true);
    for (place, one) in series.iter().enumerate() {
        let class = if place == 0 {
            "chart-line"
        } else {
            "chart-line chart-dashed"
        };
        let mut points = String::new();
        for (index, value) in one.values.iter().enumerate() {
            let Some(value) = value else {
                // A week without any is a gap, not a zero.
                push(&mut chart.lines, class, &mut points);
                continue;
            };
            let x = round(LEFT + step * (index as f64 + 0.5));
            let y = round(base - value / top * HIGH);
            let _ = write!(points, "{x},{y} ");
            chart.dots.push((class, x, y));
        }
        push(&mut chart.lines, class, &mut points);
    }
    chart.height = base;
    days(&mut chart, labels, step);
    chart
}

fn push(lines: &mut Vec<(&'static str, String)>, class: &'static str, points: &mut String) {
    if points.contains(' ') {
        lines.push((class, points.trim_end().to_owned()));
    }
    points.clear();
}

fn empty(
    about: About,
    labels: &[String],
    series: &[Series],
    word: impl Fn(f64) -> String,
) -> Chart {
    let value = |one: &Series, index: usize| one.values.get(index).copied().flatten();
    let mut heads = vec![about.label.to_owned()];
    heads.extend(series.iter().map(|one| one.name.to_owned()));
    // What is all empty would make a long table of nothing.
    let rows = labels.iter().enumerate().filter_map(|(index, label)| {
        let told = series
            .iter()
            .any(|one| value(one, index).is_some_and(|v| v > 0.0));
        told.then(|| {
            let mut row = vec![label.clone()];
            let words = |one| value(one, index).map_or("–".to_owned(), &word);
            row.extend(series.iter().map(words));
            row
        })
    });
    Chart {
        id: about.id,
        title: about.title,
        description: about.description,
        height: 0.0,
        names: Vec::new(),
        grid: Vec::new(),
        ticks: Vec::new(),
        bars: Vec::new(),
        lines: Vec::new(),
        dots: Vec::new(),
        rows: rows.collect(),
        heads,
    }
}

/// The grid of a row, and its numbers: the top, nothing, and half-way where there is room.
fn axis(chart: &mut Chart, base: f64, height: f64, top: f64, half: bool) {
    let parts: &[f64] = if half { &[0.0, 0.5, 1.0] } else { &[0.0, 1.0] };
    for part in parts {
        let y = round(base - height * part);
        chart.grid.push((LEFT, WIDTH - RIGHT, y));
        let number = top * part;
        let words = match number.fract() == 0.0 {
            true => format!("{number:.0}"),
            false => format!("{number:.1}"),
        };
        chart.ticks.push(text(LEFT - 5.0, y + 4.0, "end", &words));
    }
}

/// Some of the labels, below everything.
fn days(chart: &mut Chart, labels: &[String], step: f64) {
    let every = labels.len().div_ceil(LABELS).max(1);
    let y = chart.height + 16.0;
    for (index, label) in labels.iter().enumerate().step_by(every) {
        let x = round(LEFT + step * (index as f64 + 0.5));
        let (x, anchor) = match index {
            0 => (LEFT, "start"),
            _ => (x, "middle"),
        };
        chart.ticks.push(text(x, y, anchor, label));
    }
    chart.height = round(chart.height + FOOT);
}

fn text(x: f64, y: f64, anchor: &'static str, words: &str) -> Text {
    Text {
        x: round(x),
        y: round(y),
        anchor,
        words: words.to_owned(),
    }
}

/// The end of a scale: an even digit or ten times a power of ten, so that half of it is whole.
fn nice(values: impl Iterator<Item = f64>) -> f64 {
    let most = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let mut power = 1.0;
    loop {
        for times in [2.0, 4.0, 6.0, 8.0, 10.0] {
            if most <= times * power {
                return times * power;
            }
        }
        power *= 10.0;
    }
}

/// One decimal is finer than any screen here.
fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn about() -> About {
        About {
            id: "a",
            title: "Applications".into(),
            description: "3 in all.".into(),
            label: "Day",
        }
    }

    fn labels(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("{n}")).collect()
    }

    #[test]
    fn scales_end_at_round_numbers() {
        for (most, end) in [
            (0.0, 2.0),
            (1.0, 2.0),
            (3.0, 4.0),
            (5.0, 6.0),
            (11.0, 20.0),
            (99.0, 100.0),
        ] {
            assert_eq!(nice([most].into_iter()), end);
        }
    }

    #[test]
    fn a_gap_parts_a_line_and_is_no_zero() {
        let values = vec![Some(1.0), Some(2.0), None, Some(4.0)];
        let series = [Series {
            name: "Median",
            values,
        }];
        let chart = lines(about(), &labels(4), &series, "hours");
        assert_eq!(chart.dots.len(), 3);
        assert_eq!(chart.lines.len(), 2);
        assert_eq!(chart.rows.len(), 3);
        assert_eq!(chart.rows[2], ["3", "4.0 hours"]);
    }

    #[test]
    fn each_series_of_bars_has_a_row_of_its_own() {
        let one = |name| Series {
            name,
            values: vec![Some(2.0), None, Some(0.0)],
        };
        let chart = bars(about(), &labels(3), &[one("Yes"), one("No")]);
        assert_eq!(chart.bars.len(), 2);
        assert_eq!(chart.names.len(), 2);
        assert!(chart.bars[0].y < chart.bars[1].y);
        assert_eq!(chart.rows, [["0", "2", "2"]]);
    }

    proptest! {
        #[test]
        fn everything_stays_inside(values in proptest::collection::vec(proptest::option::of(0.0f64..1e6), 1..60)) {
            let labels = labels(values.len());
            let series = [Series { name: "All", values }];
            for chart in [bars(about(), &labels, &series), lines(about(), &labels, &series, "hours")] {
                for bar in &chart.bars {
                    prop_assert!(bar.x >= LEFT && bar.x + bar.width <= WIDTH - RIGHT + 0.2);
                    prop_assert!(bar.y >= 0.0 && bar.y + bar.height <= chart.height);
                }
                for (_, x, y) in &chart.dots {
                    prop_assert!(*x <= WIDTH && *y >= 0.0 && *y <= chart.height);
                }
            }
        }
    }
}
