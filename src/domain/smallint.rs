//! Enumerations stored as `smallint` (D25): never a Postgres enum, which costs a look-up
//! per connection and a migration per value.

/// Defines a field-less enum with an `i16` value and a name, and its diesel mapping.
///
/// `smallint_enum! { /// doc \n pub enum Name { /// doc \n Variant = 0 => "variant", … } }`
/// gives `as_str`, `from_name`, `ALL`, `Display`, serde by name, and `ToSql`/`FromSql`.
/// A number that no variant has is an error when read, never a default.
macro_rules! smallint_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $value:literal => $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::SmallInt)]
        #[repr(i16)]
        pub enum $name { $($(#[$vmeta])* $variant = $value),+ }

        impl $name {
            /// Every value, in the order of their numbers.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name that APIs, pages and the command line use.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The value of that name, if there is one.
            pub fn from_name(name: &str) -> Option<$name> {
                match name { $($text => Some($name::$variant),)+ _ => None }
            }

            /// The value stored as that number, if there is one.
            pub const fn from_number(number: i16) -> Option<$name> {
                match number { $($value => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::SmallInt, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                let number = *self as i16;
                diesel::serialize::ToSql::<diesel::sql_types::SmallInt, diesel::pg::Pg>::to_sql(
                    &number,
                    &mut out.reborrow(),
                )
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::SmallInt, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let number = <i16 as diesel::deserialize::FromSql<
                    diesel::sql_types::SmallInt,
                    diesel::pg::Pg,
                >>::from_sql(bytes)?;
                $name::from_number(number)
                    .ok_or_else(|| format!("{} has no value {number}", stringify!($name)).into())
            }
        }
    };
}

pub(crate) use smallint_enum;
