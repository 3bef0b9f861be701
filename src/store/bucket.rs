//! One bucket, asked and answered without `async`: the rest of the program knows nothing of it.

use super::{Location, Scheme};
use crate::error::{Error, Result};
use futures::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path as Key;
use object_store::{
    Attribute, Attributes, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions,
    PutOptions, PutPayload, UpdateVersion, WriteMultipart,
};
use std::fs::File;
use std::future::Future;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::runtime::{Builder, Runtime};

/// Larger files are uploaded in parts of this size.
const PART_BYTES: usize = 8 << 20;
/// So many parts are under way at a time, and in memory.
const PARTS_UNDER_WAY: usize = 2;
/// The metadata of an object that tell the sha256 of its bytes.
const SHA256: &str = "sha256";

/// A bucket, or a container of Azure.
#[derive(Debug, Clone)]
pub struct Bucket {
    name: Location,
    store: Arc<dyn ObjectStore>,
}

/// A file or folder of a store, copied to this machine until this is dropped.
#[derive(Debug)]
pub struct LocalCopy {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl LocalCopy {
    /// A copy of that name, which is still to be made, in a new folder.
    pub fn begin(name: &str) -> Result<LocalCopy> {
        let folder = tempfile::Builder::new().prefix("zhibiao-").tempdir();
        let folder = folder.map_err(Error::io("cannot make a folder in", std::env::temp_dir()))?;
        Ok(LocalCopy { path: folder.path().join(name), _folder: folder })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Bucket {
    /// The bucket of a place. Credentials, endpoint and timeouts stand in the environment.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when they make no sense.
    pub fn open(location: &Location) -> Result<Bucket> {
        // Fails only where another one is in place, which does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let name = location.bucket.as_str();
        let store: object_store::Result<Arc<dyn ObjectStore>> = match location.scheme {
            Scheme::S3 => {
                let builder = AmazonS3Builder::from_env().with_bucket_name(name);
                builder.build().map(|store| Arc::new(store) as _)
            }
            Scheme::Gs => {
                let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(name);
                builder.build().map(|store| Arc::new(store) as _)
            }
            Scheme::Az => {
                let builder = MicrosoftAzureBuilder::from_env().with_container_name(name);
                builder.build().map(|store| Arc::new(store) as _)
            }
        };
        let name = Location { key: String::new(), ..location.clone() };
        let store = store.map_err(|error| failed("cannot open", &name, error))?;
        Ok(Bucket { name, store })
    }

    #[cfg(test)]
    pub fn of(name: &str, store: Arc<dyn ObjectStore>) -> Bucket {
        Bucket { name: Location { scheme: Scheme::S3, bucket: name.to_string(), key: String::new() }, store }
    }

    /// The place of a key in this bucket.
    pub fn place(&self, key: &str) -> Location {
        Location { key: key.to_string(), ..self.name.clone() }
    }

    /// Every object below a prefix, sorted by key.
    pub fn list(&self, prefix: &str) -> Result<Vec<ObjectMeta>> {
        let at = self.key(prefix)?;
        let listed = wait(self.store.list(Some(&at)).try_collect())?;
        let mut objects: Vec<ObjectMeta> = listed.map_err(|error| failed("cannot list", &self.place(prefix), error))?;
        objects.sort_by(|left, right| left.location.as_ref().cmp(right.location.as_ref()));
        Ok(objects)
    }

    /// What a store tells of an object; `None` when there is none.
    pub fn head(&self, key: &str) -> Result<Option<ObjectMeta>> {
        let at = self.key(key)?;
        self.found(key, wait(self.store.head(&at))?)
    }

    /// The sha256 that an object was uploaded with.
    pub fn sha256(&self, key: &str) -> Result<Option<String>> {
        let at = self.key(key)?;
        let options = GetOptions { head: true, ..GetOptions::default() };
        let told = self.found(key, wait(self.store.get_opts(&at, options))?)?;
        Ok(told.and_then(|told| Some(told.attributes.get(&Attribute::Metadata(SHA256.into()))?.to_string())))
    }

    /// The bytes of an object, and the state in which it had them; `None` when there is none.
    pub fn get(&self, key: &str) -> Result<Option<(Vec<u8>, UpdateVersion)>> {
        let at = self.key(key)?;
        let read = wait(async {
            let result = self.store.get(&at).await?;
            let state = UpdateVersion { e_tag: result.meta.e_tag.clone(), version: result.meta.version.clone() };
            Ok((result.bytes().await?.to_vec(), state))
        })?;
        self.found(key, read)
    }

    /// The bytes of an object if they are at most so many, else how many there are.
    pub fn get_at_most(&self, key: &str, max_bytes: u64) -> object_store::Result<std::result::Result<Vec<u8>, u64>> {
        let read = async {
            let result = self.store.get(&Key::parse(key)?).await?;
            match result.meta.size {
                size if size > max_bytes => Ok(Err(size)),
                _ => Ok(Ok(result.bytes().await?.to_vec())),
            }
        };
        wait(read).unwrap_or_else(|error| {
            Err(object_store::Error::Generic { store: "tokio", source: error.to_string().into() })
        })
    }

    /// Writes an object to a file; `false` when there is none.
    pub fn download(&self, key: &str, to: &Path) -> Result<bool> {
        let mut file = File::create(to).map_err(Error::io("cannot make", to))?;
        let at = self.key(key)?;
        let Some(result) = self.found(key, wait(self.store.get(&at))?)? else { return Ok(false) };
        let mut stream = result.into_stream();
        while let Some(piece) = wait(stream.next())? {
            let piece = piece.map_err(|error| failed("cannot read", &self.place(key), error))?;
            file.write_all(&piece).map_err(Error::io("cannot write", to))?;
        }
        Ok(true)
    }

    /// Writes a small object if it is still in the state given (`None`: if it is not there); `false` if it is not.
    pub fn replace(&self, key: &str, bytes: Vec<u8>, state: Option<UpdateVersion>) -> Result<bool> {
        let at = self.key(key)?;
        let mode = state.map_or(PutMode::Create, PutMode::Update);
        let attributes = Attributes::from_iter([(Attribute::ContentType, "application/json")]);
        let options = PutOptions { mode, attributes, ..PutOptions::default() };
        match wait(self.store.put_opts(&at, bytes.into(), options))? {
            Ok(_) => Ok(true),
            Err(
                object_store::Error::AlreadyExists { .. }
                | object_store::Error::Precondition { .. }
                | object_store::Error::NotFound { .. },
            ) => Ok(false),
            Err(error) => Err(failed("cannot write", &self.place(key), error)),
        }
    }

    /// Uploads a file whose sha256 is known; a large one in parts. It is seen whole or not at all.
    pub fn upload(&self, key: &str, path: &Path, sha256: &str) -> Result<()> {
        let at = self.key(key)?;
        let attributes = Attributes::from_iter([(Attribute::Metadata(SHA256.into()), sha256.to_string())]);
        let mut file = File::open(path).map_err(Error::io("cannot read", path))?;
        let first = piece(&mut file).map_err(Error::io("cannot read", path))?;
        if first.len() < PART_BYTES {
            let options = PutOptions { attributes, ..PutOptions::default() };
            let put = wait(self.store.put_opts(&at, PutPayload::from(first), options))?;
            return put.map(|_| ()).map_err(|error| failed("cannot upload", &self.place(key), error));
        }
        let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
        let upload = async {
            let begun = self.store.put_multipart_opts(&at, options).await.map_err(Fault::Store)?;
            let mut upload = WriteMultipart::new_with_chunk_size(begun, PART_BYTES);
            let mut next = first;
            while !next.is_empty() {
                upload.put(next.into());
                let went_on = match upload.wait_for_capacity(PARTS_UNDER_WAY).await {
                    Ok(()) => piece(&mut file).map_err(Fault::File),
                    Err(error) => Err(Fault::Store(error)),
                };
                next = match went_on {
                    Ok(piece) => piece,
                    Err(fault) => {
                        let _ = upload.abort().await;
                        return Err(fault);
                    }
                };
            }
            upload.finish().await.map(|_| ()).map_err(Fault::Store)
        };
        wait(upload)?.map_err(|fault| match fault {
            Fault::File(error) => Error::io("cannot read", path)(error),
            Fault::Store(error) => failed("cannot upload", &self.place(key), error),
        })
    }

    pub fn delete(&self, key: &str) -> Result<()> {
        let at = self.key(key)?;
        self.found(key, wait(self.store.delete(&at))?).map(|_| ())
    }

    /// `Path::from` would write Chinese and spaces with percent signs, which is another key.
    fn key(&self, key: &str) -> Result<Key> {
        Key::parse(key).map_err(|error| failed("cannot use", &self.place(key), error.into()))
    }

    fn found<T>(&self, key: &str, result: object_store::Result<T>) -> Result<Option<T>> {
        match result {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("cannot read", &self.place(key), error)),
        }
    }
}

/// What went wrong in an upload.
enum Fault {
    File(std::io::Error),
    Store(object_store::Error),
}

/// The next bytes of a file, so many as make a part.
fn piece(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut piece = Vec::new();
    file.take(PART_BYTES as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

fn failed(action: &'static str, place: &Location, error: object_store::Error) -> Error {
    Error::Store { action, url: place.to_string(), message: error.to_string() }
}

/// Waits for an answer; any thread may.
fn wait<F: Future>(future: F) -> Result<F::Output> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let start = || Builder::new_multi_thread().worker_threads(1).enable_all().build();
    match RUNTIME.get_or_init(start) {
        Ok(runtime) => Ok(runtime.block_on(future)),
        Err(error) => Err(Error::Config(format!("cannot start the thread that speaks to object stores: {error}"))),
    }
}
