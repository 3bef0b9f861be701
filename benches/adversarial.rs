//! Texts and pages that a rule which looks too far would make slow: every pattern at n, 2n and 4n bytes. The throughput in bytes a
//! second is the same in all three while a stage is linear. `cargo bench --bench adversarial`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use zhibiao::config::Config;
use zhibiao::document::document;
use zhibiao::model::RawFile;
use zhibiao::vocab::Vocabulary;

/// The smallest size in bytes; the others are twice and four times as long.
const SMALLEST: usize = 100_000;
/// One line this long is read once a sample.
const LONG_LINE: usize = 10_000_000;

const HEAD: &str = "2021年政府工作报告\n各位代表：\n一、2020年工作回顾\n";

/// What is repeated up to the size.
const PATTERNS: &[(&str, &str)] = &[
    ("digits", "5"),
    ("chinese_digits", "五"),
    ("myriads", "万"),
    ("neighbours", "七八万"),
    ("mixed_parts", "1亿2千"),
    ("ordinals", "第"),
    ("points", "5."),
    ("thousands", "5,000"),
    ("letters", "1O"),
    ("fractions", "百分之"),
    ("ranges", "5%—"),
    ("ratios", "5:"),
    ("one_clause", "5个、"),
    ("respectively", "分别增长5%、"),
    ("parts", "其中5个，"),
    ("lines", "新增5个\n"),
    ("open_quotes", "“5个"),
    ("brackets", "（5个"),
    ("titles", "《5个》\n"),
    ("ranks", "全市第一、"),
    ("halves", "1个半"),
    ("doublings", "翻了"),
    ("dates", "2020年—"),
    ("questions", "5？"),
    ("spaces", "　"),
];

/// The same of a web page, inside its main text.
const PAGE_PATTERNS: &[(&str, &str)] = &[
    ("page_paragraphs", "<p>新增5个，"),
    ("page_cells", "<td>5<tr>"),
    ("page_inline", "<b>5</b>"),
    ("page_closed", "</p>"),
    ("page_rules", "<hr>"),
    ("page_entities", "&nbsp;5&amp;"),
    ("page_comments", "<!--5-->"),
    ("page_open_marks", "<a <a "),
];

fn page_of(pattern: &str, bytes: usize) -> RawFile {
    let text = "<p>全年新增停车位3000个，增长6%左右。</p>".repeat(20);
    let page =
        format!("<html><body><div>{text}<table>{}</table></div></body></html>", pattern.repeat(bytes / pattern.len()));
    RawFile::new("report.html", "html", page.into_bytes())
}

fn text_of(pattern: &str, bytes: usize) -> RawFile {
    let text = format!("{HEAD}{}\n", pattern.repeat(bytes / pattern.len()));
    RawFile::new("report.txt", "txt", text.into_bytes())
}

fn adversarial(criterion: &mut Criterion) {
    let vocabulary = Vocabulary::embedded().unwrap();
    let config = Config::default();
    let mut group = criterion.benchmark_group("adversarial");
    group.sample_size(10).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
    let texts = PATTERNS.iter().map(|pattern| (pattern, text_of as fn(&str, usize) -> RawFile));
    let pages = PAGE_PATTERNS.iter().map(|pattern| (pattern, page_of as fn(&str, usize) -> RawFile));
    for ((name, pattern), file_of) in texts.chain(pages) {
        for size in [SMALLEST, 2 * SMALLEST, 4 * SMALLEST] {
            let file = file_of(pattern, size);
            group.throughput(Throughput::Bytes(file.bytes.len() as u64));
            group.bench_function(BenchmarkId::new(*name, size), |bencher| {
                bencher.iter(|| document(black_box(&file), &config, &vocabulary));
            });
        }
    }
    // A report whose line breaks were lost.
    let file = text_of("全年新增停车位3000个，增长6%左右。", LONG_LINE);
    group.throughput(Throughput::Bytes(file.bytes.len() as u64));
    group.bench_function("one_line_of_10_mb", |bencher| {
        bencher.iter(|| document(black_box(&file), &config, &vocabulary));
    });
    group.finish();
}

criterion_group!(benches, adversarial);
criterion_main!(benches);
