CREATE TABLE "account" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "login" varchar NOT NULL,
  "display_name" blob NOT NULL,
  "role" varchar NOT NULL,
  "authority_key" varchar NULL,
  "district_code" varchar NULL,
  "organisation_id" integer NULL,
  "home_organisation_id" integer NULL,
  "state" varchar NOT NULL,
  "active_since" timestamp_with_timezone_text NOT NULL,
  "demonstration" boolean NOT NULL,
  "password_hash" varchar NULL,
  "password_version" integer NOT NULL CHECK ("password_version" >= 0),
  "password_changed_at" timestamp_with_timezone_text NULL,
  "must_change" boolean NOT NULL,
  "totp_secret" blob NULL,
  "totp_pending" blob NULL,
  "totp_last_step" integer NULL,
  "last_signed_in_at" timestamp_with_timezone_text NULL,
  "version" integer NOT NULL CHECK ("version" > 0),
  "created_at" timestamp_with_timezone_text NOT NULL,
  FOREIGN KEY ("organisation_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("home_organisation_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT );
CREATE INDEX "idx_account_home_organisation_id" ON "account" ("home_organisation_id");
CREATE INDEX "idx_account_organisation_id" ON "account" ("organisation_id");
CREATE UNIQUE INDEX "unique_account_login" ON "account" ("login");
CREATE TABLE "annotation" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "elevator_id" integer NOT NULL,
  "valid_from" date_text NOT NULL,
  "valid_to" date_text NULL,
  "ended_because" varchar NULL,
  "interval_days" integer NULL,
  "basis" text NOT NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL,
  "superseded_at" timestamp_with_timezone_text NULL,
  FOREIGN KEY ("elevator_id") REFERENCES "elevator" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_annotation_elevator_id" ON "annotation" ("elevator_id");
CREATE INDEX "idx_annotation_valid_to_elevator_id" ON "annotation" ("valid_to", "elevator_id");
CREATE TABLE "api_key" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "kind" varchar NOT NULL,
  "name" blob NOT NULL,
  "contact" blob NULL,
  "organisation_id" integer NULL,
  "scopes" varchar NOT NULL,
  "state" varchar NOT NULL,
  "raised_burst" integer NULL,
  "raised_daily" integer NULL,
  "created_at" timestamp_with_timezone_text NOT NULL,
  "last_used_at" timestamp_with_timezone_text NULL,
  "expires_at" timestamp_with_timezone_text NULL,
  "revoked_at" timestamp_with_timezone_text NULL,
  "revoked_by" varchar NULL,
  FOREIGN KEY ("organisation_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT );
CREATE INDEX "idx_api_key_organisation_id" ON "api_key" ("organisation_id");
CREATE TABLE "api_key_raise" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key_id" integer NOT NULL,
  "burst" integer NULL,
  "daily" integer NULL,
  "reason" blob NOT NULL,
  "state" varchar NOT NULL,
  "asked_at" timestamp_with_timezone_text NOT NULL,
  "decided_at" timestamp_with_timezone_text NULL,
  "answer" blob NULL,
  FOREIGN KEY ("key_id") REFERENCES "api_key" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_api_key_raise_key_id" ON "api_key_raise" ("key_id");
CREATE INDEX "idx_api_key_raise_state" ON "api_key_raise" ("state");
CREATE TABLE "api_key_secret" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key_id" integer NOT NULL,
  "token_hash" blob NOT NULL,
  "prefix" varchar NOT NULL,
  "created_at" timestamp_with_timezone_text NOT NULL,
  "expires_at" timestamp_with_timezone_text NULL,
  FOREIGN KEY ("key_id") REFERENCES "api_key" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_api_key_secret_key_id" ON "api_key_secret" ("key_id");
CREATE UNIQUE INDEX "unique_api_key_secret_token_hash" ON "api_key_secret" ("token_hash");
CREATE TABLE "api_key_usage" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key_id" integer NOT NULL,
  "day" date_text NOT NULL,
  "calls" integer NOT NULL,
  "refused" integer NOT NULL,
  "last_at" timestamp_with_timezone_text NOT NULL );
CREATE INDEX "idx_api_key_usage_last_at" ON "api_key_usage" ("last_at");
CREATE UNIQUE INDEX "unique_api_key_usage_key_id_day" ON "api_key_usage" ("key_id", "day");
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append only'); END;
CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR leaf_index = NEW.leaf_index OR leaf_hash = NEW.leaf_hash) BEGIN SELECT RAISE(ABORT, 'audit_entry is append only'); END;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry WHEN NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.actor IS NOT OLD.actor OR NEW.actor_id IS NOT OLD.actor_id OR NEW.actor_role IS NOT OLD.actor_role OR NEW.act IS NOT OLD.act OR NEW.subject IS NOT OLD.subject OR NEW.subject_id IS NOT OLD.subject_id OR NEW.from_state IS NOT OLD.from_state OR NEW.to_state IS NOT OLD.to_state OR NEW.facts IS NOT OLD.facts OR NEW.commitment IS NOT OLD.commitment OR NEW.format IS NOT OLD.format OR (OLD.leaf_index IS NOT NULL AND NEW.leaf_index IS NOT OLD.leaf_index) OR (OLD.leaf_hash IS NOT NULL AND NEW.leaf_hash IS NOT OLD.leaf_hash) OR (NEW.salt IS NOT NULL AND (OLD.salt IS NULL OR (NEW.salt <> OLD.salt AND NOT (length(NEW.salt) = length(OLD.salt) AND substr(NEW.salt, 1, 1) = substr(OLD.salt, 1, 1) AND substr(NEW.salt, 2, 4) <> substr(OLD.salt, 2, 4))))) OR (NEW.personal IS NOT NULL AND (OLD.personal IS NULL OR (NEW.personal <> OLD.personal AND NOT (length(NEW.personal) = length(OLD.personal) AND substr(NEW.personal, 1, 1) = substr(OLD.personal, 1, 1) AND substr(NEW.personal, 2, 4) <> substr(OLD.personal, 2, 4))))) BEGIN SELECT RAISE(ABORT, 'audit_entry is append only'); END;
CREATE TABLE "audit_entry" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "leaf_index" integer NULL,
  "format" integer NOT NULL,
  "at" timestamp_with_timezone_text NOT NULL,
  "actor" varchar NOT NULL,
  "actor_id" integer NULL,
  "actor_role" varchar NULL,
  "act" varchar NOT NULL,
  "subject" varchar NOT NULL,
  "subject_id" integer NOT NULL,
  "from_state" varchar NULL,
  "to_state" varchar NULL,
  "facts" text NOT NULL,
  "commitment" blob NOT NULL,
  "salt" blob NULL,
  "personal" blob NULL,
  "leaf_hash" blob NULL );
CREATE INDEX "idx_audit_entry_at" ON "audit_entry" ("at");
CREATE INDEX idx_audit_entry_open ON audit_entry (id) WHERE leaf_index IS NULL;
CREATE INDEX "idx_audit_entry_subject_subject_id" ON "audit_entry" ("subject", "subject_id");
CREATE UNIQUE INDEX "unique_audit_entry_leaf_hash" ON "audit_entry" ("leaf_hash");
CREATE UNIQUE INDEX "unique_audit_entry_leaf_index" ON "audit_entry" ("leaf_index");
CREATE TABLE "authority" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key" varchar NOT NULL,
  "level" varchar NOT NULL,
  "name_zh" varchar NOT NULL,
  "name_en" varchar NOT NULL,
  "district_code" varchar NULL,
  "zone_key" varchar NULL,
  "valid_from" date_text NULL,
  "valid_to" date_text NULL );
CREATE UNIQUE INDEX "unique_authority_key" ON "authority" ("key");
CREATE TABLE "change" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "seq" integer NULL,
  "at" timestamp_with_timezone_text NOT NULL,
  "subject" varchar NOT NULL,
  "subject_id" integer NOT NULL,
  "handle" varchar NOT NULL,
  "code" varchar NOT NULL,
  "kind" varchar NOT NULL,
  "reason" varchar NOT NULL,
  "version" integer NOT NULL );
CREATE INDEX idx_change_open ON change (id) WHERE seq IS NULL;
CREATE INDEX "idx_change_subject_subject_id" ON "change" ("subject", "subject_id");
CREATE UNIQUE INDEX "unique_change_seq" ON "change" ("seq");
CREATE TABLE "district" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "code" varchar NOT NULL,
  "name_zh" varchar NOT NULL,
  "name_en" varchar NOT NULL,
  "kind" varchar NOT NULL,
  "valid_from" date_text NULL,
  "valid_to" date_text NULL,
  "successor" varchar NULL,
  "note" text NULL );
CREATE UNIQUE INDEX "unique_district_code" ON "district" ("code");
CREATE TABLE "district_earlier_code" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "district_code" varchar NOT NULL,
  "code" varchar NOT NULL,
  "name_zh" varchar NOT NULL,
  "first_seen" varchar NULL,
  "gone_by" varchar NULL );
CREATE INDEX "idx_district_earlier_code_district_code" ON "district_earlier_code" ("district_code");
CREATE TABLE "elevator" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "source_id" integer NOT NULL,
  "source_key" varchar NOT NULL,
  "code" varchar NOT NULL,
  "use_status" varchar NULL,
  "use_status_since" date_text NULL,
  "district_code" varchar NULL,
  "zone_key" varchar NULL,
  "address" varchar NULL,
  "building" varchar NULL,
  "internal_number" varchar NULL,
  "postal_code" varchar NULL,
  "longitude" double NULL,
  "latitude" double NULL,
  "category_code" varchar NULL,
  "category_catalogue" varchar NULL,
  "manufacturer" varchar NULL,
  "model" varchar NULL,
  "manufactured_on" date_text NULL,
  "in_service_since" date_text NULL,
  "rated_load_kg" double NULL,
  "rated_speed_m_s" double NULL,
  "stops" integer NULL,
  "lowest_floor" varchar NULL,
  "highest_floor" varchar NULL,
  "travel_m" double NULL,
  "using_unit_id" integer NULL,
  "maintenance_unit_id" integer NULL,
  "duty_phone" varchar NULL,
  "inspection_last_on" date_text NULL,
  "inspection_kind" varchar NULL,
  "inspection_result" varchar NULL,
  "inspection_valid_until" date_text NULL,
  "inspection_precision" varchar NULL,
  "insurance_kind" varchar NULL,
  "insurer" varchar NULL,
  "insured_from" date_text NULL,
  "insured_until" date_text NULL,
  "contract_kind" varchar NULL,
  "monitoring_equipped" boolean NULL,
  "monitoring_since" date_text NULL,
  "raw" text NULL,
  "facts_hash" varchar NOT NULL,
  "version" integer NOT NULL CHECK ("version" > 0),
  "change_kind" varchar NOT NULL,
  "change_reason" varchar NOT NULL,
  "valid_from" date_text NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL,
  FOREIGN KEY ("source_id") REFERENCES "source" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("using_unit_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT,
  FOREIGN KEY ("maintenance_unit_id") REFERENCES "organisation" ("id") ON DELETE RESTRICT );
CREATE INDEX "idx_elevator_category_code_id" ON "elevator" ("category_code", "id");
CREATE INDEX "idx_elevator_district_code_id" ON "elevator" ("district_code", "id");
CREATE INDEX "idx_elevator_inspection_valid_until_id" ON "elevator" ("inspection_valid_until", "id");
CREATE INDEX "idx_elevator_maintenance_unit_id_id" ON "elevator" ("maintenance_unit_id", "id");
CREATE INDEX "idx_elevator_recorded_at_id" ON "elevator" ("recorded_at", "id");
CREATE INDEX "idx_elevator_using_unit_id_id" ON "elevator" ("using_unit_id", "id");
CREATE UNIQUE INDEX "unique_elevator_source_id_source_key" ON "elevator" ("source_id", "source_key");
CREATE TABLE "elevator_identifier" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "elevator_id" integer NOT NULL,
  "kind" varchar NOT NULL,
  "value" varchar NOT NULL,
  "value_norm" varchar NOT NULL,
  "scheme" varchar NULL,
  "since" date_text NULL,
  "until" date_text NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL,
  FOREIGN KEY ("elevator_id") REFERENCES "elevator" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_elevator_identifier_elevator_id" ON "elevator_identifier" ("elevator_id");
CREATE INDEX "idx_elevator_identifier_value_norm" ON "elevator_identifier" ("value_norm");
CREATE TABLE "elevator_quality" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "elevator_id" integer NOT NULL,
  "flag" varchar NOT NULL,
  "field" varchar NOT NULL,
  "raw" text NULL,
  FOREIGN KEY ("elevator_id") REFERENCES "elevator" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_elevator_quality_elevator_id" ON "elevator_quality" ("elevator_id");
CREATE INDEX "idx_elevator_quality_flag_elevator_id" ON "elevator_quality" ("flag", "elevator_id");
CREATE TABLE "elevator_search" (
  "elevator_id" integer NOT NULL PRIMARY KEY,
  "version" integer NOT NULL,
  "text" text NOT NULL,
  FOREIGN KEY ("elevator_id") REFERENCES "elevator" ("id") ON DELETE CASCADE );
CREATE TABLE "functional_zone" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key" varchar NOT NULL,
  "district_code" varchar NOT NULL,
  "name_zh" varchar NOT NULL,
  "name_en" varchar NOT NULL,
  "note" text NULL );
CREATE UNIQUE INDEX "unique_functional_zone_key_district_code" ON "functional_zone" ("key", "district_code");
CREATE TABLE "import_run" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "kind" varchar NOT NULL,
  "source_id" integer NULL,
  "file_name" varchar NOT NULL,
  "file_sha256" varchar NOT NULL,
  "mapping_sha256" varchar NOT NULL,
  "started_at" timestamp_with_timezone_text NOT NULL,
  "updated_at" timestamp_with_timezone_text NOT NULL,
  "finished_at" timestamp_with_timezone_text NULL,
  "rows_read" integer NOT NULL,
  "created" integer NOT NULL,
  "updated" integer NOT NULL,
  "unchanged" integer NOT NULL,
  "rejected" integer NOT NULL,
  "skipped" integer NOT NULL,
  "report_bytes" integer NOT NULL,
  "report_path" varchar NULL );
CREATE INDEX "idx_import_run_file_sha256_mapping_sha256" ON "import_run" ("file_sha256", "mapping_sha256");
CREATE TABLE "job_lease" (
  "name" varchar NOT NULL PRIMARY KEY,
  "holder" varchar NOT NULL,
  "until" timestamp_with_timezone_text NOT NULL );
CREATE TABLE "kept_answer" (
  "scope" blob NOT NULL PRIMARY KEY,
  "fingerprint" blob NOT NULL,
  "status" integer NOT NULL,
  "answer" blob NOT NULL,
  "expires_at" timestamp_with_timezone_text NOT NULL );
CREATE INDEX "idx_kept_answer_expires_at" ON "kept_answer" ("expires_at");
CREATE TABLE "known_device" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "account_id" integer NOT NULL,
  "token_hash" blob NOT NULL,
  "client" varchar NOT NULL,
  "created_at" timestamp_with_timezone_text NOT NULL,
  "last_seen_at" timestamp_with_timezone_text NOT NULL,
  "expires_at" timestamp_with_timezone_text NOT NULL,
  FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_known_device_account_id" ON "known_device" ("account_id");
CREATE UNIQUE INDEX "unique_known_device_token_hash" ON "known_device" ("token_hash");
CREATE TABLE "one_time_link" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "account_id" integer NOT NULL,
  "token_hash" blob NOT NULL,
  "purpose" varchar NOT NULL,
  "clears_second_factor" boolean NOT NULL,
  "created_by" integer NULL,
  "created_at" timestamp_with_timezone_text NOT NULL,
  "expires_at" timestamp_with_timezone_text NOT NULL,
  "used_at" timestamp_with_timezone_text NULL,
  "withdrawn_at" timestamp_with_timezone_text NULL,
  FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_one_time_link_account_id" ON "one_time_link" ("account_id");
CREATE UNIQUE INDEX "unique_one_time_link_token_hash" ON "one_time_link" ("token_hash");
CREATE TABLE "organisation" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "source_id" integer NOT NULL,
  "source_key" varchar NOT NULL,
  "uscc" varchar NULL,
  "name" varchar NOT NULL,
  "version" integer NOT NULL CHECK ("version" > 0),
  "valid_from" date_text NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL,
  FOREIGN KEY ("source_id") REFERENCES "source" ("id") ON DELETE RESTRICT );
CREATE UNIQUE INDEX "unique_organisation_source_id_source_key" ON "organisation" ("source_id", "source_key");
CREATE UNIQUE INDEX "unique_organisation_uscc" ON "organisation" ("uscc");
CREATE TABLE "past_version" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "subject" varchar NOT NULL,
  "subject_id" integer NOT NULL,
  "version" integer NOT NULL,
  "valid_from" date_text NULL,
  "valid_to" date_text NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL,
  "superseded_at" timestamp_with_timezone_text NOT NULL,
  "change_kind" varchar NOT NULL,
  "change_reason" varchar NOT NULL,
  "facts" text NOT NULL );
CREATE UNIQUE INDEX "unique_past_version_subject_subject_id_version" ON "past_version" ("subject", "subject_id", "version");
CREATE TABLE "recovery_code" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "account_id" integer NOT NULL,
  "code_hash" blob NOT NULL,
  "created_at" timestamp_with_timezone_text NOT NULL,
  "used_at" timestamp_with_timezone_text NULL,
  FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE );
CREATE UNIQUE INDEX "unique_recovery_code_account_id_code_hash" ON "recovery_code" ("account_id", "code_hash");
CREATE TABLE "retention_run" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "day" date_text NOT NULL,
  "started_by" varchar NOT NULL,
  "policy_version" varchar NOT NULL,
  "started_at" timestamp_with_timezone_text NOT NULL,
  "finished_at" timestamp_with_timezone_text NULL,
  "counts" text NOT NULL );
CREATE INDEX "idx_retention_run_day" ON "retention_run" ("day");
CREATE TRIGGER seal_head_no_delete BEFORE DELETE ON seal_head BEGIN SELECT RAISE(ABORT, 'seal_head is append only'); END;
CREATE TRIGGER seal_head_no_replace BEFORE INSERT ON seal_head WHEN EXISTS (SELECT 1 FROM seal_head WHERE size = NEW.size) BEGIN SELECT RAISE(ABORT, 'seal_head is append only'); END;
CREATE TRIGGER seal_head_no_update BEFORE UPDATE ON seal_head BEGIN SELECT RAISE(ABORT, 'seal_head is append only'); END;
CREATE TABLE "seal_head" (
  "size" integer NOT NULL PRIMARY KEY,
  "root" blob NOT NULL,
  "at" timestamp_with_timezone_text NOT NULL,
  "key_id" varchar NOT NULL,
  "signature" blob NOT NULL );
CREATE TRIGGER seal_key_no_delete BEFORE DELETE ON seal_key BEGIN SELECT RAISE(ABORT, 'seal_key is append only'); END;
CREATE TRIGGER seal_key_no_replace BEFORE INSERT ON seal_key WHEN EXISTS (SELECT 1 FROM seal_key WHERE id = NEW.id OR key_id = NEW.key_id) BEGIN SELECT RAISE(ABORT, 'seal_key is append only'); END;
CREATE TRIGGER seal_key_no_update BEFORE UPDATE ON seal_key BEGIN SELECT RAISE(ABORT, 'seal_key is append only'); END;
CREATE TABLE "seal_key" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key_id" varchar NOT NULL,
  "public_key" blob NOT NULL,
  "from_size" integer NOT NULL,
  "announced_by" integer NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL );
CREATE UNIQUE INDEX "unique_seal_key_key_id" ON "seal_key" ("key_id");
CREATE TRIGGER seal_node_no_delete BEFORE DELETE ON seal_node BEGIN SELECT RAISE(ABORT, 'seal_node is append only'); END;
CREATE TRIGGER seal_node_no_replace BEFORE INSERT ON seal_node WHEN EXISTS (SELECT 1 FROM seal_node WHERE level = NEW.level AND place = NEW.place) BEGIN SELECT RAISE(ABORT, 'seal_node is append only'); END;
CREATE TRIGGER seal_node_no_update BEFORE UPDATE ON seal_node BEGIN SELECT RAISE(ABORT, 'seal_node is append only'); END;
CREATE TABLE "seal_node" (
  "level" integer NOT NULL,
  "place" integer NOT NULL,
  "hash" blob NOT NULL, PRIMARY KEY ("level",
  "place") );
CREATE TABLE "seaql_migrations" (
  "version" varchar NOT NULL PRIMARY KEY,
  "applied_at" integer NOT NULL );
CREATE TABLE "session" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "account_id" integer NOT NULL,
  "token_hash" blob NOT NULL,
  "password_version" integer NOT NULL,
  "second_factor_due" boolean NOT NULL,
  "second_factor_at" timestamp_with_timezone_text NULL,
  "client" varchar NOT NULL,
  "created_at" timestamp_with_timezone_text NOT NULL,
  "last_seen_at" timestamp_with_timezone_text NOT NULL,
  "expires_at" timestamp_with_timezone_text NOT NULL,
  "ended_at" timestamp_with_timezone_text NULL,
  "ended_because" varchar NULL,
  FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE );
CREATE INDEX "idx_session_account_id" ON "session" ("account_id");
CREATE INDEX "idx_session_expires_at" ON "session" ("expires_at");
CREATE UNIQUE INDEX "unique_session_token_hash" ON "session" ("token_hash");
CREATE TABLE "setting" (
  "key" varchar NOT NULL PRIMARY KEY,
  "value" text NOT NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL );
CREATE TABLE "sign_in_failure" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "login_digest" blob NOT NULL,
  "origin_digest" blob NOT NULL,
  "failures" integer NOT NULL,
  "last_at" timestamp_with_timezone_text NOT NULL,
  "wait_until" timestamp_with_timezone_text NOT NULL );
CREATE INDEX "idx_sign_in_failure_last_at" ON "sign_in_failure" ("last_at");
CREATE UNIQUE INDEX "unique_sign_in_failure_login_digest_origin_digest" ON "sign_in_failure" ("login_digest", "origin_digest");
CREATE TABLE "source" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "key" varchar NOT NULL,
  "name_zh" varchar NOT NULL,
  "name_en" varchar NOT NULL,
  "licence" varchar NOT NULL,
  "url" varchar NULL,
  "as_of" date_text NULL,
  "demonstration" boolean NOT NULL,
  "recorded_at" timestamp_with_timezone_text NOT NULL );
CREATE UNIQUE INDEX "unique_source_key" ON "source" ("key");
CREATE TABLE "stored_file" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "name" blob NOT NULL,
  "purpose" varchar NOT NULL,
  "subject_id" integer NOT NULL,
  "media_type" varchar NOT NULL,
  "bytes" integer NOT NULL,
  "sha256" blob NOT NULL,
  "width" integer NULL,
  "height" integer NULL,
  "data_key" blob NULL,
  "holder" blob NOT NULL,
  "created_at" timestamp_with_timezone_text NOT NULL,
  "erased_at" timestamp_with_timezone_text NULL );
CREATE INDEX "idx_stored_file_erased_at" ON "stored_file" ("erased_at");
CREATE INDEX "idx_stored_file_holder_created_at" ON "stored_file" ("holder", "created_at");
CREATE INDEX "idx_stored_file_purpose_subject_id" ON "stored_file" ("purpose", "subject_id");
CREATE UNIQUE INDEX "unique_stored_file_name" ON "stored_file" ("name");
CREATE TABLE "unit_request" (
  "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  "number" varchar NOT NULL,
  "token_hash" blob NOT NULL,
  "uscc" varchar NOT NULL,
  "unit_name" varchar NOT NULL,
  "role" varchar NOT NULL,
  "authority_key" varchar NOT NULL,
  "contact_name" blob NOT NULL,
  "contact_phone" blob NOT NULL,
  "note" blob NULL,
  "state" varchar NOT NULL,
  "answer" blob NULL,
  "decided_by" integer NULL,
  "organisation_id" integer NULL,
  "account_id" integer NULL,
  "version" integer NOT NULL CHECK ("version" > 0),
  "filed_at" timestamp_with_timezone_text NOT NULL,
  "decided_at" timestamp_with_timezone_text NULL,
  FOREIGN KEY ("decided_by") REFERENCES "account" ("id") ON DELETE SET NULL,
  FOREIGN KEY ("organisation_id") REFERENCES "organisation" ("id") ON DELETE SET NULL,
  FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE SET NULL );
CREATE INDEX "idx_unit_request_account_id" ON "unit_request" ("account_id");
CREATE INDEX "idx_unit_request_authority_key_state_id" ON "unit_request" ("authority_key", "state", "id");
CREATE INDEX "idx_unit_request_decided_by" ON "unit_request" ("decided_by");
CREATE INDEX "idx_unit_request_organisation_id" ON "unit_request" ("organisation_id");
CREATE INDEX "idx_unit_request_uscc_state" ON "unit_request" ("uscc", "state");
CREATE UNIQUE INDEX "unique_unit_request_number" ON "unit_request" ("number");
