//! Runs one after another over the same output: what is taken over, what is made anew, and that it is the same as if all
//! had been made at once.

mod common;

use common::{Part, report_of};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zhibiao::Error;
use zhibiao::config::Config;
use zhibiao::manifest::Manifest;
use zhibiao::run::{RunMode, Summary, run};
use zhibiao::verify::verify;
use zhibiao::watch::{Stage, Watch};

/// Enough for some chunks.
const REPORTS: usize = 150;

/// A folder with reports and an output.
struct Shop {
    folder: TempDir,
    config: Config,
}

impl Shop {
    fn new() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("reports")).unwrap();
        let text = "[read]\ninputs = [\"reports\"]\n[write]\noutput = \"tables\"\n[run]\nthreads = 2\n";
        let config = Config::parse(text, folder.path().to_path_buf()).unwrap();
        let shop = Shop { folder, config };
        (0..REPORTS).for_each(|number| shop.write(number, "增长5.1%"));
        shop
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("reports/{number:03}.txt"))
    }

    /// A report of one of some places, with numbers of its own.
    fn write(&self, number: usize, growth: &str) {
        let place = ["保定市", "深圳市", "驻马店市", "东城区", "朝阳区", "河北省"][number % 6];
        let value = 1000 + 7 * number;
        let text =
            report_of(place, Part::Review, &format!("地区生产总值{value}亿元，{growth}。新建公路{number}.5公里。"));
        fs::write(self.path(number), text).unwrap();
    }

    fn run(&self) -> Summary {
        self.run_with(&RunMode::default()).unwrap()
    }

    fn run_with(&self, options: &RunMode) -> Result<Summary, Error> {
        run(&self.config, options, &())
    }

    /// All that a full run over the same reports publishes is published here.
    fn assert_as_made_at_once(&self, summary: &Summary) {
        let mut config = self.config.clone();
        config.write.output = "at_once".into();
        config.run.threads = 1;
        let whole = run(&config, &RunMode { cache: false, ..RunMode::default() }, &()).unwrap();
        assert_eq!((whole.cached, whole.is_new), (0, true));
        assert_eq!(whole.published.version, summary.published.version);
        assert_eq!(files(&whole.published.directory), files(&summary.published.directory));
        assert!(!self.folder.path().join("at_once/.cache").exists());
        fs::remove_dir_all(self.folder.path().join("at_once")).unwrap();
    }

    fn changes(summary: &Summary) -> Vec<String> {
        let differences = summary.differences.as_ref().unwrap();
        assert!(differences.program.is_none() && differences.options.is_empty() && differences.vocabulary.is_empty());
        differences.inputs.iter().map(|input| format!("{} {}", input.name, input.kind())).collect()
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("tables/.cache")
    }
}

/// The files of a directory with their bytes.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn only_what_is_new_is_read_and_the_bytes_are_those_of_a_full_run() {
    let shop = Shop::new();
    let first = shop.run();
    assert_eq!((first.documents, first.cached, first.rows("observations")), (REPORTS, 0, 3 * REPORTS as u64));
    assert!(first.differences.is_none());
    shop.assert_as_made_at_once(&first);

    // Nothing new.
    let again = shop.run();
    assert_eq!((again.is_new, again.documents), (false, REPORTS));
    assert_eq!(again.published, first.published);
    assert_eq!(Shop::changes(&again), [] as [&str; 0]);

    // One more in the middle, one changed, one gone.
    shop.write(500, "增长6.2%");
    fs::rename(shop.path(500), shop.folder.path().join("reports/070b.txt")).unwrap();
    let second = shop.run();
    assert_eq!((second.documents, second.cached), (REPORTS + 1, REPORTS));
    assert_eq!(Shop::changes(&second), ["070b.txt new"]);
    shop.assert_as_made_at_once(&second);
    shop.write(3, "下降0.4%");
    let third = shop.run();
    assert_eq!((third.documents, third.cached), (REPORTS + 1, REPORTS));
    assert_eq!(Shop::changes(&third), ["003.txt changed"]);
    shop.assert_as_made_at_once(&third);
    fs::remove_file(shop.path(149)).unwrap();
    let fourth = shop.run();
    assert_eq!((fourth.documents, fourth.cached), (REPORTS, REPORTS));
    assert_eq!(Shop::changes(&fourth), ["149.txt vanished"]);
    shop.assert_as_made_at_once(&fourth);

    // Back to an earlier state: that version is still there.
    let back = || {
        fs::remove_file(shop.folder.path().join("reports/070b.txt")).unwrap();
        shop.write(3, "增长5.1%");
        shop.write(149, "增长5.1%");
    };
    back();
    let fifth = shop.run();
    assert_eq!((fifth.is_new, &fifth.published), (false, &first.published));
    let current = fs::read_link(shop.folder.path().join("tables/current")).unwrap();
    assert_eq!(current.file_name().unwrap().to_string_lossy(), first.published.version);
}

#[test]
fn the_same_bytes_under_two_names_are_kept_once_wherever_they_stand() {
    let shop = Shop::new();
    shop.run();
    // The copy stands before the file it was made of, so the other one becomes the copy.
    fs::copy(shop.path(80), shop.folder.path().join("reports/010b.txt")).unwrap();
    let copied = shop.run();
    assert_eq!((copied.documents, copied.cached), (REPORTS, REPORTS - 1));
    assert_eq!(copied.issues[&zhibiao::issue::IssueCode::DuplicateFile], 1);
    shop.assert_as_made_at_once(&copied);
}

#[test]
fn the_cache_may_be_lost_or_damaged_at_any_time() {
    let shop = Shop::new();
    shop.run();
    let pieces = || -> Vec<PathBuf> {
        let mut pieces: Vec<PathBuf> = fs::read_dir(shop.cache()).unwrap().map(|entry| entry.unwrap().path()).collect();
        pieces.sort();
        pieces
    };
    for (number, path) in pieces().into_iter().enumerate() {
        let bytes = fs::read(&path).unwrap();
        match number % 3 {
            0 => fs::write(&path, &bytes[..bytes.len() / 2]).unwrap(),
            1 => fs::write(&path, [&bytes[..bytes.len() / 2], b"?", &bytes[bytes.len() / 2 + 1..]].concat()).unwrap(),
            _ => fs::remove_file(&path).unwrap(),
        }
    }
    shop.write(0, "增长7.7%");
    let damaged = shop.run();
    assert_eq!(damaged.documents, REPORTS);
    shop.assert_as_made_at_once(&damaged);
    fs::remove_dir_all(shop.cache()).unwrap();
    shop.write(0, "增长8.8%");
    let lost = shop.run();
    assert_eq!((lost.documents, lost.cached), (REPORTS, 0));
    shop.assert_as_made_at_once(&lost);
    // What no longer serves is removed.
    let before = pieces().len();
    shop.write(0, "增长9.9%");
    shop.run();
    assert_eq!(pieces().len(), before);
}

#[test]
fn other_words_or_options_make_everything_anew() {
    let mut shop = Shop::new();
    shop.run();
    shop.config.decode.threshold = 0.4;
    let other = shop.run();
    assert_eq!((other.is_new, other.cached), (true, 0));
    let told = other.differences.unwrap().lines();
    assert_eq!(told, ["option        decode.threshold: 0.5 -> 0.4"]);
}

#[test]
fn locked_runs_refuse_other_inputs() {
    let shop = Shop::new();
    let locked = RunMode { locked: true, ..RunMode::default() };
    let refused = |shop: &Shop| shop.run_with(&locked).unwrap_err().to_string();
    assert!(refused(&shop).starts_with("--locked: there is no version"), "{}", refused(&shop));
    let first = shop.run();
    assert_eq!(shop.run_with(&locked).unwrap().published, first.published);
    shop.write(5, "增长1.0%");
    fs::remove_file(shop.path(6)).unwrap();
    assert_eq!(
        refused(&shop),
        "--locked: 2 inputs are not those of the current version: 005.txt changed, 006.txt vanished"
    );
    assert_eq!(Manifest::read(&shop.folder.path().join("tables/current")).unwrap().version, first.published.version);
}

/// Does something when the documents are about to be read.
struct Meanwhile<F: Fn() + Sync>(F);

impl<F: Fn() + Sync> Watch for Meanwhile<F> {
    fn begin(&self, stage: Stage, _: u64) {
        if stage == Stage::Documents {
            (self.0)();
        }
    }
}

#[test]
fn inputs_that_change_or_vanish_while_they_are_read_are_read_anew() {
    let shop = Shop::new();
    let once = std::sync::Once::new();
    let meanwhile = Meanwhile(|| {
        once.call_once(|| {
            shop.write(7, "增长3.3%");
            fs::remove_file(shop.path(120)).unwrap();
        });
    });
    let summary = run(&shop.config, &RunMode::default(), &meanwhile).unwrap();
    assert_eq!(summary.documents, REPORTS - 1);
    shop.assert_as_made_at_once(&summary);

    shop.write(8, "增长3.4%");
    let restless = std::sync::atomic::AtomicUsize::new(0);
    let meanwhile = Meanwhile(|| {
        let count = restless.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        shop.write(8, &format!("增长4.{count}%"));
    });
    let error = run(&shop.config, &RunMode::default(), &meanwhile).unwrap_err().to_string();
    assert_eq!(error, "inputs changed 3 times while they were read; run again when they rest");
}

#[test]
fn a_stopped_run_publishes_nothing_and_leaves_what_it_made_to_the_next() {
    struct Stop;
    impl Watch for Stop {
        fn is_stopped(&self) -> bool {
            true
        }
    }
    let shop = Shop::new();
    let first = shop.run();
    shop.write(9, "增长2.2%");
    assert!(matches!(run(&shop.config, &RunMode::default(), &Stop), Err(Error::Stopped)));
    let current = Manifest::read(&shop.folder.path().join("tables/current")).unwrap();
    assert_eq!(current.version, first.published.version);
    assert_eq!(shop.run().cached, REPORTS - 1);
}

#[test]
fn verify_passes_elsewhere_and_names_what_differs() {
    let mut shop = Shop::new();
    shop.config.run.threads = 1;
    let made = shop.run().published;
    let elsewhere = Shop::new();
    let verified = verify(&made.directory, &elsewhere.config, &()).unwrap();
    assert_eq!((verified.differences.as_slice(), verified.same), ([].as_slice(), 26));
    assert_eq!(verified.version, made.version);
    let told = |config: &Config| verify(&shop.folder.path().join("tables"), config, &()).unwrap().differences;

    // One byte of an input.
    let mut bytes = fs::read(elsewhere.path(31)).unwrap();
    let last = bytes.len() - 1;
    bytes[last] = b' ';
    fs::write(elsewhere.path(31), &bytes).unwrap();
    assert_eq!(told(&elsewhere.config), ["input         031.txt changed"]);
    bytes[last] = b'\n';
    fs::write(elsewhere.path(31), &bytes).unwrap();

    // One option.
    let mut option = elsewhere.config.clone();
    option.write.compression_level = 4;
    assert_eq!(told(&option), ["option        write.compression_level: 3 -> 4"]);

    // One entry of the vocabulary.
    let words = elsewhere.folder.path().join("words");
    copy(&common::root().join("data/vocab"), &words);
    let mut other = elsewhere.config.clone();
    other.vocab.dir = Some(words.clone());
    assert_eq!(told(&other), [] as [&str; 0]);
    let units = fs::read_to_string(words.join("units.csv")).unwrap();
    let line = units.lines().position(|line| line.starts_with("亩,")).unwrap();
    let changed: Vec<String> = units.lines().map(|line| line.replacen("亩,area,m2,", "亩,area,m2,1", 1)).collect();
    fs::write(words.join("units.csv"), changed.join("\n") + "\n").unwrap();
    let found = told(&other);
    assert_eq!(found[0], "vocabulary    units.csv changed");
    assert!(found[1].starts_with(&format!("  units.csv:{}: 亩,area,m2,", line + 1)), "{found:?}");
    assert_eq!(found.len(), 2);

    // The words that lie beside the tables are as good as the directory.
    other.vocab.dir = Some(made.directory.join("vocabulary.zip"));
    assert_eq!(told(&other), [] as [&str; 0]);

    // A file of the dataset.
    let path = made.directory.join("codebook.md");
    fs::write(&path, b"").unwrap();
    assert_eq!(told(&elsewhere.config), ["file          codebook.md has other bytes than the manifest says"]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
