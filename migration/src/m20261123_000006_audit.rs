//! The audit trail and its seal: entries, the nodes of the tree over them, signed heads, the keys that sign.
//!
//! All of it is append only, and the database itself refuses anything else: whoever wants to change what is written has to
//! take a trigger away first, and the heads that were published still tell.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean, integer, string, string_null, text,
    timestamp_with_time_zone,
};
use sea_orm_migration::sea_orm::DbBackend;

use crate::{index, unique};

/// See the module's text.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What of an entry never changes. The rest may be given once (its place in the tree) or taken away (its personal part).
const FIXED: [&str; 13] = [
    "id",
    "at",
    "actor",
    "actor_id",
    "actor_role",
    "act",
    "subject",
    "subject_id",
    "from_state",
    "to_state",
    "facts",
    "commitment",
    "format",
];
const GIVEN_ONCE: [&str; 2] = ["leaf_index", "leaf_hash"];
const ERASABLE: [&str; 2] = ["salt", "personal"];
/// Tables in which nothing changes at all.
const FROZEN: [&str; 3] = ["seal_node", "seal_head", "seal_key"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let entry = Table::create()
            .table("audit_entry")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            .col(big_integer_null("leaf_index"))
            .col(integer("format"))
            .col(timestamp_with_time_zone("at"))
            .col(string("actor"))
            .col(big_integer_null("actor_id"))
            .col(string_null("actor_role"))
            .col(string("act"))
            .col(string("subject"))
            .col(big_integer("subject_id"))
            .col(string_null("from_state"))
            .col(string_null("to_state"))
            .col(text("facts"))
            .col(blob("commitment"))
            .col(blob_null("salt"))
            .col(blob_null("personal"))
            .col(blob_null("leaf_hash"))
            .take();
        manager.create_table(entry).await?;
        unique(manager, "audit_entry", &["leaf_index"]).await?;
        unique(manager, "audit_entry", &["leaf_hash"]).await?;
        index(manager, "audit_entry", &["subject", "subject_id"]).await?;
        index(manager, "audit_entry", &["at"]).await?;

        // Complete subtrees above the leaves: node `place` of `level` covers the leaves from `place << level` on.
        let node = Table::create()
            .table("seal_node")
            .col(integer("level"))
            .col(big_integer("place"))
            .col(blob("hash"))
            .primary_key(Index::create().col("level").col("place"))
            .take();
        manager.create_table(node).await?;

        let head = Table::create()
            .table("seal_head")
            .col(ColumnDef::new("size").big_integer().not_null().primary_key())
            .col(blob("root"))
            .col(timestamp_with_time_zone("at"))
            .col(string("key_id"))
            .col(blob("signature"))
            .take();
        manager.create_table(head).await?;

        let key = Table::create()
            .table("seal_key")
            .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
            .col(string("key_id"))
            .col(blob("public_key"))
            .col(big_integer("from_size"))
            .col(boolean("announced"))
            .col(timestamp_with_time_zone("recorded_at"))
            .take();
        manager.create_table(key).await?;
        unique(manager, "seal_key", &["key_id"]).await?;

        let connection = manager.get_connection();
        // The sealer asks for what has no place yet: nearly always nothing.
        connection
            .execute_unprepared(
                "CREATE INDEX idx_audit_entry_open ON audit_entry (id) WHERE leaf_index IS NULL",
            )
            .await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                connection.execute_unprepared(&guarded_on_postgres()).await?;
            }
            _ => {
                for statement in guarded_on_sqlite() {
                    connection.execute_unprepared(&statement).await?;
                }
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["seal_key", "seal_head", "seal_node", "audit_entry"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let functions = "DROP FUNCTION audit_entry_guard(); DROP FUNCTION append_only_guard()";
            manager.get_connection().execute_unprepared(functions).await?;
        }
        Ok(())
    }
}

/// True where an update of an entry does what nothing may do.
fn forbidden(differs: &str) -> String {
    let fixed = FIXED.iter().map(|name| format!("NEW.{name} {differs} OLD.{name}"));
    let once =
        GIVEN_ONCE.iter().map(|name| format!("(OLD.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})"));
    let erasable =
        ERASABLE.iter().map(|name| format!("(NEW.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})"));
    fixed.chain(once).chain(erasable).collect::<Vec<_>>().join(" OR ")
}

fn guarded_on_sqlite() -> Vec<String> {
    let refuse = |table: &str| format!("BEGIN SELECT RAISE(ABORT, '{table} is append only'); END");
    let mut statements = vec![format!(
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry WHEN {} {}",
        forbidden("IS NOT"),
        refuse("audit_entry")
    )];
    // A row that is put in the place of another one is deleted without the trigger of deletes being asked.
    let mut replaced = vec![(
        "audit_entry",
        "SELECT 1 FROM audit_entry WHERE id = NEW.id OR leaf_index = NEW.leaf_index OR leaf_hash = NEW.leaf_hash",
    )];
    replaced.push(("seal_node", "SELECT 1 FROM seal_node WHERE level = NEW.level AND place = NEW.place"));
    replaced.push(("seal_head", "SELECT 1 FROM seal_head WHERE size = NEW.size"));
    replaced.push(("seal_key", "SELECT 1 FROM seal_key WHERE id = NEW.id OR key_id = NEW.key_id"));
    for (table, same) in replaced {
        let refuse = refuse(table);
        statements.push(format!(
            "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({same}) {refuse}"
        ));
        statements.push(format!("CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"));
    }
    for table in FROZEN {
        statements
            .push(format!("CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {}", refuse(table)));
    }
    statements
}

fn guarded_on_postgres() -> String {
    let mut script = format!(
        "CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF {} THEN RAISE EXCEPTION 'audit_entry is append only'; END IF; RETURN NEW; END $$; \
         CREATE FUNCTION append_only_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$; \
         CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_guard(); ",
        forbidden("IS DISTINCT FROM")
    );
    for table in FROZEN {
        script.push_str(&format!(
            "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard(); "
        ));
    }
    for table in ["audit_entry"].iter().chain(&FROZEN) {
        script.push_str(&format!(
            "CREATE TRIGGER {table}_no_delete BEFORE DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard(); "
        ));
    }
    script
}
