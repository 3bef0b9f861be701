//! Finds the files that an input names: a file, a directory, a glob or a URL of an object store. Nothing found is opened, and nothing
//! that cannot be read ends the walk: it stands in the list as an issue.

use super::{Place, shown};
use crate::error::{Error, Result};
use crate::issue::{Issue, IssueCode};
use crate::store::{self, Location};
use std::collections::{BTreeMap, HashSet};
use std::fs::{FileType, Metadata};
use std::path::{Component, Path, PathBuf};

/// What was found, by its whole path in the form that the tables show: a file, or why there is none to read.
pub type Found = BTreeMap<String, Place>;

/// Adds what one input names; a relative one starts at `base`. Gives the folder below which it was found.
pub fn find(input: &str, base: &Path, found: &mut Found) -> Result<PathBuf> {
    if let Some(location) = Location::parse(input)? {
        return store::find(&location, input, found);
    }
    let path = base.join(input);
    let shown_path = whole(&path)?;
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() => {
            let everything = vec![Step::Recursive, Step::Matching(any_name(input)?)];
            walk(path, shown_path.clone(), &everything, found);
            Ok(shown_path)
        }
        Ok(metadata) => {
            add(found, path, &shown_path, metadata.file_type());
            Ok(shown_path.parent().unwrap_or(&shown_path).to_path_buf())
        }
        Err(_) if input.contains(['*', '?', '[']) => {
            let (start, steps) = steps_of(input)?;
            let start = base.join(start);
            let mut folder = whole(&start)?;
            walk(start.clone(), folder.clone(), &steps, found);
            // The names before the first wildcard are the same for all that was found.
            for step in &steps[..steps.len() - 1] {
                let Step::Named(name) = step else { break };
                folder.push(name);
            }
            Ok(plain(&folder))
        }
        Err(error) => {
            let message = format!("input {input} does not exist (looked for {}): {error}", path.display());
            Err(Error::Config(message))
        }
    }
}

/// A path from the root on; how it is shown, not how it is opened.
fn whole(path: &Path) -> Result<PathBuf> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    Ok(plain(&std::path::absolute(path).map_err(Error::io("cannot find", path))?))
}

/// A path from the root on without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            component => plain.push(component),
        }
        plain
    })
}

/// One part of a glob.
enum Step {
    /// A name without wildcards.
    Named(PathBuf),
    Matching(glob::Pattern),
    /// `**`: this directory and all below it.
    Recursive,
}

/// A glob -> where it starts, and its parts.
fn steps_of(input: &str) -> Result<(PathBuf, Vec<Step>)> {
    let mut start = PathBuf::new();
    let mut steps = Vec::new();
    for component in clean(Path::new(input)).components() {
        match component {
            Component::Prefix(_) | Component::RootDir => start.push(component),
            Component::Normal(name) => steps.push(match name.to_string_lossy() {
                name if name == "**" => Step::Recursive,
                name if name.contains(['*', '?', '[']) => Step::Matching(pattern(&name, input)?),
                _ => Step::Named(name.into()),
            }),
            Component::ParentDir | Component::CurDir => steps.push(Step::Named(component.as_os_str().into())),
        }
    }
    if matches!(steps.last(), Some(Step::Recursive)) {
        steps.push(Step::Matching(any_name(input)?));
    }
    Ok((start, steps))
}

fn pattern(name: &str, input: &str) -> Result<glob::Pattern> {
    glob::Pattern::new(name).map_err(|error| Error::Config(format!("input {input} is no valid glob: {error}")))
}

fn any_name(input: &str) -> Result<glob::Pattern> {
    pattern("*", input)
}

/// Follows the steps from a directory. Links to directories are followed where a step names their depth, never by
/// `**`, so that a loop of links ends.
fn walk(start: PathBuf, shown_start: PathBuf, steps: &[Step], found: &mut Found) {
    // The working directory has no name of its own.
    let start = if start.as_os_str().is_empty() { PathBuf::from(".") } else { start };
    let mut open = vec![(start, shown_start, 0)];
    // Two `**` may lead to the same directory in many ways.
    let mut seen = HashSet::new();
    while let Some((directory, shown_directory, at)) = open.pop() {
        let Some(step) = steps.get(at) else { continue };
        if !seen.insert((directory.clone(), at)) {
            continue;
        }
        let is_last = at + 1 == steps.len();
        if let Step::Named(name) = step {
            let (path, shown_path) = (directory.join(name), shown_directory.join(name));
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => open.push((path, shown_path, at + 1)),
                Ok(metadata) if is_last => add(found, path, &shown_path, metadata.file_type()),
                _ => {}
            }
            continue;
        }
        if matches!(step, Step::Recursive) {
            open.push((directory.clone(), shown_directory.clone(), at + 1));
        }
        let entries = match std::fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) => {
                add_issue(found, &shown_directory, unreadable(format!("the directory cannot be listed: {error}")));
                continue;
            }
        };
        for entry in entries {
            let (kind, entry) = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok(told) => told,
                Err(error) => {
                    let message = format!("the directory cannot be listed to its end: {error}");
                    add_issue(found, &shown_directory, unreadable(message));
                    continue;
                }
            };
            let (name, path) = (entry.file_name(), entry.path());
            let shown_path = shown_directory.join(&name);
            match step {
                Step::Recursive if is_passed_over(&name.to_string_lossy()) => {}
                Step::Recursive if kind.is_dir() => open.push((path, shown_path, at)),
                Step::Recursive if kind.is_symlink() && path.is_dir() => {
                    let message = "a link to a directory is not followed; name it as an input to read what is in it";
                    add_issue(found, &shown_path, Issue::new(IssueCode::LinkNotFollowed, message));
                }
                Step::Matching(pattern) if matches(pattern, &name.to_string_lossy()) => {
                    let target = match kind.is_symlink() {
                        true => std::fs::metadata(&path).map(|metadata| metadata.file_type()),
                        false => Ok(kind),
                    };
                    match target {
                        Ok(kind) if kind.is_dir() => open.push((path, shown_path, at + 1)),
                        Ok(kind) if is_last => add(found, path, &shown_path, kind),
                        Err(error) if is_last => {
                            add_issue(found, &shown_path, unreadable(format!("the link leads nowhere: {error}")));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

/// Hidden names match only a pattern that begins with the dot.
fn matches(pattern: &glob::Pattern, name: &str) -> bool {
    let is_named = name.starts_with('.') && pattern.as_str().starts_with('.');
    (is_named || !is_passed_over(name)) && pattern.matches(name)
}

/// Hidden files and the page about a folder are no reports.
pub fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name.eq_ignore_ascii_case("README.md")
}

fn add(found: &mut Found, path: PathBuf, shown_path: &Path, kind: FileType) {
    let place = refusal(kind).map_or(Place::File(path), |issue| Place::Nowhere(Box::new(issue)));
    found.entry(shown(&plain(shown_path))).or_insert(place);
}

fn add_issue(found: &mut Found, shown_path: &Path, issue: Issue) {
    found.entry(shown(&plain(shown_path))).or_insert(Place::Nowhere(Box::new(issue)));
}

/// Why a thing is not opened: a pipe would be waited on for ever, a device has no end.
pub fn refusal(kind: FileType) -> Option<Issue> {
    let what = if kind.is_dir() { "a directory" } else { "a pipe, socket or device" };
    (!kind.is_file()).then(|| unreadable(format!("this is {what}, not a file; it was not opened")))
}

/// The metadata of a file that may be opened.
pub fn file_metadata(path: &Path) -> std::result::Result<Metadata, Issue> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(format!("the file cannot be read: {error}")))?;
    refusal(metadata.file_type()).map_or(Ok(metadata), Err)
}

pub fn unreadable(message: String) -> Issue {
    Issue::new(IssueCode::UnreadableFile, message)
}

/// Drops the `.` parts of a path, so that `./a.txt` and `a.txt` are the same file.
fn clean(path: &Path) -> PathBuf {
    path.components().filter(|component| *component != Component::CurDir).collect()
}
