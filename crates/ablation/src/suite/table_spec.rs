//! Tables as written, each of their keys named once.

/// Declares a table: `key: type = how("example")` makes a field of the struct and a key of `KEYS`, read by that method
/// of [`Reader`](super::reader::Reader).
macro_rules! table_spec {
    ($($(#[$about:meta])* $name:ident { $($key:ident: $type:ty = $how:ident $(($example:literal))?,)* })*) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub(super) struct $name { $(pub(super) $key: Field<$type>,)* }

        impl $name {
            pub(super) const KEYS: &[&'static str] = &[$(stringify!($key)),*];

            /// Reads these keys of a table that may have others.
            pub(super) fn read_keys(reader: &Reader<'_>, problems: &mut Problems) -> Self {
                Self { $($key: reader.$how(stringify!($key), $($example,)? problems),)* }
            }
        }

        impl Keys for $name {
            fn place_of(&self, key: &str) -> Option<&Place> {
                match key {
                    $(stringify!($key) => self.$key.given().map(|given| &given.place),)*
                    _ => None,
                }
            }

            fn all_read(&self) -> bool {
                $(!matches!(self.$key, Field::Bad))&&*
            }
        }

        impl Read for $name {
            fn read(name: &str, written: &Placed<Value>, problems: &mut Problems) -> Option<Self> {
                let table = Table::read(name, written, problems)?;
                let reader = Reader::new(&table, &written.place, name, Self::KEYS, problems);
                Some(Self::read_keys(&reader, problems))
            }
        }
    )* };
}

pub(super) use table_spec;
