//! Dates and times of calendar lines <-> the wall clock of the CRM folder (D8).

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::lines::{Doc, Line};
use super::zone::{self, Zone};

/// A date or time that no calendar has, or in a zone that nobody knows: the reason, without values.
#[derive(Debug)]
pub(crate) struct BadTime(pub(crate) String);

impl BadTime {
    fn impossible(line: &Line) -> Self {
        Self(format!("has an impossible date in {}", line.name))
    }
}

/// How a line writes its time.
pub(crate) enum Form {
    /// A date.
    Date,
    /// A time of no zone.
    Floating,
    /// A time in UTC.
    Utc,
    /// A time with the name of its zone.
    Zoned(String, Zone),
}

/// The time of a line.
pub(crate) struct Moment {
    /// How it is written.
    pub(crate) form: Form,
    /// When it is, by the clock of the CRM folder; of a date its midnight.
    pub(crate) local: NaiveDateTime,
}

impl Moment {
    /// Reads a line; `None` where it is empty.
    pub(crate) fn read(doc: &Doc, line: &Line, folder: Tz) -> Result<Option<Self>, BadTime> {
        let text = line.value().trim();
        if text.is_empty() {
            return Ok(None);
        }
        if let Some(date) = bare_date(text) {
            let date = date.ok_or_else(|| BadTime::impossible(line))?;
            return Ok(Some(Self { form: Form::Date, local: date.and_time(NaiveTime::MIN) }));
        }
        let read = date_time(text).map_err(|()| BadTime::impossible(line))?;
        let (own, offset) = read.ok_or_else(|| BadTime::impossible(line))?;
        let name =
            line.param("TZID").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let (form, local) = match (offset, name) {
            (Some(offset), _) => {
                let utc = own.checked_sub_signed(offset);
                (Form::Utc, utc.and_then(|utc| zone::from_utc(&folder, utc)))
            }
            (None, Some(name)) => {
                let zone = Zone::find(doc, &name).ok_or_else(|| {
                    BadTime(format!("names an unknown time zone in {}", line.name))
                })?;
                let local = zone.to_utc(own).and_then(|utc| zone::from_utc(&folder, utc));
                (Form::Zoned(name, zone), local)
            }
            (None, None) => (Form::Floating, Some(own)),
        };
        let local = local.ok_or_else(|| BadTime::impossible(line))?;
        Ok(Some(Self { form, local }))
    }
}

impl Form {
    /// A line of this form for another time. The parameters of the old line that do not concern its time
    /// stay.
    pub(crate) fn line(
        &self,
        name: &str,
        old: Option<&Line>,
        local: NaiveDateTime,
        folder: Tz,
    ) -> String {
        let mut head: Vec<&str> = old.map_or_else(|| vec![name], Line::head);
        head.retain(|piece| {
            let key = piece.split('=').next().unwrap_or_default().trim().to_ascii_uppercase();
            key != "TZID" && key != "VALUE"
        });
        let mut head = head.join(";");
        let stamp = "%Y%m%dT%H%M%S";
        let utc = || zone::to_utc(&folder, local).unwrap_or(local);
        let value = match self {
            Self::Date => {
                head.push_str(";VALUE=DATE");
                local.format("%Y%m%d").to_string()
            }
            Self::Floating => local.format(stamp).to_string(),
            Self::Zoned(zone_name, zone) if zone.local(utc()).is_some() => {
                let quoted = zone_name.contains([':', ';', ',']);
                let quote = if quoted { "\"" } else { "" };
                head = format!("{head};TZID={quote}{zone_name}{quote}");
                zone.local(utc()).unwrap_or(local).format(stamp).to_string()
            }
            Self::Utc | Self::Zoned(..) => format!("{}Z", utc().format(stamp)),
        };
        format!("{head}:{value}")
    }
}

/// A date without time. The outer `None` says that the text is no date at all, the inner that it is one that
/// no calendar has.
#[expect(clippy::option_option, reason = "three cases: no date, an impossible one, one")]
pub(crate) fn bare_date(text: &str) -> Option<Option<NaiveDate>> {
    let digits: String = match text.len() {
        8 => text.to_owned(),
        10 if text.get(4..5) == Some("-") && text.get(7..8) == Some("-") => text.replace('-', ""),
        _ => return None,
    };
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(NaiveDate::parse_from_str(&digits, "%Y%m%d").ok())
}

/// A date with time, and its distance from UTC where it says one. `Ok(None)` where the text is none at all,
/// `Err` where it is one that no calendar has.
pub(crate) fn date_time(text: &str) -> Result<Option<(NaiveDateTime, Option<Duration>)>, ()> {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return Ok(None);
    };
    let Some(date) = bare_date(date) else {
        return Ok(None);
    };
    let time = time.trim();
    let end = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(end).unwrap_or((time, ""));
    let clock = clock.split('.').next().unwrap_or_default().replace(':', "");
    if !matches!(clock.len(), 4 | 6) || !clock.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let two = |start: usize| clock.get(start..start + 2).and_then(|two| two.parse::<u32>().ok());
    // A leap second is shown as the second before it.
    let seconds = two(4).unwrap_or(0).min(59);
    let clock = NaiveTime::from_hms_opt(two(0).ok_or(())?, two(2).ok_or(())?, seconds).ok_or(())?;
    let offset = match zone.as_bytes() {
        [] => None,
        [b'Z' | b'z', ..] => Some(Duration::zero()),
        [sign, ..] => {
            let digits = zone.get(1..).unwrap_or_default().replace(':', "");
            let two =
                |start: usize| digits.get(start..start + 2).and_then(|two| two.parse::<i64>().ok());
            let minutes = two(0).ok_or(())? * 60 + two(2).unwrap_or(0);
            Some(Duration::minutes(if *sign == b'-' { -minutes } else { minutes }))
        }
    };
    Ok(Some((date.ok_or(())?.and_time(clock), offset)))
}

/// A time stamp such as `REV`; one without zone is taken as UTC.
pub(crate) fn stamp(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Some(date) = bare_date(text) {
        return Some(date?.and_time(NaiveTime::MIN).and_utc());
    }
    let (time, offset) = date_time(text).ok()??;
    Some(time.checked_sub_signed(offset.unwrap_or_else(Duration::zero))?.and_utc())
}

/// A time stamp as `REV`, `LAST-MODIFIED` and `COMPLETED` write it.
pub(crate) fn stamp_text(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

/// `P1DT2H`. `None` where the text is no duration.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    use calcard::common::IanaParse as _;
    let read = calcard::icalendar::ICalendarDuration::parse(text.trim().as_bytes())?;
    let days = i64::from(read.weeks) * 7 + i64::from(read.days);
    let seconds =
        i64::from(read.hours) * 3600 + i64::from(read.minutes) * 60 + i64::from(read.seconds);
    let total = Duration::try_days(days)?.checked_add(&Duration::try_seconds(seconds)?)?;
    Some(if read.neg { -total } else { total })
}

/// The midnight after a day.
pub(crate) fn next_midnight(day: NaiveDateTime) -> Option<NaiveDateTime> {
    Some(day.date().checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN))
}
