//! Draws nanoseconds per pair over pairs, both axes logarithmic: `benches/figures.csv` -> `docs/scaling.svg`.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use plotters::prelude::*;

/// The lines: case, whether its plan or its floor, label, colour.
const LINES: [(&str, bool, &str, RGBColor); 6] = [
    ("no versions", true, "no versions: every record hashed", RGBColor(136, 34, 85)),
    ("1 % changed", true, "1 % changed", RGBColor(213, 94, 0)),
    ("1 % changed, in link order", true, "1 % changed, in link order", RGBColor(230, 159, 0)),
    ("nothing changed", false, "floor B: hash join", RGBColor(0, 0, 0)),
    ("nothing changed", true, "nothing changed", RGBColor(0, 114, 178)),
    (
        "nothing changed, in link order",
        true,
        "nothing changed, in link order",
        RGBColor(0, 158, 115),
    ),
];

type Points = Vec<(f64, f64)>;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let figures = std::fs::read_to_string(root.join("benches/figures.csv"))?;
    let lines: Vec<_> = LINES
        .iter()
        .map(|(case, is_plan, label, color)| (points(&figures, case, *is_plan), *label, *color))
        .collect();
    let every = || lines.iter().flat_map(|(points, ..)| points);
    let pairs = bounds(every().map(|point| point.0)).ok_or("no figures")?;
    let nanoseconds = bounds(every().map(|point| point.1)).ok_or("no figures")?;

    let svg = root.join("docs/scaling.svg");
    let area = SVGBackend::new(&svg, (860, 540)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .margin_right(44)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(
            pairs.log_scale(),
            (nanoseconds.start * 0.8..nanoseconds.end * 4.0).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(5)
        .y_labels(20)
        .x_desc("pairs")
        .y_desc("nanoseconds per pair")
        .x_label_formatter(&|pairs| format!("{pairs:.0}"))
        .y_label_formatter(&|time| format!("{time:.0}"))
        .draw()?;
    for (points, label, color) in lines {
        let style = color.stroke_width(2);
        chart
            .draw_series(LineSeries::new(points.clone(), style).point_size(3))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    area.present()?;
    Ok(())
}

/// One line of the plot. A line of the file is `pairs;case;floor ms;plan ms`.
fn points(figures: &str, wanted: &str, is_plan: bool) -> Points {
    let lines = figures.lines().filter_map(|line| {
        let mut words = line.split(';');
        let pairs: f64 = words.next()?.parse().ok()?;
        let case = words.next()?;
        let time: f64 = words.nth(usize::from(is_plan))?.parse().ok()?;
        (case == wanted).then_some((pairs, time * 1e6 / pairs))
    });
    lines.collect()
}

fn bounds(numbers: impl Iterator<Item = f64>) -> Option<Range<f64>> {
    let wider = |range: Option<Range<f64>>, number: f64| {
        let range = range.unwrap_or(number..number);
        Some(range.start.min(number)..range.end.max(number))
    };
    numbers.fold(None, wider)
}
