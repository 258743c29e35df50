//! The field groups an operation carries.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::schema::Kind;

/// Field groups of a kind, by name, in the order in which they were carried. They are kept by their places: a plan has
/// such a list for each operation.
#[derive(Clone)]
pub struct Groups<K> {
    kind: K,
    places: Box<[u8]>,
}

impl<K: Kind> Groups<K> {
    /// The groups that stand at places of [`Kind::groups`].
    pub(crate) fn new(kind: K, mut places: Vec<u8>) -> Self {
        places.retain(|place| name(kind, *place).is_some());
        Self { kind, places: places.into_boxed_slice() }
    }

    /// The names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'static str> + '_ {
        self.places.iter().map(|place| name(self.kind, *place).unwrap_or_default())
    }

    /// Takes all of them away, where a plan is shown without them.
    pub fn clear(&mut self) {
        self.places = Box::default();
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

fn name<K: Kind>(kind: K, place: u8) -> Option<&'static str> {
    kind.groups().get(usize::from(place)).copied()
}

impl<K: Kind> PartialEq for Groups<K> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Kind> fmt::Debug for Groups<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.iter()).finish()
    }
}

impl<K: Kind> Serialize for Groups<K> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.iter())
    }
}

impl<'de, K: Kind> Deserialize<'de> for Groups<K> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(input)?;
        let place = |kind: &K, name: &String| {
            let place = kind.groups().iter().position(|one| one == name)?;
            u8::try_from(place).ok()
        };
        // Kinds share names; any that has all of them will do.
        let of_kind =
            |kind: &K| names.iter().map(|name| place(kind, name)).collect::<Option<Vec<_>>>();
        let found = K::ALL.iter().find_map(|kind| Some(Self::new(*kind, of_kind(kind)?)));
        found.ok_or_else(|| D::Error::custom("no kind has these field groups"))
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;
    use crate::profiles::outlook_x3::Kind;
    use crate::schema::Kind as _;

    #[test]
    fn they_are_read_by_their_names() {
        for kind in Kind::ALL {
            let last = kind.groups().len() - 1;
            let places = [last, 0, 200, 1].map(|place| u8::try_from(place).unwrap());
            let groups = Groups::new(*kind, places.to_vec());
            let names = [last, 0, 1].map(|place| kind.groups()[place]);
            assert!(groups.iter().eq(names));
            let json = serde_json::to_string(&groups).unwrap();
            assert_eq!(json, serde_json::to_string(&names).unwrap());
            assert_eq!(serde_json::from_str::<Groups<Kind>>(&json).unwrap(), groups);
        }
        assert!(serde_json::from_str::<Groups<Kind>>(r#"["no group"]"#).is_err());
    }
}
