//! The generated pages are fresh. `UPDATE_GOLDEN=1 cargo test --test docs` rewrites them.

use std::path::Path;
use zhibiao::tidy::{Language, codebook, tables};
use zhibiao::vocab::Vocabulary;

#[test]
fn the_codebook_pages_are_fresh() {
    for (name, language) in [("docs/tables.md", Language::English), ("docs/tables.zh.md", Language::Chinese)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let expected = codebook(&tables(&Vocabulary::embedded().unwrap()), language);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &expected).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "{name} is stale; run UPDATE_GOLDEN=1 cargo test --test docs");
    }
}

#[test]
fn every_kind_of_cue_is_explained() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/vocabulary.md")).unwrap();
    let kinds = zhibiao::vocab::Cue::ALL.iter().map(|&(_, name, _)| name);
    let missing: Vec<&str> = kinds.filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/vocabulary.md does not explain {missing:?}");
}
