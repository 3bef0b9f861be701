//! Road time over floor time, on one core and on two.
//!
//! The road is a run as it is made every night, from a folder of reports to published tables. The floor is the least that
//! any such pipeline must do: read the same files, decode them, count the characters, and write the same tables, which are
//! in memory already, with the same Parquet settings. Both are measured in one process, one after the other.
//!
//! `cargo bench --bench floor` takes `data/reports` and, where it is there, `../shared/corpus`; with folders as arguments
//! (`-- FOLDER …`) those. Of a small folder the least of three times is told.

use arrow_array::RecordBatch;
use encoding_rs::GB18030;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;
use zhibiao::config::Config;
use zhibiao::run::{RunMode, run};
use zhibiao::tidy::{TableDescription, tables};
use zhibiao::write::Encoder;

/// Above this many bytes once is enough.
const SMALL: u64 = 100 << 20;
const TIMES: usize = 3;

fn main() {
    let mut inputs: Vec<PathBuf> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    if inputs.is_empty() {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        inputs = vec![project.join("data/reports"), project.join("../shared/corpus")];
    }
    println!(
        "| input | MB | M characters | threads | road s | M characters/s | floor s | of it tables | road / floor |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for input in inputs {
        if input.is_dir() {
            measure(&input);
        } else {
            println!("{}: not there, skipped", input.display());
        }
    }
}

/// The lines of one input: on one core, and on two.
fn measure(input: &Path) {
    let files = files(input);
    let bytes: u64 = files.iter().map(|file| fs::metadata(file).map_or(0, |data| data.len())).sum();
    let times = if bytes < SMALL { TIMES } else { 1 };
    for threads in [1, 2] {
        let output = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.read.inputs = vec![input.display().to_string()];
        config.write.output = output.path().display().to_string();
        config.run.threads = threads;
        let road = least(times, || {
            fs::remove_dir_all(output.path()).unwrap();
            run(&config, &RunMode::default(), &()).unwrap()
        });
        let stored = stored(&output.path().join("current"), &config);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut chars = 0;
        let text = least(times, || chars = pool.install(|| files.par_iter().map(|file| characters(file)).sum::<u64>()));
        let encoder = Encoder::new(&config.write).unwrap();
        let target = output.path().join("floor");
        let write = least(times, || pool.install(|| write(&stored, &encoder, &target)));
        println!(
            "| {} | {:.1} | {:.2} | {threads} | {road:.2} | {:.2} | {:.3} | {write:.3} | {:.1} |",
            input.file_name().unwrap_or_default().display(),
            bytes as f64 / 1e6,
            chars as f64 / 1e6,
            chars as f64 / 1e6 / road,
            text + write,
            road / (text + write),
        );
    }
}

/// The least time of some, in seconds.
fn least<T>(times: usize, mut work: impl FnMut() -> T) -> f64 {
    let time = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    };
    (0..times).map(time).fold(f64::INFINITY, f64::min)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The characters of a file.
fn characters(file: &Path) -> u64 {
    let bytes = fs::read(file).unwrap();
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text.into(),
        Err(_) => GB18030.decode(&bytes).0,
    };
    text.chars().count() as u64
}

/// The published tables in memory, one batch a row group.
fn stored(directory: &Path, config: &Config) -> Vec<(TableDescription, Vec<RecordBatch>)> {
    let descriptions = tables(&config.vocabulary().unwrap());
    let batches = |table: &TableDescription| {
        let file = File::open(directory.join(format!("{}.parquet", table.name))).unwrap();
        let groups = ParquetRecordBatchReaderBuilder::try_new(file.try_clone().unwrap()).unwrap();
        let groups = groups.metadata().num_row_groups();
        let group = |at| {
            let reader = ParquetRecordBatchReaderBuilder::try_new(file.try_clone().unwrap()).unwrap();
            let rows = reader.metadata().row_group(at).num_rows() as usize;
            reader.with_row_groups(vec![at]).with_batch_size(rows.max(1)).build().unwrap().map(Result::unwrap)
        };
        (0..groups).flat_map(group).collect::<Vec<_>>()
    };
    descriptions
        .into_iter()
        .map(|table| {
            let batches = batches(&table);
            (table, batches)
        })
        .collect()
}

/// Encodes and writes all tables, and brings them to the disk.
fn write(tables: &[(TableDescription, Vec<RecordBatch>)], encoder: &Encoder, directory: &Path) {
    fs::create_dir_all(directory).unwrap();
    let groups: Vec<_> = tables.iter().flat_map(|(table, rows)| rows.iter().map(move |rows| (table, rows))).collect();
    let mut open: HashMap<&str, File> = HashMap::new();
    for some in groups.chunks(64) {
        let encoded: Vec<_> = some.par_iter().map(|(table, rows)| encoder.encode(table, rows).unwrap()).collect();
        for ((table, _), encoded) in some.iter().zip(encoded) {
            let file = open
                .entry(table.name)
                .or_insert_with(|| File::create(directory.join(format!("{}.parquet", table.name))).unwrap());
            file.write_all(&encoded).unwrap();
        }
    }
    open.par_iter().for_each(|(_, file)| file.sync_all().unwrap());
}
