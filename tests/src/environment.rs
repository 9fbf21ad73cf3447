//! Where things are: the repository, the built binary, the servers that `./test` started. The only place that reads the
//! environment.

use std::path::{Path, PathBuf};

/// The command that builds what the journeys run.
pub const BUILD: &str = "cargo build --workspace --all-targets --features yuti-api/driven-clock";

#[allow(clippy::disallowed_methods, reason = "the tests' one home of environment reads")]
fn read(key: &str) -> Option<String> {
    std::env::var(key).ok().filter(|value| !value.is_empty())
}

/// `PATH`, the one variable that started programs inherit.
pub fn path() -> String {
    read("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned())
}

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies in the repository")
}

/// The build folder that holds the running test, such as `target/debug`.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().expect("a test lies in a folder");
    // Test executables lie in `deps`, the binaries one above.
    if folder.ends_with("deps") { folder.parent().expect("deps lies in a folder") } else { folder }
        .to_path_buf()
}

/// The build folder, for what tests leave behind (pictures, templates, the folders of failed journeys).
pub fn target() -> PathBuf {
    profile_folder().parent().expect("the profile's folder lies in the build folder").to_path_buf()
}

/// The `yuti` under test: `YUTI_BIN`, or the one built beside the running test.
pub fn yuti() -> PathBuf {
    let binary = read("YUTI_BIN").map_or_else(|| profile_folder().join("yuti"), PathBuf::from);
    assert!(binary.is_file(), "there is no {}: run `{BUILD}` first, or ./test, which does", binary.display());
    binary
}

/// Where databases for tests can be created.
pub fn postgres() -> String {
    read("YUTI_TEST_DATABASE_URL").expect(
        "YUTI_TEST_DATABASE_URL is not set: run ./test, which starts a PostgreSQL, or name one whose role may create databases",
    )
}

/// A Redis for tests.
pub fn redis() -> String {
    read("YUTI_TEST_REDIS_URL")
        .expect("YUTI_TEST_REDIS_URL is not set: run ./test, which starts a Redis, or name one")
        .trim_end_matches('/')
        .to_owned()
}

/// The full path of a program, looked up in `PATH`.
pub fn program(name: &str, debian_package: &str) -> PathBuf {
    path().split(':').map(|folder| Path::new(folder).join(name)).find(|file| file.is_file()).unwrap_or_else(
        || panic!("`{name}` is not in PATH: run ./test, or `apt-get install {debian_package}`"),
    )
}
