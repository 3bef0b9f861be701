//! Throughput of every stage and of the whole road, in bytes of the inputs a second on one core: over `data/reports` and,
//! where it is there, over `../shared/corpus`. `cargo bench --bench pipeline`; the numbers of two commits are compared on one
//! machine, one after the other.

use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zhibiao::check::{CheckOptions, Expectations, Plan, check};
use zhibiao::config::Config;
use zhibiao::decode::decode;
use zhibiao::derive::{Written, tables_of};
use zhibiao::document::document;
use zhibiao::duplicates::Signature;
use zhibiao::extract::{Source, count_terms, extract};
use zhibiao::model::{DocumentOutcome, RawFile};
use zhibiao::normalize::normalize;
use zhibiao::parse::parse;
use zhibiao::piece::Maker;
use zhibiao::read::{list_inputs, read};
use zhibiao::run::{RunMode, run};
use zhibiao::tidy;
use zhibiao::vocab::Vocabulary;
use zhibiao::write::Encoder;

type Group<'g> = BenchmarkGroup<'g, criterion::measurement::WallTime>;

/// The folders that are measured, with the name of their group.
fn folders() -> Vec<(&'static str, PathBuf)> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [("data", project.join("data/reports")), ("corpus", project.join("../shared/corpus"))];
    let (there, missing): (Vec<_>, Vec<_>) = folders.into_iter().partition(|(_, folder)| folder.is_dir());
    missing.iter().for_each(|(name, _)| println!("{name}: not there, skipped"));
    there
}

fn stages(criterion: &mut Criterion) {
    // One thread, whatever takes part.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    for (name, folder) in folders() {
        let mut group = criterion.benchmark_group(name);
        group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(10));
        let mut config = Config::default();
        config.read.inputs = vec![folder.display().to_string()];
        config.run.threads = 1;
        let inputs = list_inputs(&config.read, Path::new(".")).unwrap();
        let files: Vec<RawFile> = inputs.iter().filter_map(|input| read(input, &config.read).0).collect();
        group.throughput(Throughput::Bytes(files.iter().map(|file| file.bytes.len() as u64).sum()));
        let vocabulary = config.vocabulary().unwrap();
        group.bench_function("read", |bencher| {
            bencher.iter(|| inputs.iter().filter_map(|input| read(input, &config.read).0).count());
        });
        document_stages(&mut group, &files, &config, &vocabulary);
        table_stages(&mut group, &files, &config, &vocabulary);
        group.finish();
    }
}

/// From bytes to the rows of each document.
fn document_stages(group: &mut Group, files: &[RawFile], config: &Config, vocabulary: &Vocabulary) {
    let decoded: Vec<_> = files.iter().filter_map(|file| Some((file, decode(file, config, vocabulary).0?))).collect();
    let normalized: Vec<_> = decoded.iter().map(|(_, decoded)| normalize(&decoded.text, vocabulary).0).collect();
    let parsed = |at: usize| {
        let (file, decoded) = &decoded[at];
        parse(&normalized[at], &file.label, &decoded.meta, vocabulary).0
    };
    let reports: Vec<_> = (0..decoded.len()).map(parsed).collect();
    let mut each = |name: &str, stage: &dyn Fn(usize)| {
        group.bench_function(name, |bencher| bencher.iter(|| (0..decoded.len()).for_each(stage)));
    };
    each("decode", &|at| drop(black_box(decode(decoded[at].0, config, vocabulary))));
    each("normalize", &|at| drop(black_box(normalize(&decoded[at].1.text, vocabulary))));
    each("parse", &|at| drop(black_box(parsed(at))));
    each("extract", &|at| {
        let (file, decoded) = &decoded[at];
        let source = Source::new(&decoded.text);
        drop(black_box(extract(&normalized[at], &source, &reports[at], &file.document_id, vocabulary)));
    });
    each("terms", &|at| {
        let (text, id) = (&normalized[at].text, decoded[at].0.document_id.as_str().into());
        drop(black_box(count_terms(text, &reports[at], &id, &vocabulary.dictionaries)));
    });
    each("signature", &|at| drop(black_box(Signature::of(&normalized[at].text))));
    each("document", &|at| drop(black_box(document(decoded[at].0, config, vocabulary))));
}

/// From rows to a published dataset.
fn table_stages(group: &mut Group, files: &[RawFile], config: &Config, vocabulary: &Vocabulary) {
    let outcomes: Vec<DocumentOutcome> = files.iter().map(|file| document(file, config, vocabulary)).collect();
    let sentences: Vec<_> = outcomes.iter().flat_map(|outcome| outcome.sentences.clone()).collect();
    let observations: Vec<_> = outcomes.into_iter().flat_map(|outcome| outcome.observations).collect();
    group.bench_function("tidy", |bencher| {
        bencher.iter(|| (tidy::SENTENCES.batch(&sentences).unwrap(), tidy::OBSERVATIONS.batch(&observations).unwrap()));
    });
    let tables = tidy::tables(vocabulary);
    let plan = Plan::new(&tables, Expectations::load(None, &tables).unwrap(), 0);
    let maker = Maker { encoder: Encoder::new(&config.write).unwrap(), plan };
    let batches = [
        (tidy::SENTENCES.describe(), tidy::SENTENCES.batch(&sentences).unwrap()),
        (tidy::OBSERVATIONS.describe(), tidy::OBSERVATIONS.batch(&observations).unwrap()),
    ];
    group.bench_function("write", |bencher| {
        bencher.iter(|| batches.iter().map(|(table, rows)| maker.table(table, rows).unwrap()).collect::<Vec<_>>());
    });

    let output = tempfile::tempdir().unwrap();
    let mut config = config.clone();
    config.write.output = output.path().display().to_string();
    let road = || {
        std::fs::remove_dir_all(output.path()).unwrap();
        run(&config, &RunMode::default(), &()).unwrap()
    };
    road();
    let directory = output.path().join("current");
    group.bench_function("derive", |bencher| {
        bencher.iter(|| {
            let written = Written::open(directory.clone(), vocabulary).unwrap();
            let derived = written.groups().iter().map(|documents| {
                let stated = written.stated(documents).unwrap();
                tables_of(&written.group(&stated, documents).unwrap(), vocabulary).unwrap()
            });
            derived.count()
        });
    });
    group.bench_function("check", |bencher| {
        bencher.iter(|| check(&directory, &tables, &CheckOptions::default()).unwrap());
    });
    group.bench_function("road", |bencher| bencher.iter(road));
}

fn vocabulary(criterion: &mut Criterion) {
    criterion.bench_function("vocabulary", |bencher| bencher.iter(|| Vocabulary::embedded().unwrap()));
}

criterion_group!(benches, stages, vocabulary);
criterion_main!(benches);
