//! Spans of time, of which the first one is found that another span overlaps. Touching ends do not overlap.

use chrono::{Days, NaiveDateTime, NaiveTime};

/// From when to when an appointment keeps its organiser busy; an all-day one the whole of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) start: NaiveDateTime,
    pub(super) end: NaiveDateTime,
}

impl Span {
    pub(super) fn new(
        start: Option<NaiveDateTime>,
        end: Option<NaiveDateTime>,
        all_day: bool,
    ) -> Option<Self> {
        let start = start?;
        let end = end.unwrap_or(start);
        if !all_day {
            return Some(Self { start, end });
        }
        let midnight = |time: NaiveDateTime| time.date().and_time(NaiveTime::MIN);
        let next = midnight(end).checked_add_days(Days::new(1))?;
        Some(Self { start: midnight(start), end: next })
    }
}

/// Numbered spans, each of which may be in the calendar or not.
///
/// A balanced tree over the spans in the order of their starts; every node knows the first number below it, and
/// between which times the spans below it end. Where the spans in the calendar do not overlap each other, their ends
/// are in the order of their starts, and every call takes logarithmic time. Where they do, the answer is the same
/// and takes longer.
#[derive(Debug)]
pub(super) struct Calendar {
    spans: Vec<Span>,
    /// The starts in their order; the leaf of each span by its number.
    starts: Vec<NaiveDateTime>,
    leaves: Vec<usize>,
    nodes: Vec<Option<Node>>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    first: usize,
    earliest_end: NaiveDateTime,
    latest_end: NaiveDateTime,
}

impl Node {
    fn of_both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (Some(one), Some(other)) = (one, other) else { return one.or(other) };
        Some(Self {
            first: one.first.min(other.first),
            earliest_end: one.earliest_end.min(other.earliest_end),
            latest_end: one.latest_end.max(other.latest_end),
        })
    }
}

/// The first number found so far, of the leaves before one that begin before the span asked for ends.
struct Search {
    span: Span,
    before: usize,
    found: Option<usize>,
}

impl Calendar {
    /// With these spans, numbered from 0, none of which is in it yet.
    pub(super) fn new(spans: Vec<Span>) -> Self {
        let mut order: Vec<usize> = (0..spans.len()).collect();
        order.sort_by_key(|number| spans.get(*number));
        let mut leaves = vec![0; spans.len()];
        for (place, number) in order.iter().enumerate() {
            if let Some(leaf) = leaves.get_mut(*number) {
                *leaf = place;
            }
        }
        let mut starts: Vec<NaiveDateTime> = spans.iter().map(|span| span.start).collect();
        starts.sort_unstable();
        let nodes = vec![None; 2 * spans.len().next_power_of_two()];
        Self { spans, starts, leaves, nodes }
    }

    /// Puts a span in.
    pub(super) fn insert(&mut self, number: usize) {
        let end = self.spans.get(number).map(|span| span.end);
        let node = |end| Node { first: number, earliest_end: end, latest_end: end };
        self.set(number, end.map(node));
    }

    /// Takes a span out.
    pub(super) fn remove(&mut self, number: usize) {
        self.set(number, None);
    }

    fn set(&mut self, number: usize, node: Option<Node>) {
        let Some(leaf) = self.leaves.get(number) else { return };
        let mut at = self.nodes.len() / 2 + leaf;
        if let Some(slot) = self.nodes.get_mut(at) {
            *slot = node;
        }
        while at > 1 {
            at /= 2;
            let both = Node::of_both(self.node(2 * at), self.node(2 * at + 1));
            if let Some(slot) = self.nodes.get_mut(at) {
                *slot = both;
            }
        }
    }

    fn node(&self, at: usize) -> Option<Node> {
        self.nodes.get(at).copied().flatten()
    }

    /// The first number whose span is in the calendar and overlaps this one.
    pub(super) fn first(&self, span: Span) -> Option<usize> {
        let before = self.starts.partition_point(|start| *start < span.end);
        let mut search = Search { span, before, found: None };
        self.search(1, (0, self.nodes.len() / 2), &mut search);
        search.found
    }

    /// Looks below a node, which has these leaves.
    fn search(&self, at: usize, (from, to): (usize, usize), search: &mut Search) {
        let Some(node) = self.node(at).filter(|_| from < search.before) else { return };
        if node.latest_end <= search.span.start
            || search.found.is_some_and(|found| found <= node.first)
        {
            return;
        }
        if to <= search.before && search.span.start < node.earliest_end {
            search.found = Some(node.first);
            return;
        }
        let middle = usize::midpoint(from, to);
        self.search(2 * at, (from, middle), search);
        self.search(2 * at + 1, (middle, to), search);
    }
}
