//! How a journey becomes tests.

use crate::database::Database;
use crate::options::Options;
use crate::world::World;

/// A journey on both databases: makes the tests `<module>::<name>::sqlite` and `<module>::<name>::postgres`.
///
/// `world` is a `&mut World` of its own, with the demonstration set; other beginnings stand behind a colon:
/// `async fn name(world: Options::empty())`.
#[macro_export]
macro_rules! journey {
    ($(#[$about:meta])* async fn $name:ident($world:ident) $body:block) => {
        $crate::journey! { $(#[$about])* async fn $name($world: $crate::Options::demo()) $body }
    };
    ($(#[$about:meta])* async fn $name:ident($world:ident: $options:expr) $body:block) => {
        $(#[$about])*
        mod $name {
            #[allow(unused_imports, reason = "what a journey uses stands in its file")]
            use super::*;

            async fn journey($world: &mut $crate::World) $body

            #[test]
            fn sqlite() {
                $crate::journey::play(module_path!(), $crate::Database::Sqlite, $options, journey);
            }

            #[test]
            fn postgres() {
                $crate::journey::play(module_path!(), $crate::Database::Postgres, $options, journey);
            }
        }
    };
}

/// A journey that touches no database: makes the test `<module>::<name>`. `folder` is an empty folder of its own.
#[macro_export]
macro_rules! journey_once {
    ($(#[$about:meta])* async fn $name:ident($folder:ident) $body:block) => {
        $(#[$about])*
        #[test]
        fn $name() {
            async fn journey($folder: &std::path::Path) $body
            $crate::journey::play_once(concat!(module_path!(), "::", stringify!($name)), journey);
        }
    };
}

/// Plays a journey in a new world.
pub fn play(journey: &str, database: Database, options: Options, body: impl AsyncFnOnce(&mut World)) {
    run(async {
        let mut world = World::new(short(journey), database, options).await;
        body(&mut world).await;
    });
}

/// Plays a journey that needs nothing but a folder.
pub fn play_once(journey: &str, body: impl AsyncFnOnce(&std::path::Path)) {
    let folder = crate::environment::target().join("test-worlds").join(format!(
        "{}.{}",
        short(journey).replace("::", "-"),
        std::process::id()
    ));
    std::fs::create_dir_all(&folder).expect("the build folder can be written to");
    run(body(&folder));
    // Only after a journey that went well: the folder of one that failed is kept for a look.
    let _ = std::fs::remove_dir_all(&folder);
}

fn run(journey: impl Future<Output = ()>) {
    // The HTTP client shares its features with the service's, which brings no provider of cryptography of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(journey);
}

/// Without the name of the test binary.
fn short(journey: &str) -> &str {
    journey.split_once("::").map_or(journey, |(_, rest)| rest)
}
