//! PDF files through the program itself, by PDFium and by pdftotext; what is not on this machine is skipped and said.
//!
//! `report.pdf` was written with reportlab in STSong-Light, which is not embedded: running head, page numbers, a table, a
//! slanted watermark, a paragraph over a page end. `scanned.pdf` has two pages that are a picture; the page tree of
//! `page_loop.pdf` holds itself. All words are made up.

mod common;

use common::root;
use serde_json::Value;
use std::process::Command;

/// Reads a fixture by one of the two roads; `None` where the machine lacks it.
fn explained(name: &str, road: &str) -> Option<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhibiao"));
    command.arg("explain").arg(root().join("tests/fixtures").join(name)).arg("--json");
    if road == "pdftotext" {
        // An empty value: there is no PDFium.
        command.env("ZHIBIAO_PDFIUM", "");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let explanation: Value = serde_json::from_slice(&output.stdout).unwrap();
    if codes(&explanation).contains(&"reader_missing") {
        println!("skipped: this machine has no {road}");
        return None;
    }
    Some(explanation)
}

fn codes(explanation: &Value) -> Vec<&str> {
    explanation["issues"].as_array().unwrap().iter().map(|issue| issue["code"].as_str().unwrap()).collect()
}

const ROADS: [&str; 2] = ["pdfium", "pdftotext"];

#[test]
fn a_report_is_read_over_page_ends() {
    for explanation in ROADS.iter().filter_map(|road| explained("report.pdf", road)) {
        let rows: Vec<(&str, &str)> = explanation["observations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["indicator_text"].as_str().unwrap(), row["value_text"].as_str().unwrap()))
            .collect();
        // The line ends behind 186.4 and 5200, the page behind 森林覆盖率.
        for expected in [("地区生产总值", "186.4亿元"), ("城镇新增就业", "5200人"), ("森林覆盖率", "41.5%")]
        {
            assert!(rows.contains(&expected), "{expected:?} is not in {rows:?}");
        }
        let quotes: Vec<&str> =
            explanation["observations"].as_array().unwrap().iter().map(|row| row["quote"].as_str().unwrap()).collect();
        assert!(quotes.iter().all(|quote| !quote.contains("云溪县第八届") && !quote.contains("- 1 -")), "{quotes:?}");
        assert!(codes(&explanation).contains(&"furniture_cut"));
    }
}

#[test]
fn a_scan_has_no_text_layer() {
    for explanation in ROADS.iter().filter_map(|road| explained("scanned.pdf", road)) {
        assert_eq!(codes(&explanation), ["no_text_layer"]);
    }
}

#[test]
fn a_page_tree_that_is_its_own_child_is_damaged() {
    for explanation in ROADS.iter().filter_map(|road| explained("page_loop.pdf", road)) {
        assert_eq!(codes(&explanation), ["damaged_container"]);
    }
}
