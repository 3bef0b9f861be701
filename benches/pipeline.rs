//! Throughput of each stage in bytes a second, over the sample reports put end to end.
//! `cargo bench`; the numbers of two commits are compared on one machine.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;
use zhibiao::config::Config;
use zhibiao::decode::{DecodeOptions, decode, decode_bytes};
use zhibiao::document::document;
use zhibiao::extract::{Source, extract};
use zhibiao::model::{Meta, RawFile};
use zhibiao::normalize::normalize;
use zhibiao::parse::parse;
use zhibiao::vocab::Vocabulary;

/// All sample reports as one text in UTF-8. Repeated paragraphs are cut by the program, so every report is taken once.
fn sample() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/reports");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let decoded = paths
        .into_iter()
        .map(|path| decode_bytes(&std::fs::read(path).unwrap(), None, &DecodeOptions::default()).0.unwrap().text);
    decoded.collect::<Vec<_>>().join("\n")
}

fn raw_file(bytes: Vec<u8>) -> RawFile {
    RawFile::new("sample.txt", "txt", bytes)
}

fn stages(criterion: &mut Criterion) {
    let vocabulary = Vocabulary::embedded().unwrap();
    let config = Config::default();
    let text = sample();
    let file = raw_file(text.clone().into_bytes());
    let (normalized, _) = normalize(&text, &vocabulary);
    let (report, _) = parse(&normalized, "sample.txt", &Meta::default(), &vocabulary);

    let mut group = criterion.benchmark_group("pipeline");
    group.throughput(Throughput::Bytes(file.bytes.len() as u64));
    group.bench_function("decode", |bencher| bencher.iter(|| decode(black_box(&file), &config, &vocabulary)));
    group.bench_function("normalize", |bencher| bencher.iter(|| normalize(black_box(&text), &vocabulary)));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| parse(black_box(&normalized), "sample.txt", &Meta::default(), &vocabulary))
    });
    group.bench_function("extract", |bencher| {
        bencher.iter(|| extract(black_box(&normalized), &Source::new(&text), &report, "sample", &vocabulary));
    });
    group.bench_function("document", |bencher| bencher.iter(|| document(black_box(&file), &config, &vocabulary)));
    group.finish();
}

fn vocabulary(criterion: &mut Criterion) {
    criterion.bench_function("vocabulary", |bencher| bencher.iter(|| Vocabulary::embedded().unwrap()));
}

criterion_group!(benches, stages, vocabulary);
criterion_main!(benches);
