//! An id as programs see it: with its prefix on the wire, as a UUID in the database.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Type};
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type as Kind};

use super::ids::Prefixed;

/// `loc_019ab2c47e107cc39f4e5b1d2a3c4e5f` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Public<T>(pub T);

impl<T: std::fmt::Display> Serialize for Public<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de, T: Prefixed> Deserialize<'de> for Public<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = String::deserialize(from)?;
        let wrong = || de::Error::custom(format!("is not an id that begins with {}", T::PREFIX));
        T::parse(&written).map(Self).ok_or_else(wrong)
    }
}

impl<T: Type<Postgres>> Type<Postgres> for Public<T> {
    fn type_info() -> PgTypeInfo {
        T::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        T::compatible(ty)
    }
}

impl<T: PgHasArrayType> PgHasArrayType for Public<T> {
    fn array_type_info() -> PgTypeInfo {
        T::array_type_info()
    }
}

impl<'r, T: Decode<'r, Postgres>> Decode<'r, Postgres> for Public<T> {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        T::decode(value).map(Self)
    }
}

impl<T> Encode<'_, Postgres> for Public<T>
where
    T: for<'q> Encode<'q, Postgres>,
{
    fn encode_by_ref(&self, to: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.encode_by_ref(to)
    }
}

// What the derive asks of a generic type; `PartialSchema` follows from it.
impl<T: Prefixed> ComposeSchema for Public<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Kind::String)
            .pattern(Some(format!("^{}[0-9a-f]{{32}}$", T::PREFIX)))
            .into()
    }
}

impl<T: Prefixed> ToSchema for Public<T> {}
