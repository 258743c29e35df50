//! Counts the instructions of a plan under callgrind and holds them against `benches/instructions.txt`; see
//! `benches/README.md`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a benchmark"
)]

#[expect(dead_code, reason = "the other benchmark has more cases")]
#[path = "../world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use counterpart::plan::Plan;
use counterpart::profiles::outlook_x3::OutlookX3;

use self::world::{Planted, World};

const PAIRS: usize = 10_000;

/// The cases in the order in which they are counted, and the goal of each in instructions per pair.
const CASES: [(&str, Option<u64>); 7] = [
    ("nothing changed, in link order", None),
    ("1 % changed, in link order", Some(400)),
    ("nothing changed", None),
    ("no versions, no digests known", None),
    ("no versions", None),
    ("1 % changed", Some(1000)),
    ("first run", None),
];

/// Growth beyond this many percent fails.
const SLACK: u64 = 5;

type Counts = BTreeMap<String, u64>;

fn main() -> ExitCode {
    let has = |option: &str| std::env::args().any(|one| one == option);
    if has("--counted") {
        run_cases();
        return ExitCode::SUCCESS;
    }
    let Some(counts) = count() else {
        eprintln!("valgrind is not installed: instructions are not counted");
        return ExitCode::SUCCESS;
    };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.txt");
    let agreed = read(&std::fs::read_to_string(&file).unwrap_or_default());
    let mut grown = false;
    println!("instructions of a plan, {PAIRS} pairs");
    println!("{:<34}{:>10}{:>10}{:>10}", "case", "per pair", "agreed", "goal");
    for (case, goal) in CASES {
        let (now, before) = (counts[case], agreed.get(case).copied());
        let has_grown = before.is_none_or(|before| now * 100 > before * (100 + SLACK));
        grown |= has_grown;
        let each = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
        let agreed = each(before.map(per_pair));
        let note = if has_grown { "  GROWN" } else { "" };
        println!("{case:<34}{:>10}{agreed:>10}{:>10}{note}", per_pair(now), each(goal));
    }
    if has("--accept") {
        std::fs::write(&file, written(&counts)).unwrap();
        println!("{} is written anew", file.display());
    } else if grown {
        eprintln!(
            "More than {SLACK} % beyond benches/instructions.txt. Where that is meant, accept it:"
        );
        eprintln!("  cargo bench --bench instructions -- --accept");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

const fn per_pair(count: u64) -> u64 {
    count / PAIRS as u64
}

fn read(text: &str) -> Counts {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (count, case) = line.trim().split_once(' ')?;
            Some((case.trim().to_owned(), count.parse().ok()?))
        })
        .collect()
}

fn written(counts: &Counts) -> String {
    let mut text = format!(
        "# Instructions of one plan of {PAIRS} pairs, as callgrind counts them.\n\
         # Written by `cargo bench --bench instructions -- --accept`.\n"
    );
    for (case, _) in CASES {
        let _ = writeln!(text, "{:>12} {case}", counts[case]);
    }
    text
}

/// Runs this program again under callgrind, which collects inside [`counted`] only and writes what it collected
/// whenever a case ends. `None` without valgrind.
fn count() -> Option<Counts> {
    let place = std::env::temp_dir().join(format!("counterpart-{}", std::process::id()));
    let out = place.join("out");
    std::fs::create_dir_all(&place).unwrap();
    let ran = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg("--quiet")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg("--toggle-collect=*instructions::counted*")
        .arg("--dump-before=*instructions::case_ends*")
        .arg(std::env::current_exe().unwrap())
        .arg("--counted")
        .status();
    let Ok(status) = ran else {
        std::fs::remove_dir_all(&place).unwrap();
        return None;
    };
    assert!(status.success(), "the counted run failed");
    let parts = (1..).zip(CASES);
    let counts = parts.map(|(part, (case, _))| {
        (case.to_owned(), total(&PathBuf::from(format!("{}.{part}", out.display()))))
    });
    let counts = counts.collect();
    std::fs::remove_dir_all(&place).unwrap();
    Some(counts)
}

/// What callgrind collected for one case.
fn total(part: &Path) -> u64 {
    let text = std::fs::read_to_string(part).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("summary: "));
    line.and_then(|line| line.trim().parse().ok()).filter(|count| *count > 0).unwrap()
}

fn run_cases() {
    let mut world = World::settled(PAIRS);
    // What the generator freed is tidied up by the next large allocation, which would be the first plan's.
    drop(black_box(world.plan()));
    let mut lived = world.clone();
    case(&world, &Planted::default());
    let planted = lived.lived();
    case(&lived, &planted);
    world.shuffle();
    case(&world, &Planted::default());
    world.prove_stamps(false);
    case(&world, &Planted::default());
    world.know_digests();
    case(&world, &Planted::default());
    world.forget_digests();
    world.prove_stamps(true);
    let planted = world.lived();
    case(&world, &planted);
    let (first, planted) = world.first_run();
    case(&first, &planted);
}

fn case(world: &World, planted: &Planted) {
    let plan = counted(black_box(world));
    case_ends();
    assert_eq!(Planted::of(&plan), *planted);
}

#[inline(never)]
fn counted(world: &World) -> Plan<OutlookX3> {
    black_box(world.plan())
}

#[inline(never)]
fn case_ends() {
    black_box(());
}
