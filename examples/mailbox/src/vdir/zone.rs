//! The time zone a calendar file names, by its name or by the rules it brings along.

use std::str::FromStr as _;

use calcard::common::timezone::Tz as Known;
use chrono::{
    Datelike as _, Duration, FixedOffset, NaiveDate, NaiveDateTime, Offset as _, TimeZone, Weekday,
};

use super::common;
use super::lines::Doc;
use super::time::date_time;

/// A time zone.
pub(crate) enum Zone {
    /// One of the public database.
    Named(chrono_tz::Tz),
    /// Always the same distance from UTC.
    Fixed(FixedOffset),
    /// The rules of a `VTIMEZONE` whose name nobody knows.
    Rules(Vec<Observance>),
}

/// A part of a `VTIMEZONE`: from when on which distance from UTC is kept.
pub(crate) struct Observance {
    start: NaiveDateTime,
    offset: Duration,
    /// Month, which of its weekdays (from the end where negative), and the weekday.
    yearly: Option<(u32, i8, Weekday)>,
}

impl Zone {
    /// The zone of a name in a file. `None` where neither the name nor the file says what it is.
    pub(crate) fn find(doc: &Doc, name: &str) -> Option<Self> {
        if let Some(zone) = Self::known(name) {
            return Some(zone);
        }
        let components = doc.components().iter().enumerate();
        let word = |place: usize, property: &str| common::word(doc, place, property);
        let (place, _) = components
            .filter(|(_, one)| one.name == "VTIMEZONE")
            .find(|(place, _)| word(*place, "TZID").as_deref() == Some(name))?;
        if let Some(zone) = word(place, "X-LIC-LOCATION").and_then(|name| Self::known(&name)) {
            return Some(zone);
        }
        let inside =
            doc.components().iter().enumerate().filter(|(_, one)| one.parent == Some(place));
        let rules: Vec<Observance> =
            inside.filter_map(|(place, _)| Observance::read(doc, place)).collect();
        (!rules.is_empty()).then_some(Self::Rules(rules))
    }

    fn known(name: &str) -> Option<Self> {
        match Known::from_str(name).ok()? {
            Known::Tz(zone) => Some(Self::Named(zone)),
            Known::Fixed(offset) => Some(Self::Fixed(offset)),
            Known::Floating => None,
        }
    }

    /// What a clock in this zone shows, as UTC.
    pub(crate) fn to_utc(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Named(zone) => to_utc(zone, local),
            Self::Fixed(offset) => local.checked_sub_offset(*offset),
            Self::Rules(rules) => local.checked_sub_signed(offset_at(rules, local)),
        }
    }

    /// What a clock in this zone shows at an instant.
    pub(crate) fn local(&self, utc: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Named(zone) => from_utc(zone, utc),
            Self::Fixed(offset) => utc.checked_add_offset(*offset),
            Self::Rules(rules) => rules
                .iter()
                .filter_map(|rule| Some((rule, utc.checked_add_signed(rule.offset)?)))
                .find(|(rule, local)| offset_at(rules, *local) == rule.offset)
                .map(|(_, local)| local),
        }
    }
}

/// What a clock in a zone shows, as UTC; the earlier instant where it shows it twice.
pub(crate) fn to_utc<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> Option<NaiveDateTime> {
    match zone.from_local_datetime(&local).earliest() {
        Some(time) => Some(time.naive_utc()),
        // A time that the change to summer time skips.
        None => local.checked_sub_offset(zone.offset_from_utc_datetime(&local).fix()),
    }
}

/// What a clock in a zone shows at an instant.
pub(crate) fn from_utc<Z: TimeZone>(zone: &Z, utc: NaiveDateTime) -> Option<NaiveDateTime> {
    utc.checked_add_offset(zone.offset_from_utc_datetime(&utc).fix())
}

fn offset_at(rules: &[Observance], local: NaiveDateTime) -> Duration {
    let begun = rules.iter().filter_map(|rule| Some((rule.last_onset(local)?, rule)));
    let latest = begun.max_by_key(|(onset, _)| *onset);
    // Before the first onset, what the zone begins with is the best there is.
    let rule = latest.map(|(_, rule)| rule).or_else(|| rules.iter().min_by_key(|rule| rule.start));
    rule.map_or(Duration::zero(), |rule| rule.offset)
}

impl Observance {
    fn read(doc: &Doc, place: usize) -> Option<Self> {
        let value = |name| doc.first(place, name).map(|(_, line)| line.value().trim());
        let (start, _) = date_time(value("DTSTART")?).ok().flatten()?;
        let offset = offset(value("TZOFFSETTO")?)?;
        Some(Self { start, offset, yearly: value("RRULE").and_then(yearly) })
    }

    fn last_onset(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let Some((month, which, weekday)) = self.yearly else {
            return (self.start <= local).then_some(self.start);
        };
        let onset = |year| {
            let day = nth_weekday(year, month, which, weekday)?;
            Some(day.and_time(self.start.time()))
        };
        let years = [local.year(), local.year() - 1].into_iter();
        years.filter_map(onset).find(|onset| *onset <= local && *onset >= self.start)
    }
}

fn nth_weekday(year: i32, month: u32, which: i8, weekday: Weekday) -> Option<NaiveDate> {
    if let Ok(which @ 1..) = u8::try_from(which) {
        return NaiveDate::from_weekday_of_month_opt(year, month, weekday, which);
    }
    let back = which.unsigned_abs();
    let mut days = (1..=5)
        .rev()
        .filter_map(|nth| NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth));
    days.nth(usize::from(back.saturating_sub(1)))
}

fn yearly(rule: &str) -> Option<(u32, i8, Weekday)> {
    let part = |name: &str| {
        rule.split(';').filter_map(|part| part.split_once('=')).find(|(key, _)| *key == name)
    };
    let month = part("BYMONTH")?.1.parse().ok()?;
    let day = part("BYDAY")?.1;
    let (which, name) = day.split_at_checked(day.len().checked_sub(2)?)?;
    let weekday = match name {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    Some((month, if which.is_empty() { 1 } else { which.parse().ok()? }, weekday))
}

/// `+0200`, `-053000`.
fn offset(text: &str) -> Option<Duration> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let two = |start: usize| digits.get(start..start + 2)?.parse::<i64>().ok();
    let seconds = two(0)? * 3600 + two(2)? * 60 + two(4).unwrap_or(0);
    (seconds < 86_400).then(|| Duration::seconds(sign * seconds))
}
