//! Cells of published tables: digests to compare them by, texts to show.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use crate::model::Date;

/// New id to old id, both as digests, of what is the same under another id.
pub(super) type Renamed = HashMap<u64, u64>;

/// Whether tables hold cells of a type.
pub(super) fn is_plain(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::Int32 | DataType::Int64 | DataType::Float64 | DataType::Boolean | DataType::Date32
    )
}

/// The digest of a text.
pub(super) fn text_digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u8(1);
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// The digest of a cell that is no text; doubles by their bits.
fn bits_digest(bits: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u64(bits);
    hasher.finish()
}

/// The digest of a cell; 0 without a value.
pub(super) fn digest(column: &ArrayRef, row: usize) -> u64 {
    if column.is_null(row) {
        return 0;
    }
    match column.data_type() {
        DataType::Utf8 => text_digest(column.as_string::<i32>().value(row)),
        DataType::Int32 => bits_digest(column.as_primitive::<Int32Type>().value(row) as u64),
        DataType::Int64 => bits_digest(column.as_primitive::<Int64Type>().value(row) as u64),
        DataType::Float64 => bits_digest(column.as_primitive::<Float64Type>().value(row).to_bits()),
        DataType::Date32 => bits_digest(column.as_primitive::<Date32Type>().value(row) as u64),
        DataType::Boolean => bits_digest(u64::from(column.as_boolean().value(row))),
        _ => 0,
    }
}

/// A cell as a text; `None` without a value.
pub(super) fn text(column: &ArrayRef, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_string(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Date32 => Date::from_days(column.as_primitive::<Date32Type>().value(row)).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        _ => return None,
    })
}

/// Several digests as one.
pub(super) fn together(digests: impl Iterator<Item = u64>) -> u64 {
    let mut hasher = DefaultHasher::new();
    digests.for_each(|digest| hasher.write_u64(digest));
    hasher.finish()
}
