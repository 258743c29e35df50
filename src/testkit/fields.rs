//! The fields of a profile's records, one after the other.

use super::Difference;
use crate::model::Text;

/// A value of a type with some of its fields filled.
pub(super) fn filled<T: Default>(fill: impl FnOnce(&mut T)) -> T {
    let mut value = T::default();
    fill(&mut value);
    value
}

/// A record of one sort.
pub(super) trait Fields {
    type Patch;

    /// Adds the fields in which it differs from another one.
    fn compare(&self, other: &Self, found: &mut Found);

    /// A patch that names every field.
    fn whole(&self) -> Self::Patch;
}

/// The differences found so far, and the block that is compared.
#[derive(Default)]
pub(super) struct Found {
    pub(super) all: Vec<Difference>,
    pub(super) block: Option<&'static str>,
}

impl Found {
    pub(super) fn add(&mut self, name: &'static str, texts: Option<(Text, Text)>) {
        let place = self.block.map_or_else(|| name.to_owned(), |block| format!("{block}.{name}"));
        self.all.push(Difference { place, field: self.block.unwrap_or(name), texts });
    }

    pub(super) fn text(&mut self, name: &'static str, one: &Text, other: &Text) {
        if !one.same(other) {
            self.add(name, Some((one.clone(), other.clone())));
        }
    }

    pub(super) fn plain<T: PartialEq>(&mut self, name: &'static str, one: &T, other: &T) {
        if one != other {
            self.add(name, None);
        }
    }
}

/// Declares the fields of a sort of record; one that is missing here does not compile.
macro_rules! fields {
    ($type:ident, $patch:ident:
        skip { $($skip:ident),* }
        fixed { $($fixed:ident),* }
        texts { $($text:ident),* }
        plain { $($plain:ident),* }
        blocks { $($block:ident),* }
    ) => {
        impl Fields for $type {
            type Patch = $patch;

            fn compare(&self, other: &Self, found: &mut Found) {
                let Self {
                    $($skip: _,)* $($fixed,)* $($text,)* $($plain,)* $($block,)*
                } = self;
                $( found.plain(stringify!($fixed), $fixed, &other.$fixed); )*
                $( found.text(stringify!($text), $text, &other.$text); )*
                $( found.plain(stringify!($plain), $plain, &other.$plain); )*
                $(
                    found.block = Some(stringify!($block));
                    $block.compare(&other.$block, found);
                    found.block = None;
                )*
            }

            fn whole(&self) -> $patch {
                crate::testkit::fields::filled(|patch: &mut $patch| {
                    $( patch.$text = Some(self.$text.clone()); )*
                    $( patch.$plain = Some(self.$plain.clone()); )*
                    $( patch.$block = self.$block.whole(); )*
                })
            }
        }
    };
}
pub(super) use fields;
