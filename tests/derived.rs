//! The derived tables of the sample reports in `data/reports`, as the whole program makes them.

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

use common::root;
use parquet::file::reader::{FileReader, SerializedFileReader};
use zhibiao::config::Config;

/// A row by the names of its columns; no value is an empty text.
type Row = BTreeMap<String, String>;

struct Sample {
    folder: tempfile::TempDir,
}

impl Sample {
    /// The sample is run once for all tests.
    fn get() -> &'static Sample {
        static SAMPLE: OnceLock<Sample> = OnceLock::new();
        SAMPLE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let text = std::fs::read_to_string(root().join("pipeline.toml")).unwrap();
            let mut config = Config::parse(&text, root().to_path_buf()).unwrap();
            config.write.output = folder.path().join("tables").to_string_lossy().into_owned();
            zhibiao::run::run(&config, &text, &|_, _, _| ()).unwrap();
            Sample { folder }
        })
    }

    fn current(&self) -> std::path::PathBuf {
        self.folder.path().join("tables/current")
    }

    fn rows(&self, table: &str) -> Vec<Row> {
        rows(&self.current().join(format!("{table}.parquet")))
    }
}

fn rows(path: &Path) -> Vec<Row> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let field = |field: &parquet::record::Field| match field {
            parquet::record::Field::Null => String::new(),
            parquet::record::Field::Str(text) => text.clone(),
            parquet::record::Field::Double(number) => number.to_string(),
            other => other.to_string(),
        };
        row.get_column_iter().map(|(name, value)| (name.clone(), field(value))).collect()
    });
    rows.collect()
}
