//! Which mailbox belongs to which CRM folder: once, so that two links never fight over the same records (A1.23).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A mailbox and the CRM folder it is synchronised with, as a host has them configured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreLink {
    /// The store's id.
    pub store: String,
    /// The server the folder lies on.
    pub server: String,
    /// The CRM folder.
    pub folder: String,
    /// The X3 user.
    pub user: String,
}

/// The places of configured links whose store, or whose folder and user, occur in another one as well (A1.23,
/// A1.30): none of them may be run before a person has chosen.
///
/// ```
/// use counterpart::profiles::outlook_x3::{StoreLink, repeated_links};
///
/// let link = |store: &str, user: &str| StoreLink {
///     store: store.to_owned(),
///     server: "x3".to_owned(),
///     folder: "SEED".to_owned(),
///     user: user.to_owned(),
/// };
/// assert_eq!(repeated_links(&[link("a", "U1"), link("b", "U2"), link("a", "U3")]), [0, 2]);
/// ```
pub fn repeated_links(links: &[StoreLink]) -> Vec<usize> {
    let mut stores: BTreeMap<&str, u32> = BTreeMap::new();
    let mut users: BTreeMap<[&str; 3], u32> = BTreeMap::new();
    for link in links {
        *stores.entry(&link.store).or_default() += 1;
        *users.entry([&link.server, &link.folder, &link.user]).or_default() += 1;
    }
    let repeated = |link: &StoreLink| {
        let user = [link.server.as_str(), link.folder.as_str(), link.user.as_str()];
        stores.get(link.store.as_str()).is_some_and(|count| *count > 1)
            || users.get(&user).is_some_and(|count| *count > 1)
    };
    links.iter().enumerate().filter(|(_, link)| repeated(link)).map(|(place, _)| place).collect()
}
