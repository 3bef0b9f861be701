//! Decodes the real reports of the shared corpus, where it lies beside the checkout, and compares
//! the encodings with the labels of its manifest. Without the corpus the test says so and passes.

use std::path::Path;

use zhibiao::decode::{DecodeOptions, decode_bytes};

#[test]
fn every_labelled_report_comes_out_in_its_encoding() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(manifest) = std::fs::read_to_string(corpus.join("manifest.jsonl")) else {
        println!("skipped: no corpus beside the checkout");
        return;
    };
    let mut checked = 0;
    let mut lowest = f64::MAX;
    let mut wrong = Vec::new();
    for line in manifest.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let path = entry["path"].as_str().unwrap();
        let expected = match entry["encoding"].as_str().unwrap() {
            "utf-8" => "UTF-8",
            "gbk" => "GB18030",
            _ => continue,
        };
        if !path.ends_with(".txt") {
            continue;
        }
        let bytes = std::fs::read(corpus.join(path)).unwrap();
        let (decoded, issues) = decode_bytes(&bytes, None, &DecodeOptions::default());
        checked += 1;
        match decoded {
            Some(decoded) if decoded.encoding == Some(expected) => {
                lowest = lowest.min(decoded.score);
                if decoded.replacements > 0 {
                    println!("{path}: {}", issues[0].message);
                }
            }
            Some(decoded) => wrong.push(format!("{path}: {expected} read as {:?}", decoded.encoding)),
            None => wrong.push(format!("{path}: refused: {}", issues[0].message)),
        }
    }
    println!("{checked} reports, lowest score {lowest:.3}");
    assert!(checked > 0);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
