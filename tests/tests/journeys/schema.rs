//! The schema that the migrations make: as a golden file for each database, and equal to what the rows expect.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use yuti_tests::{Database, Options, World, journey, table};

journey! {
    /// Every step of the schema shows in a file that is reviewed like prose.
    async fn the_schema_is_the_golden_one(world: Options::unprepared().stopped()) {
        world.cli(["migrate"]).await.ok();
        let db = connect(world).await;
        let name = world.database().name();
        table::same_as_file(&format!("tests/golden/schema.{name}.sql"), &dump(&db).await);
    }
}

journey! {
    /// The rows of `entity` want nothing that the migrations do not make, and know every column that they make.
    async fn rows_and_migrations_agree(world: Options::unprepared().stopped()) {
        world.cli(["migrate"]).await.ok();
        let db = connect(world).await;
        let made = dump(&db).await;
        db.get_schema_registry("yuti_entity::*").sync(&db).await.expect("the rows can be compared with the schema");
        assert_eq!(made, dump(&db).await, "a row wants a column or an index that no migration makes");
        let known = yuti_entity::columns();
        for (table, columns) in columns(&db, world.database()).await {
            if table == "seaql_migrations" {
                continue;
            }
            let (_, expected) = known.iter().find(|(name, _)| *name == table).unwrap_or_else(|| panic!("no row for the table {table}"));
            assert_eq!(&columns, expected, "the columns of {table}");
        }
    }
}

journey! {
    /// Migrating again takes no step, and the service says which profile a database belongs to.
    async fn migrating_twice_is_migrating_once(world: Options::unprepared().stopped()) {
        world.cli(["migrate", "--status"]).await.ok().says("12 steps of the schema are missing");
        world.cli(["migrate"]).await.ok().says("12 steps of the schema were taken");
        world.cli(["migrate"]).await.ok().says("0 steps of the schema were taken");
        world.cli(["migrate", "--status"]).await.ok().says("0 steps of the schema are missing");
        world.cli(["check"]).await.ok().says("0 elevators");
    }
}

async fn connect(world: &World) -> DatabaseConnection {
    let file = world.data_folder().join("yuti.sqlite");
    let url = world.database_url().unwrap_or_else(|| format!("sqlite://{}", file.display()));
    sea_orm::Database::connect(url).await.expect("the world's database can be opened")
}

async fn texts(db: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(db.get_database_backend(), query);
    let rows = db.query_all_raw(statement).await.expect("the catalogue can be read");
    rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a text")).collect()
}

/// The whole schema as text, in an order of its own.
async fn dump(db: &DatabaseConnection) -> String {
    let queries: &[&str] = match db.get_database_backend() {
        DbBackend::Sqlite => &[
            "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name",
        ],
        _ => &[
            "SELECT '-- ' || table_name || E'\\n' || string_agg('  ' || column_name || ' ' || data_type || coalesce(' collate ' || collation_name, '') \
             || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END || CASE is_identity WHEN 'YES' THEN ' identity' ELSE '' END \
             || coalesce(' default ' || column_default, ''), E'\\n' ORDER BY ordinal_position) \
             FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name ORDER BY table_name COLLATE \"C\"",
            "SELECT indexdef || ';' FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname COLLATE \"C\"",
            "SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY conrelid::regclass::text COLLATE \"C\", conname COLLATE \"C\"",
            "SELECT pg_get_functiondef(oid) || ';' FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname COLLATE \"C\"",
            "SELECT pg_get_triggerdef(oid) || ';' FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname COLLATE \"C\"",
        ],
    };
    let mut dump = String::new();
    for query in queries {
        for text in texts(db, query).await {
            // One column a line: a new one is then one new line of the review.
            dump.push_str(&if text.starts_with("CREATE TABLE") { one_column_a_line(&text) } else { text });
            dump.push('\n');
        }
    }
    dump
}

fn one_column_a_line(table: &str) -> String {
    table.replacen("( ", "(\n  ", 1).replace(", \"", ",\n  \"").replace(", FOREIGN", ",\n  FOREIGN")
}

/// The columns of each table, sorted.
async fn columns(db: &DatabaseConnection, database: Database) -> Vec<(String, Vec<String>)> {
    let tables = match database {
        Database::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Database::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
        }
    };
    let mut all = Vec::new();
    for table in texts(db, tables).await {
        let query = match database {
            Database::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Database::Postgres => format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
            ),
        };
        let mut columns = texts(db, &query).await;
        columns.sort();
        all.push((table, columns));
    }
    all
}
