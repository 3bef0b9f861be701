//! The repository itself: no paths of a machine, notebooks without outputs, no case file unread.

mod common;

use common::{assert_none, root};
use std::path::PathBuf;
use std::process::Command;

/// The files that git tracks or would add; `None` outside a repository.
fn files() -> Option<Vec<PathBuf>> {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let Some(output) = listing.ok().filter(|output| output.status.success()) else {
        println!("skipped: this is no git checkout");
        return None;
    };
    let names = String::from_utf8(output.stdout).unwrap();
    Some(
        names
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(|name| root().join(name))
            .filter(|path| path.is_file())
            .collect(),
    )
}

#[test]
fn no_file_holds_a_path_of_a_machine() {
    let Some(files) = files() else { return };
    assert!(files.iter().any(|path| path.ends_with("tests/repo.rs")));
    // Put together here, so that this file does not hold them.
    let folders: Vec<String> =
        ["work", "tmp", "root", "home", "Users", "mnt"].iter().map(|folder| format!("/{folder}/")).collect();
    let mut wrong = Vec::new();
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for folder in &folders {
                // data/work/ is a path inside the repository, "$HOME/tmp" is nobody's.
                let starts = line.match_indices(folder.as_str()).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | ')'))
                });
                if starts {
                    wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
                }
            }
        }
    }
    assert_none("lines hold a path of a machine", &wrong);
}

#[test]
fn text_files_end_with_one_line_feed() {
    let Some(files) = files() else { return };
    let kinds = ["rs", "toml", "csv", "md", "py"];
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| kinds.iter().any(|kind| *kind == e))) {
        let bytes = std::fs::read(path).unwrap();
        if !bytes.ends_with(b"\n")
            || bytes.ends_with(b"\n\n")
            || bytes.contains(&b'\r')
            || std::str::from_utf8(&bytes).is_err()
        {
            wrong.push(path.display().to_string());
        }
    }
    assert_none("files are not UTF-8 lines with one line feed at the end", &wrong);
}

#[test]
fn notebooks_have_no_outputs() {
    let Some(files) = files() else { return };
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "ipynb")) {
        let notebook: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for (number, cell) in notebook["cells"].as_array().unwrap().iter().enumerate() {
            let has_outputs = cell["outputs"].as_array().is_some_and(|outputs| !outputs.is_empty())
                || cell["execution_count"].is_number();
            if has_outputs {
                wrong.push(format!("{}: cell {}", path.display(), number + 1));
            }
        }
    }
    assert_none("cells have outputs", &wrong);
}

#[test]
fn every_case_file_is_read() {
    let program = std::fs::read_to_string(root().join("tests/cases.rs")).unwrap();
    for entry in std::fs::read_dir(root().join("tests/cases")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.extension().unwrap(), "toml", "{}", path.display());
        let kind = path.file_stem().unwrap().to_str().unwrap();
        assert!(program.contains(&format!("check(\"{kind}\"")), "tests/cases/{kind}.toml is read by nobody");
    }
}
