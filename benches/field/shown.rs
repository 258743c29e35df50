//! The bytes that fingerprints are made of, laid out beforehand for a floor that hashes the same bytes.

use counterpart::model::Text;
use counterpart::profiles::outlook_x3::{
    Address, Contact, Correspondent, Kind, OutlookX3, Record, Viewer,
};
use counterpart::schema::{Kind as _, Schema as _};
use counterpart::snapshot::{Printer, StateKey};
use siphasher::sip::SipHasher13;

/// What the records of a side show, group after group.
pub(crate) struct Shown {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// Where each record begins, and the number of its first group.
    records: Vec<(usize, usize)>,
}

impl Shown {
    /// The bytes of the generator's records, which are checked to be those that the planner hashes.
    pub(crate) fn of(
        key: &StateKey,
        viewer: &Viewer,
        records: impl Iterator<Item = Record>,
    ) -> Self {
        let mut shown = Self { bytes: Vec::new(), ends: Vec::new(), records: Vec::new() };
        let hasher = SipHasher13::new_with_key(&key.0);
        for record in records {
            let mut printer = Printer::new(key, Kind::Contact.code());
            OutlookX3::show(viewer, Kind::Contact, &record, &mut printer);
            let start = (shown.bytes.len(), shown.ends.len());
            shown.records.push(start);
            shown.add(&record);
            let prints = shown.prints(&hasher, start);
            let wanted = printer.finish().into_iter().map(|print| print.unwrap().get());
            assert!(wanted.eq(prints), "the floor hashes other bytes than the planner");
        }
        shown
    }

    fn add(&mut self, record: &Record) {
        let start = self.bytes.len();
        let mut groups = Groups { shown: self, start, number: 0 };
        groups.begin();
        match record {
            Record::Contact(one) => contact(&mut groups, one),
            Record::Correspondent(one) => correspondent(&mut groups, one),
            _ => panic!("the generator makes contacts"),
        }
        // What began after the last group is none.
        let end = self.bytes.len() - 2;
        self.bytes.truncate(end);
    }

    fn prints(&self, hasher: &SipHasher13, (start, first): (usize, usize)) -> Vec<u64> {
        let mut from = start;
        let ends = self.ends[first..].iter();
        let prints = ends.map(|end| {
            let to = start + *end as usize;
            hasher.hash(&self.bytes[std::mem::replace(&mut from, to)..to])
        });
        prints.collect()
    }

    /// The floor: every group of every record, one after the other.
    pub(crate) fn hash_all(&self, key: &StateKey) -> u64 {
        let hasher = SipHasher13::new_with_key(&key.0);
        let mut all = 0;
        let mut groups = self.ends.iter();
        let next = self.records.iter().skip(1).map(|(_, first)| *first);
        for ((start, first), next) in self.records.iter().zip(next.chain([self.ends.len()])) {
            let mut from = *start;
            for end in groups.by_ref().take(next - first) {
                let to = start + *end as usize;
                all ^= hasher.hash(&self.bytes[from..to]);
                from = to;
            }
        }
        all
    }
}

struct Groups<'a> {
    shown: &'a mut Shown,
    start: usize,
    number: u8,
}

impl Groups<'_> {
    fn begin(&mut self) {
        self.shown.bytes.extend([Kind::Contact.code(), self.number]);
    }

    fn end(&mut self) {
        self.shown.ends.push((self.shown.bytes.len() - self.start) as u32);
        self.number += 1;
        self.begin();
    }

    fn text(&mut self, text: &Text) -> &mut Self {
        let text = text.known().unwrap();
        self.shown.bytes.extend((text.len() as u64).to_le_bytes());
        self.shown.bytes.extend(text.as_bytes());
        self
    }

    fn code(&mut self, code: Option<&String>) -> &mut Self {
        self.shown.bytes.push(u8::from(code.is_some()));
        self.text(&Text::from(code.cloned().unwrap_or_default()))
    }

    fn no_date(&mut self) {
        self.shown.bytes.push(0);
        self.shown.bytes.extend(0i64.to_le_bytes());
        self.end();
    }

    /// Form of address, names, job title, department, birthday and the notes of two kinds.
    fn person(&mut self, texts: [&Text; 5]) {
        let [title, last, first, job, department] = texts;
        self.text(title).text(last).text(first).end();
        self.text(job).end();
        self.text(department).end();
        self.no_date();
        self.text(&Text::default()).end();
        self.end();
    }

    fn address(&mut self, address: &Address) {
        let Address {
            street, postal_code, city, state, country, phone, fax, mobile, email, ..
        } = address;
        self.text(street).text(postal_code).text(city).text(state).text(country).end();
        for single in [phone, fax, mobile, email] {
            self.text(single).end();
        }
    }
}

fn contact(groups: &mut Groups<'_>, one: &Contact) {
    groups.text(&one.company).end();
    groups.person([&one.title, &one.last_name, &one.first_name, &one.job_title, &one.department]);
    groups.address(&one.business);
    groups.address(&one.home);
}

fn correspondent(groups: &mut Groups<'_>, one: &Correspondent) {
    groups.code(one.partner.as_ref()).text(&one.company_label).end();
    groups.person([&one.title, &one.last_name, &one.first_name, &one.job_title, &one.department]);
    groups.address(&one.professional);
    groups.address(&one.personal);
}
