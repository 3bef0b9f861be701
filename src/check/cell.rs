//! The columns of some rows, and the values in them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use twox_hash::XxHash64;

use crate::model::Date;

/// No UTF-8 text has this byte: where a text ends in what is digested.
const END_OF_TEXT: u8 = 0xff;

/// The value of a column in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Double(f64),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
}

impl<'a> Cell<'a> {
    pub fn number(self) -> Option<f64> {
        match self {
            Cell::Integer(number) => Some(number as f64),
            Cell::Double(number) => Some(number),
            Cell::Date(days) => Some(f64::from(days)),
            Cell::Null | Cell::Text(_) | Cell::Boolean(_) => None,
        }
    }

    pub fn text(self) -> Option<&'a str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Appends what is digested of the value; `None` where there is none.
    fn append_to(self, bytes: &mut Vec<u8>) -> Option<()> {
        match self {
            Cell::Null => return None,
            Cell::Text(text) => {
                bytes.extend(text.as_bytes());
                bytes.push(END_OF_TEXT);
            }
            Cell::Integer(number) => bytes.extend(number.to_le_bytes()),
            Cell::Double(number) => bytes.extend(number.to_bits().to_le_bytes()),
            Cell::Boolean(flag) => bytes.push(flag.into()),
            Cell::Date(days) => bytes.extend(days.to_le_bytes()),
        }
        Some(())
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Null => f.write_str("null"),
            Cell::Text(text) => write!(f, "{}", text.replace(['\n', '\t'], " ")),
            Cell::Integer(number) => write!(f, "{number}"),
            Cell::Double(number) => write!(f, "{number}"),
            Cell::Boolean(flag) => write!(f, "{flag}"),
            Cell::Date(days) => write!(f, "{}", Date::from_days(*days)),
        }
    }
}

/// The values of a column in some rows.
#[derive(Clone, Copy)]
pub(super) enum Column<'a> {
    /// A column that is not there holds nothing.
    Absent,
    Text(&'a StringArray),
    Int32(&'a Int32Array),
    Int64(&'a Int64Array),
    Double(&'a Float64Array),
    Boolean(&'a BooleanArray),
    Date(&'a Date32Array),
}

impl<'a> Column<'a> {
    /// A column of a type that no table has counts as absent; definitions are held against files before.
    fn new(array: &'a dyn Array) -> Column<'a> {
        match array.data_type() {
            DataType::Utf8 => Column::Text(array.as_string()),
            DataType::Int32 => Column::Int32(array.as_primitive::<Int32Type>()),
            DataType::Int64 => Column::Int64(array.as_primitive::<Int64Type>()),
            DataType::Float64 => Column::Double(array.as_primitive::<Float64Type>()),
            DataType::Boolean => Column::Boolean(array.as_boolean()),
            DataType::Date32 => Column::Date(array.as_primitive::<Date32Type>()),
            _ => Column::Absent,
        }
    }

    /// How many rows have a value.
    pub fn count(self) -> usize {
        let array: &dyn Array = match self {
            Column::Absent => return 0,
            Column::Text(array) => array,
            Column::Int32(array) => array,
            Column::Int64(array) => array,
            Column::Double(array) => array,
            Column::Boolean(array) => array,
            Column::Date(array) => array,
        };
        array.len() - array.null_count()
    }

    pub fn cell(self, row: usize) -> Cell<'a> {
        match self {
            Column::Text(array) if array.is_valid(row) => Cell::Text(array.value(row)),
            Column::Int32(array) if array.is_valid(row) => Cell::Integer(array.value(row).into()),
            Column::Int64(array) if array.is_valid(row) => Cell::Integer(array.value(row)),
            Column::Double(array) if array.is_valid(row) => Cell::Double(array.value(row)),
            Column::Boolean(array) if array.is_valid(row) => Cell::Boolean(array.value(row)),
            Column::Date(array) if array.is_valid(row) => Cell::Date(array.value(row)),
            _ => Cell::Null,
        }
    }

    pub fn number(self, row: usize) -> Option<f64> {
        self.cell(row).number()
    }

    pub fn text(self, row: usize) -> Option<&'a str> {
        self.cell(row).text()
    }
}

/// The texts of a column, each once, and which of them every row has: what is asked of a text is asked once.
pub(super) struct Coded<'a> {
    /// One for every row: 0 where it has no text, else the place of the text in `texts` and one more.
    codes: Vec<u32>,
    texts: Vec<&'a str>,
}

impl<'a> Coded<'a> {
    fn of(column: Column<'a>, len: usize) -> Coded<'a> {
        let mut coded = Coded { codes: Vec::with_capacity(len), texts: Vec::new() };
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut last = (None, 0);
        for row in 0..len {
            let text = column.text(row);
            // Rows with the same text mostly follow each other.
            if text != last.0 {
                let code = text.map(|text| {
                    *known.entry(text).or_insert_with(|| {
                        coded.texts.push(text);
                        coded.texts.len() as u32
                    })
                });
                last = (text, code.unwrap_or(0));
            }
            coded.codes.push(last.1);
        }
        coded
    }

    /// Asks something of every text.
    pub fn told(self: Rc<Self>, of: impl Fn(&str) -> bool) -> Told<'a> {
        let told: Vec<Option<bool>> = [None].into_iter().chain(self.texts.iter().map(|text| Some(of(text)))).collect();
        Told { told, coded: self }
    }
}

/// What is told of the texts of a column.
pub(super) struct Told<'a> {
    coded: Rc<Coded<'a>>,
    /// By the codes of the texts.
    told: Vec<Option<bool>>,
}

impl Told<'_> {
    /// What is told of the text of a row; `None` where it has none.
    pub fn of(&self, row: usize) -> Option<bool> {
        self.told[self.coded.codes[row] as usize]
    }
}

/// Some columns of some rows.
pub(super) struct Batch<'a> {
    columns: Vec<(&'a str, Column<'a>)>,
    len: usize,
    /// The columns whose texts were asked for.
    coded: RefCell<HashMap<String, Rc<Coded<'a>>>>,
}

impl<'a> Batch<'a> {
    pub fn new(batch: &'a RecordBatch) -> Batch<'a> {
        let fields = batch.schema_ref().fields().iter().zip(batch.columns());
        let columns = fields.map(|(field, array)| (field.name().as_str(), Column::new(array.as_ref())));
        Batch { columns: columns.collect(), len: batch.num_rows(), coded: RefCell::default() }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn column(&self, name: &str) -> Column<'a> {
        let column = self.columns.iter().find(|(known, _)| *known == name);
        column.map_or(Column::Absent, |(_, column)| *column)
    }

    /// The texts of a column.
    pub fn coded(&self, name: &str) -> Rc<Coded<'a>> {
        let mut coded = self.coded.borrow_mut();
        if let Some(known) = coded.get(name) {
            return Rc::clone(known);
        }
        let new = Rc::new(Coded::of(self.column(name), self.len));
        coded.insert(name.to_string(), Rc::clone(&new));
        new
    }

    /// Gives for a row the digest of its values in some columns; `None` where one of them is missing. Digests are kept
    /// from run to run, so they are XXH64, which is the same in every program.
    pub fn digests(&self, columns: &[String]) -> impl FnMut(usize) -> Option<u64> + use<'a> {
        let columns: Vec<Column> = columns.iter().map(|name| self.column(name)).collect();
        let mut bytes = Vec::new();
        move |row| {
            bytes.clear();
            columns.iter().try_for_each(|column| column.cell(row).append_to(&mut bytes))?;
            Some(XxHash64::oneshot(0, &bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn digests_are_those_of_xxh64_and_tell_columns_apart() {
        let text = |values: [Option<&str>; 3]| Arc::new(StringArray::from(values.to_vec())) as _;
        let columns: [(&str, arrow_array::ArrayRef); 3] = [
            ("a", text([Some("ab"), Some("a"), Some("a")])),
            ("b", text([Some("c"), Some("bc"), None])),
            ("n", Arc::new(Int32Array::from(vec![7, 7, 8]))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let batch = Batch::new(&batch);
        let digests = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
            let mut digests = batch.digests(&names);
            [0, 1, 2].map(&mut digests)
        };
        // XXH64 of no bytes at all, from its specification.
        assert_eq!(digests(&[]), [Some(0xef46_db37_51d8_e999); 3]);
        assert_eq!(digests(&["n"])[0], Some(XxHash64::oneshot(0, &[7, 0, 0, 0, 0, 0, 0, 0])));
        let [first, second, third] = digests(&["a", "b"]);
        assert_eq!(first, Some(XxHash64::oneshot(0, b"ab\xffc\xff")));
        assert_ne!(first, second);
        assert_eq!(third, None);
        assert_eq!(digests(&["n", "absent"]), [None; 3]);
    }

    #[test]
    fn a_text_is_asked_for_once_whichever_rows_have_it() {
        let texts = StringArray::from(vec![Some("a"), Some("b"), None, Some("a")]);
        let batch = RecordBatch::try_from_iter([("t", Arc::new(texts) as arrow_array::ArrayRef)]).unwrap();
        let asked = std::cell::Cell::new(0);
        let told = Batch::new(&batch).coded("t").told(|text| {
            asked.set(asked.get() + 1);
            text == "a"
        });
        assert_eq!([0, 1, 2, 3].map(|row| told.of(row)), [Some(true), Some(false), None, Some(true)]);
        assert_eq!(asked.get(), 2);
        assert_eq!(Batch::new(&batch).coded("absent").told(|_| true).of(0), None);
    }
}
