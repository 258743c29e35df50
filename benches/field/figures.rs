//! The figures that are kept, for the plot: `benches/figures.csv`.

use std::fmt::Write as _;
use std::path::Path;

/// Puts the times of this run in the place of those of the last one with as many pairs.
pub(crate) fn keep(pairs: usize, times: &[(String, [f64; 2])]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/figures.csv");
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    let pairs_of = |line: &str| line.split(';').next().and_then(|word| word.parse::<usize>().ok());
    let mut lines: Vec<(usize, String)> = before
        .lines()
        .filter_map(|line| Some((pairs_of(line)?, line.to_owned())))
        .filter(|(of, _)| *of != pairs)
        .collect();
    for (case, [floor, plan]) in times {
        lines.push((pairs, format!("{pairs};{case};{floor:.3};{plan:.3}")));
    }
    lines.sort_by_key(|(pairs, _)| *pairs);
    let mut text = String::from("pairs;case;floor ms;plan ms\n");
    for (_, line) in lines {
        let _ = writeln!(text, "{line}");
    }
    std::fs::write(&file, text).unwrap();
}
