//! Where the PDFium library lies. No crate and no Debian package carries it, but the Python package `pypdfium2` does.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};

use crate::config::Config;

/// Names the library, or an empty value for none; asked after `read.pdfium`.
const VARIABLE: &str = "ZHIBIAO_PDFIUM";
/// Where programs and Python packages are installed besides the places that the environment names.
const PREFIXES: [&str; 3] = ["/usr/local", "/usr", "/opt/homebrew"];

/// The library: `read.pdfium`, else `ZHIBIAO_PDFIUM`, else the first found beside the program, in the directories of the
/// system, in an installed `pypdfium2`.
///
/// # Errors
///
/// A sentence that says where it is not.
pub fn find(config: &Config, program: &Path) -> Result<PathBuf, String> {
    if let Some(path) = &config.read.pdfium {
        let path = config.resolve(path);
        return if path.is_file() { Ok(path) } else { Err(format!("read.pdfium is no file: {}", path.display())) };
    }
    if let Some(path) = std::env::var_os(VARIABLE) {
        let path = PathBuf::from(path);
        if path.as_os_str().is_empty() {
            return Err(format!("{VARIABLE} is empty"));
        }
        return if path.is_file() { Ok(path) } else { Err(format!("{VARIABLE} is no file: {}", path.display())) };
    }
    let name = format!("{DLL_PREFIX}pdfium{DLL_SUFFIX}");
    let beside = program.parent().map(Path::to_path_buf);
    beside
        .into_iter()
        .chain(system_directories())
        .chain(python_prefixes().iter().flat_map(|prefix| packages_of(prefix)).map(|dir| dir.join("pypdfium2_raw")))
        .map(|directory| directory.join(&name))
        .find(|path| path.is_file())
        .ok_or_else(|| "no PDFium library was found".to_string())
}

fn system_directories() -> Vec<PathBuf> {
    let mut directories = paths_of("LD_LIBRARY_PATH");
    for prefix in PREFIXES.map(Path::new) {
        directories.extend(["lib", "lib64"].map(|name| prefix.join(name)));
        directories.push(prefix.join(format!("lib/{ARCH}-linux-gnu")));
    }
    directories
}

/// The directories that Python installations start at: the active environment, those of the search path, the usual ones.
fn python_prefixes() -> Vec<PathBuf> {
    let mut prefixes = [paths_of("VIRTUAL_ENV"), paths_of("CONDA_PREFIX")].concat();
    let programs = ["python3", "python", "python.exe"];
    for directory in paths_of("PATH") {
        if programs.iter().any(|name| directory.join(name).is_file()) {
            prefixes.extend(directory.parent().map(Path::to_path_buf));
            // On Windows the interpreter lies at the top.
            prefixes.push(directory);
        }
    }
    prefixes.extend(paths_of("HOME").iter().map(|home| home.join(".local")));
    prefixes.extend(PREFIXES.map(PathBuf::from));
    prefixes
}

/// The directories of packages under a prefix, the newest version first.
fn packages_of(prefix: &Path) -> Vec<PathBuf> {
    let lib = prefix.join("lib");
    let mut versions: Vec<PathBuf> = std::fs::read_dir(&lib)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python3")))
        .collect();
    versions.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let minor: u32 = name.rsplit('.').next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        (std::cmp::Reverse(minor), name)
    });
    versions.push(prefix.join("Lib"));
    versions.iter().flat_map(|version| ["site-packages", "dist-packages"].map(|name| version.join(name))).collect()
}

/// The paths in a variable of the environment.
fn paths_of(variable: &str) -> Vec<PathBuf> {
    std::env::var_os(variable).map(|value| std::env::split_paths(&value).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_a_prefix_the_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["lib/python3.9", "lib/python3.11", "lib/pkgconfig"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let found: Vec<String> = packages_of(folder.path())
            .iter()
            .map(|path| path.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned())
            .filter(|path| path.ends_with("site-packages"))
            .collect();
        assert_eq!(found, ["lib/python3.11/site-packages", "lib/python3.9/site-packages", "Lib/site-packages"]);
    }

    #[test]
    fn a_library_that_is_named_must_be_there() {
        let mut config = Config { base: "/nowhere".into(), ..Config::default() };
        config.read.pdfium = Some("libpdfium.so".into());
        let error = find(&config, Path::new("/nowhere/zhibiao")).unwrap_err();
        assert_eq!(error, format!("read.pdfium is no file: {}", Path::new("/nowhere/libpdfium.so").display()));
    }
}
