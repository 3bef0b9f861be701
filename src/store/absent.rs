//! What stands here in a program that was built without the feature `object-store`: an error that names it.

use super::Location;
use crate::error::{Error, Result};
use crate::issue::Issue;
use crate::read::walk::Found;
use std::path::{Path, PathBuf};

/// An object that is read; there is none.
#[derive(Debug, Clone)]
pub enum Object {}

impl Object {
    pub fn load(&self, _max_bytes: u64) -> std::result::Result<Vec<u8>, Issue> {
        match *self {}
    }

    pub fn copy(&self, _max_bytes: u64) -> std::result::Result<LocalCopy, Issue> {
        match *self {}
    }
}

/// A copy on this machine; there is none.
#[derive(Debug)]
pub enum LocalCopy {}

impl LocalCopy {
    pub fn path(&self) -> &Path {
        match *self {}
    }
}

pub fn find(location: &Location, _input: &str, _found: &mut Found) -> Result<PathBuf> {
    Err(absent(location))
}

pub fn fetch(location: &Location) -> Result<LocalCopy> {
    Err(absent(location))
}

/// A place in a store that a run publishes to; there is none.
#[derive(Debug)]
pub enum Target {}

impl Target {
    pub fn open(location: &Location) -> Result<Target> {
        Err(absent(location))
    }

    #[cfg(feature = "tables")]
    pub fn publish(
        self,
        _directory: &Path,
        _keep_versions: Option<usize>,
        _watch: &dyn crate::watch::Watch,
    ) -> Result<super::Uploaded> {
        match self {}
    }
}

fn absent(location: &Location) -> Error {
    Error::Config(format!(
        "{location} lies in an object store, which this program was built without; build it with `--features object-store`"
    ))
}
