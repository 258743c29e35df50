//! One declaration for a record, its patch, and what both need.

/// A field's value: how it is compared, and whether a host could read what is there.
pub trait FieldValue: Clone {
    /// Whether writing one over the other would change nothing a person sees.
    fn same(&self, other: &Self) -> bool;

    /// Whether the host could read it. What it could not read is never overwritten.
    fn is_readable(&self) -> bool {
        true
    }
}

impl FieldValue for crate::model::Text {
    fn same(&self, other: &Self) -> bool {
        Self::same(self, other)
    }

    fn is_readable(&self) -> bool {
        Self::is_readable(self)
    }
}

/// Compares by equality; always readable.
macro_rules! plain_field_values {
    ($($value:ty),* $(,)?) => {$(
        impl $crate::model::record::FieldValue for $value {
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    )*};
}
pub(crate) use plain_field_values;

plain_field_values!(
    bool,
    u32,
    Option<bool>,
    Option<String>,
    Option<chrono::NaiveDate>,
    Option<chrono::NaiveTime>,
    Option<chrono::NaiveDateTime>,
    Vec<String>,
);

/// What an update does to a record: the named fields get new values, the others stay.
pub trait Patch: Default {
    /// The record it changes.
    type Record;

    /// Writes the named values into a record.
    fn apply(self, record: &mut Self::Record);

    /// Drops every value the record shows already, or that would overwrite a field the host could
    /// not read; says whether any of the second sort was dropped.
    fn reduce(&mut self, current: &Self::Record) -> bool;

    /// The patch that names every field with the value a record has.
    fn of(record: &Self::Record) -> Self;

    /// Whether no field is named.
    fn is_empty(&self) -> bool;

    /// The names of the fields it writes, in the order of the record.
    fn fields(&self) -> Vec<&'static str>;
}

/// Declares a record and its patch.
///
/// `required` fields must be in its serialised form, every other has a default. `required` and
/// `identity` fields are never patched. Each of `fields` becomes an `Option` in the patch; each of
/// `blocks` is a record of its own with its own patch; each of `parts` is in the patch only, and is
/// written by a method of the record. `Debug` shows the first identity field only:
/// no log holds what a record says. What is named after `written by` is a trait of both: values are
/// written into a new record as into a patch; of blocks it names their own. What is `digested` tells all of its fields
/// to the [digest](crate::snapshot::Digester) of the record.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident, $patch:ident, id = $id:ident, $(digested by $digester:ident,)? $(written by $fields:ident $(($block_fields:ident))?,)?
        required { $( $(#[$rmeta:meta])* $rfield:ident : $rtype:ty, )* }
        identity { $( $(#[$imeta:meta])* $ifield:ident : $itype:ty, )* }
        fields { $( $(#[$fmeta:meta])* $field:ident : $ftype:ty, )* }
        blocks { $( $(#[$bmeta:meta])* $block:ident : $btype:ty => $bpatch:ty, )* }
        parts { $( $(#[$pmeta:meta])* $part:ident : $ptype:ty => $write:ident, $shows:ident, )* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$rmeta])* pub $rfield: $rtype, )*
            $( $(#[$imeta])* #[serde(default)] pub $ifield: $itype, )*
            $( $(#[$fmeta])* #[serde(default)] pub $field: $ftype, )*
            $( $(#[$bmeta])* #[serde(default)] pub $block: $btype, )*
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.debug_struct(stringify!($name)).field(stringify!($id), &self.$id).finish_non_exhaustive()
            }
        }

        #[doc = concat!("The new values an update gives to fields of a [`", stringify!($name), "`]; `None` leaves the field.")]
        #[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct $patch {
            $(
                #[doc = concat!("See [`field@", stringify!($name), "::", stringify!($field), "`].")]
                #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "crate::model::record::present")]
                pub $field: Option<$ftype>,
            )*
            $(
                #[doc = concat!("See [`field@", stringify!($name), "::", stringify!($block), "`].")]
                #[serde(skip_serializing_if = "crate::model::record::Patch::is_empty")]
                pub $block: $bpatch,
            )*
            $(
                $(#[$pmeta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $part: Option<$ptype>,
            )*
        }

        impl std::fmt::Debug for $patch {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(out, "{}{:?}", stringify!($patch), crate::model::record::Patch::fields(self))
            }
        }

        impl crate::model::record::Patch for $patch {
            type Record = $name;

            fn apply(self, record: &mut $name) {
                $( if let Some(value) = self.$field { record.$field = value; } )*
                $( crate::model::record::Patch::apply(self.$block, &mut record.$block); )*
                $( if let Some(value) = self.$part { record.$write(value); } )*
            }

            fn reduce(&mut self, current: &$name) -> bool {
                let mut withheld = false;
                $(
                    if let Some(value) = &self.$field {
                        if !crate::model::record::FieldValue::is_readable(&current.$field) {
                            withheld = true;
                            self.$field = None;
                        } else if crate::model::record::FieldValue::same(value, &current.$field) {
                            self.$field = None;
                        }
                    }
                )*
                $( withheld |= crate::model::record::Patch::reduce(&mut self.$block, &current.$block); )*
                $( if self.$part.as_ref().is_some_and(|value| current.$shows(value)) { self.$part = None; } )*
                withheld
            }

            fn of(record: &$name) -> Self {
                Self {
                    $( $field: Some(record.$field.clone()), )*
                    $( $block: crate::model::record::Patch::of(&record.$block), )*
                    ..Self::default()
                }
            }

            fn is_empty(&self) -> bool {
                $( self.$field.is_none() && )* $( crate::model::record::Patch::is_empty(&self.$block) && )*
                $( self.$part.is_none() && )* true
            }

            fn fields(&self) -> Vec<&'static str> {
                let mut names = Vec::new();
                $( if self.$field.is_some() { names.push(stringify!($field)); } )*
                $( if !crate::model::record::Patch::is_empty(&self.$block) { names.push(stringify!($block)); } )*
                $( if self.$part.is_some() { names.push(stringify!($part)); } )*
                names
            }
        }

        $crate::model::record::digested! {
            [$($digester)?] $name {
                $( $rfield: $rtype, )* $( $ifield: $itype, )* $( $field: $ftype, )* $( $block: $btype, )*
            }
        }

        $crate::model::record::fields! {
            [$($fields $($block_fields)?)?] $name, $patch,
            { $( $field: $ftype, )* } { $( $block, )* } { $( $part: $ptype => $write, )* }
        }
    };
}
pub(crate) use record;

/// Declares that a record tells all of its fields, if it does.
macro_rules! digested {
    ([] $($record:tt)*) => {};
    ([Digester] $($record:tt)*) => { $crate::snapshot::raw! { $($record)* } };
}
pub(crate) use digested;

/// Declares what a new record and a patch have in common: a place for each value.
macro_rules! fields {
    ([] $($rest:tt)*) => {};
    (
        [$fields:ident $($block_fields:ident)?] $name:ident, $patch:ident,
        { $( $field:ident : $ftype:ty, )* }
        $blocks:tt
        { $( $part:ident : $ptype:ty => $write:ident, )* }
    ) => {
        #[doc = concat!("What is written into: a new [`", stringify!($name), "`], or a patch of one.")]
        pub(crate) trait $fields {
            $( fn $field(&mut self, value: $ftype); )*
            $crate::model::record::fields! { @blocks [$($block_fields)?] $blocks }
            $( fn $part(&mut self, value: $ptype); )*
        }

        impl $fields for $name {
            $(
                #[inline]
                fn $field(&mut self, value: $ftype) {
                    self.$field = value;
                }
            )*
            $crate::model::record::fields! { @blocks of [$($block_fields)?] $blocks }
            $(
                #[inline]
                fn $part(&mut self, value: $ptype) {
                    self.$write(value);
                }
            )*
        }

        impl $fields for $patch {
            $(
                #[inline]
                fn $field(&mut self, value: $ftype) {
                    self.$field = Some(value);
                }
            )*
            $crate::model::record::fields! { @blocks of [$($block_fields)?] $blocks }
            $(
                #[inline]
                fn $part(&mut self, value: $ptype) {
                    self.$part = Some(value);
                }
            )*
        }
    };
    (@blocks [] {}) => {};
    (@blocks [$block_fields:ident] { $($block:ident,)* }) => {
        $( fn $block(&mut self) -> &mut impl $block_fields; )*
    };
    (@blocks of [] {}) => {};
    (@blocks of [$block_fields:ident] { $($block:ident,)* }) => {
        $(
            #[inline]
            fn $block(&mut self) -> &mut impl $block_fields {
                &mut self.$block
            }
        )*
    };
}
pub(crate) use fields;

/// Reads a field of a patch: named at all means named, also with null.
pub(crate) fn present<'de, T, D>(input: D) -> Result<Option<T>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    T::deserialize(input).map(Some)
}
