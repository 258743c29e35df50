//! What the targets that live through worlds begin with: a world from any bytes.

use arbitrary::Arbitrary;

#[path = "../../examples/scenario/changes.rs"]
pub(crate) mod changes;
#[path = "../../tests/suite/desk.rs"]
pub(crate) mod desk;
#[path = "../../tests/suite/genes.rs"]
pub(crate) mod genes;

use genes::{Genes, Spec};

/// The bytes of a world, as many of each sort as the fuzzer likes.
#[derive(Arbitrary, Debug)]
pub(crate) struct Bytes {
    settings: [u8; 32],
    contacts: Vec<Genes>,
    tasks: Vec<Genes>,
    appointments: Vec<Genes>,
    correspondents: Vec<Genes>,
    crm_tasks: Vec<Genes>,
    calls: Vec<Genes>,
    crm_appointments: Vec<Genes>,
    steps: Vec<Genes>,
}

impl Bytes {
    /// The world they mean, with no more than so many records of each sort and steps.
    pub(crate) fn spec(self, most: usize, steps: usize) -> Spec {
        let cut = |mut genes: Vec<Genes>, most: usize| {
            genes.truncate(most);
            genes
        };
        Spec {
            settings: self.settings,
            contacts: cut(self.contacts, most),
            tasks: cut(self.tasks, most),
            appointments: cut(self.appointments, most),
            correspondents: cut(self.correspondents, most),
            crm_tasks: cut(self.crm_tasks, most),
            calls: cut(self.calls, most),
            crm_appointments: cut(self.crm_appointments, most),
            steps: cut(self.steps, steps),
        }
    }
}
