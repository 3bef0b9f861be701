//! Tells the program the digest of its own sources, which names data sets beside their inputs, options and vocabulary.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut files = vec![root.join("Cargo.toml"), root.join("build.rs")];
    // A package without its own Cargo.lock is built with the newest dependencies that fit.
    files.extend(Some(root.join("Cargo.lock")).filter(|path| path.is_file()));
    add_files(&root.join("src"), &mut files)?;
    files.sort();
    let mut digest = Sha256::new();
    for path in &files {
        // Git may write another line end on other systems.
        let text = fs::read_to_string(path)?.replace("\r\n", "\n");
        let name = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        digest.update(format!("{name}\n{}\n{text}", text.len()));
    }
    // The features that bear on what is read.
    digest.update(format!("pdfium {}", env::var_os("CARGO_FEATURE_PDFIUM").is_some()));
    println!("cargo:rustc-env=ZHIBIAO_PROGRAM_SHA256={:x}", digest.finalize());
    for path in ["Cargo.toml", "Cargo.lock", "build.rs", "src"] {
        println!("cargo:rerun-if-changed={path}");
    }
    Ok(())
}

fn add_files(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        match path.is_dir() {
            true => add_files(&path, files)?,
            false if path.extension().is_some_and(|extension| extension == "rs") => files.push(path),
            false => {}
        }
    }
    Ok(())
}
