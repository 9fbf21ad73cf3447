//! Speed: a migrated (and, if wanted, filled) database is made once by a real `yuti serve`, and every journey gets a copy.
//!
//! Tests run in processes of their own, so the one who comes first makes the template under a file lock and the others wait.
//! A template belongs to one build of the binary; those of older builds are swept away.

use crate::database::{self, Database, Own};
use crate::environment;
use crate::options::{Content, Options};
use crate::process::Output;
use crate::server::{Server, Setting};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// How many template folders are kept: two contents on two databases, for this build and the last ones.
const KEPT: usize = 12;

/// A number that no other world of this process has.
pub(crate) fn next_number() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// Fills the data folder of a world, and gives it its database. The answer is kept as long as the world.
pub(crate) async fn furnish(database: Database, options: &Options, data: &Path) -> Option<Own> {
    let template = match options.content {
        Content::Nothing => None,
        content @ (Content::Empty | Content::Demo) => Some(Template::get(database, content).await),
    };
    if let Some(template) = &template {
        copy_folder(&template.folder.join("data"), data);
    }
    match database {
        Database::Sqlite => None,
        Database::Postgres => {
            let name = format!("yuti_test_{}_{}", std::process::id(), next_number());
            Some(Own::create(name, template.as_ref().map(|template| template.name.as_str())).await)
        }
    }
}

struct Template {
    folder: PathBuf,
    /// Of the PostgreSQL database.
    name: String,
}

impl Template {
    async fn get(database: Database, content: Content) -> Self {
        let home = environment::target().join("test-templates");
        fs::create_dir_all(&home).expect("the build folder can be written to");
        let key = format!("{}_{}", build(), content.name());
        let template = Self {
            folder: home.join(format!("{key}_{}", database.name())),
            name: format!("yuti_template_{key}"),
        };

        let lock = File::create(home.join(format!("{key}_{}.lock", database.name()))).expect("a lock file");
        lock.lock().expect("the lock can be waited for");
        if !template.is_ready(database).await {
            sweep(&home);
            template.make(database, content).await;
        }
        template
    }

    async fn is_ready(&self, database: Database) -> bool {
        self.folder.join("ready").is_file()
            && (database == Database::Sqlite || database::exists(&self.name).await)
    }

    async fn make(&self, database: Database, content: Content) {
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir_all(self.folder.join("data")).expect("the template's folder");
        let unfinished = format!("{}_unfinished", self.name);
        let url = match database {
            Database::Sqlite => None,
            Database::Postgres => {
                for name in [&self.name, &unfinished] {
                    database::administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                }
                database::administer(&format!("CREATE DATABASE {unfinished}")).await;
                Some(database::url_of(&unfinished))
            }
        };
        let setting = Setting::new(&self.folder, url, content.options());
        setting.set_clock_if_driven();
        let server = Server::start(setting.launch(["serve"])).await;
        let output: Output = server.stop().await;
        output.ok();
        if database == Database::Postgres {
            database::administer(&format!("ALTER DATABASE {unfinished} RENAME TO {}", self.name)).await;
        }
        fs::write(self.folder.join("ready"), b"").expect("the template's folder can be written to");
    }
}

/// Tells one build of the binary from another, without reading its hundred megabytes in every test.
fn build() -> String {
    let binary = environment::yuti();
    let about = fs::metadata(&binary).expect("the binary is there");
    let stamp = format!("{} {} {} {}", binary.display(), about.len(), about.mtime(), about.mtime_nsec());
    Sha256::digest(stamp).iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// Removes the oldest template folders. Templates in PostgreSQL go with the server that `./test` stops.
fn sweep(home: &Path) {
    let entries = fs::read_dir(home).expect("the templates' folder can be read");
    let mut folders: Vec<_> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .filter(|(_, path)| path.is_dir())
        .collect();
    folders.sort();
    let surplus = folders.len().saturating_sub(KEPT);
    for (_, folder) in folders.into_iter().take(surplus) {
        let _ = fs::remove_dir_all(folder);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the template can be read") {
        let entry = entry.expect("the template can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a file has a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap_or_else(|error| panic!("{}: {error}", target.display()));
        }
    }
}
