//! The hash of a value: a fixed function of its serialised form.

use std::fmt::{Display, Write as _};
use std::hash::Hasher;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use siphasher::sip128::{Hasher128, SipHasher13};

/// The hash of what is serialised: the same on every platform, and in every version that has the same serialised form.
pub(crate) fn hash_of(value: &impl Serialize) -> [u64; 2] {
    let mut digest =
        Digest { hasher: SipHasher13::new(), waiting: Vec::with_capacity(2 * Digest::PAGE) };
    // What plans are made of holds nothing that the digest refuses.
    let _ = value.serialize(&mut digest);
    digest.finish()
}

/// Hashes what is told one after the other. Most of it is a few bytes long, and the hash takes a page at less cost
/// than a hundred of those.
struct Digest {
    hasher: SipHasher13,
    waiting: Vec<u8>,
}

impl Digest {
    /// How many bytes are hashed together.
    const PAGE: usize = 4096;

    fn tag(&mut self, tag: u8) {
        self.waiting.push(tag);
    }

    /// In line, because most lengths, those of names and numbers, are known where it is called.
    #[inline]
    fn bytes(&mut self, tag: u8, bytes: &[u8]) {
        let mut head = [tag; 1 + size_of::<u64>()];
        if let Some(length) = head.last_chunk_mut() {
            *length = (bytes.len() as u64).to_le_bytes();
        }
        self.waiting.extend_from_slice(&head);
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= Self::PAGE {
            self.hash_page();
        }
    }

    /// The same of a text that is shown piece by piece: instants are, and many.
    fn shown(&mut self, tag: u8, value: &impl Display) -> Outcome {
        self.tag(tag);
        let start = self.waiting.len() + size_of::<u64>();
        self.waiting.resize(start, 0);
        write!(Page(&mut self.waiting), "{value}").map_err(|_| NotHashable)?;
        let length = self.waiting.len().saturating_sub(start) as u64;
        if let Some(place) = self.waiting.get_mut(start - size_of::<u64>()..start) {
            place.copy_from_slice(&length.to_le_bytes());
        }
        if self.waiting.len() >= Self::PAGE {
            self.hash_page();
        }
        Ok(())
    }

    #[cold]
    fn hash_page(&mut self) {
        self.hasher.write(&self.waiting);
        self.waiting.clear();
    }

    fn finish(mut self) -> [u64; 2] {
        self.hasher.write(&self.waiting);
        let hash = self.hasher.finish128();
        [hash.h1, hash.h2]
    }
}

/// Bytes as a place for characters: those of an instant come one by one.
struct Page<'p>(&'p mut Vec<u8>);

impl std::fmt::Write for Page<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn write_char(&mut self, one: char) -> std::fmt::Result {
        match u8::try_from(one) {
            Ok(byte) if byte.is_ascii() => self.0.push(byte),
            _ => self.0.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        Ok(())
    }
}

/// What the digest refuses: nothing that occurs in a plan.
#[derive(Debug, thiserror::Error)]
#[error("not hashable")]
struct NotHashable;

impl serde::ser::Error for NotHashable {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Outcome = Result<(), NotHashable>;

macro_rules! numbers {
    ($($method:ident($number:ty) = $tag:literal;)*) => {$(
        fn $method(self, value: $number) -> Outcome {
            self.bytes($tag, &value.to_le_bytes());
            Ok(())
        }
    )*};
}

impl Serializer for &mut Digest {
    type Ok = ();
    type Error = NotHashable;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers! {
        serialize_i8(i8) = 1; serialize_i16(i16) = 2; serialize_i32(i32) = 3; serialize_i64(i64) = 4;
        serialize_u8(u8) = 5; serialize_u16(u16) = 6; serialize_u32(u32) = 7; serialize_u64(u64) = 8;
        serialize_f32(f32) = 9; serialize_f64(f64) = 10;
    }

    fn serialize_bool(self, value: bool) -> Outcome {
        self.bytes(11, &[u8::from(value)]);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Outcome {
        self.serialize_u32(u32::from(value))
    }

    fn serialize_str(self, value: &str) -> Outcome {
        self.bytes(12, value.as_bytes());
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Outcome {
        self.shown(12, &value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Outcome {
        self.bytes(13, value);
        Ok(())
    }

    fn serialize_none(self) -> Outcome {
        self.tag(14);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Outcome {
        self.tag(15);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome {
        self.tag(16);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Outcome {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Outcome {
        self.bytes(17, variant.as_bytes());
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Outcome {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Outcome {
        self.bytes(17, variant.as_bytes());
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, NotHashable> {
        self.tag(18);
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, NotHashable> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, NotHashable> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, NotHashable> {
        self.bytes(17, variant.as_bytes());
        self.serialize_seq(None)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, NotHashable> {
        self.tag(19);
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, NotHashable> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, NotHashable> {
        self.bytes(17, variant.as_bytes());
        self.serialize_map(None)
    }
}

macro_rules! sequences {
    ($($trait:ident::$method:ident,)*) => {$(
        impl $trait for &mut Digest {
            type Ok = ();
            type Error = NotHashable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
                value.serialize(&mut **self)
            }

            fn end(self) -> Outcome {
                self.tag(20);
                Ok(())
            }
        }
    )*};
}

sequences! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

macro_rules! structs {
    ($($trait:ident,)*) => {$(
        impl $trait for &mut Digest {
            type Ok = ();
            type Error = NotHashable;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Outcome {
                self.bytes(21, key.as_bytes());
                value.serialize(&mut **self)
            }

            fn end(self) -> Outcome {
                self.tag(20);
                Ok(())
            }
        }
    )*};
}

structs! { SerializeStruct, SerializeStructVariant, }

impl SerializeMap for &mut Digest {
    type Ok = ();
    type Error = NotHashable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Outcome {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        value.serialize(&mut **self)
    }

    fn end(self) -> Outcome {
        self.tag(20);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use siphasher::sip128::SipHasher13;

    use super::{Digest, Outcome};
    use serde::ser::Serializer as _;

    fn digest(told: impl Fn(&mut Digest) -> Outcome) -> [u64; 2] {
        let mut digest = Digest { hasher: SipHasher13::new(), waiting: Vec::new() };
        for _ in 0..3 {
            told(&mut digest).unwrap();
        }
        digest.finish()
    }

    #[test]
    fn what_is_shown_piece_by_piece_has_the_hash_of_its_text() {
        for text in ["", "2026-03-01T09:00:00Z", "d\u{e9}j\u{e0}", &"x".repeat(Digest::PAGE)] {
            let whole = digest(|digest| digest.serialize_str(&format!("{text}|{text}|\u{e9}")));
            let pieces = digest(|digest| {
                digest.collect_str(&format_args!("{text}{}{text}|{}", '|', '\u{e9}'))
            });
            assert_eq!(pieces, whole, "{text:?}");
        }
    }
}
