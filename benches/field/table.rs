//! The table, and which goals are missed.

/// What a row is held against.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    /// Either of two goals will do; whether the other one is met.
    Or(f64, bool),
    None,
}

impl Goal {
    const fn is_met(self, found: f64) -> bool {
        match self {
            Self::AtMost(most) => found <= most,
            Self::Or(most, other) => other || found <= most,
            Self::None => true,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(most) | Self::Or(most, _) => format!("{most}"),
            Self::None => String::new(),
        }
    }
}

/// Prints rows as they are found.
pub(crate) struct Table {
    pub(crate) missed: usize,
    /// The times of each case against its floor.
    pub(crate) times: Vec<(String, [f64; 2])>,
}

impl Table {
    pub(crate) fn begin() -> Self {
        println!(
            "| {:<56} | {:>10} | {:>10} | {:>8} | {:>5} | {:<3} |",
            "case", "floor ms", "plan ms", "x floor", "goal", "ok"
        );
        println!("|{:-<58}|{:->12}|{:->12}|{:->10}|{:->7}|{:-<5}|", "", ":", ":", ":", ":", "");
        Self { missed: 0, times: Vec::new() }
    }

    /// A time against its floor.
    pub(crate) fn ratio(&mut self, case: &str, [floor, plan]: [f64; 2], goal: Goal) {
        let ratio = plan / floor;
        self.times.push((case.to_owned(), [floor, plan]));
        let shown = [format!("{floor:.1}"), format!("{plan:.1}"), format!("{ratio:.2}")];
        self.row(case, shown, ratio, goal);
    }

    /// An amount that has no floor.
    pub(crate) fn amount(&mut self, case: &str, amount: f64, goal: Goal) {
        let digits = usize::from(amount.fract() != 0.0) * 2;
        self.row(case, [String::new(), format!("{amount:.digits$}"), String::new()], amount, goal);
    }

    fn row(&mut self, case: &str, [floor, plan, ratio]: [String; 3], found: f64, goal: Goal) {
        let is_met = goal.is_met(found);
        self.missed += usize::from(!is_met);
        let ok = match goal {
            Goal::None => "",
            Goal::AtMost(_) | Goal::Or(..) if is_met => "yes",
            Goal::AtMost(_) | Goal::Or(..) => "no",
        };
        println!(
            "| {case:<56} | {floor:>10} | {plan:>10} | {ratio:>8} | {:>5} | {ok:<3} |",
            goal.text()
        );
    }
}
