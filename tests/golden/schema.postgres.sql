-- account
  id bigint not null identity
  login character varying not null
  display_name bytea not null
  role character varying not null
  authority_key character varying
  district_code character varying
  organisation_id bigint
  home_organisation_id bigint
  state character varying not null
  active_since timestamp with time zone not null
  demonstration boolean not null
  password_hash character varying
  password_version integer not null
  password_changed_at timestamp with time zone
  must_change boolean not null
  totp_secret bytea
  totp_pending bytea
  totp_last_step bigint
  last_signed_in_at timestamp with time zone
  version integer not null
  created_at timestamp with time zone not null
-- annotation
  id bigint not null identity
  elevator_id bigint not null
  valid_from date not null
  valid_to date
  ended_because character varying
  interval_days integer
  basis text not null
  recorded_at timestamp with time zone not null
  superseded_at timestamp with time zone
-- api_key
  id bigint not null identity
  kind character varying not null
  name bytea not null
  contact bytea
  organisation_id bigint
  scopes character varying not null
  state character varying not null
  raised_burst integer
  raised_daily integer
  created_at timestamp with time zone not null
  last_used_at timestamp with time zone
  expires_at timestamp with time zone
  revoked_at timestamp with time zone
  revoked_by character varying
-- api_key_raise
  id bigint not null identity
  key_id bigint not null
  burst integer
  daily integer
  reason bytea not null
  state character varying not null
  asked_at timestamp with time zone not null
  decided_at timestamp with time zone
  answer bytea
-- api_key_secret
  id bigint not null identity
  key_id bigint not null
  token_hash bytea not null
  prefix character varying not null
  created_at timestamp with time zone not null
  expires_at timestamp with time zone
-- api_key_usage
  id bigint not null identity
  key_id bigint not null
  day date not null
  calls bigint not null
  refused bigint not null
  last_at timestamp with time zone not null
-- audit_entry
  id bigint not null identity
  leaf_index bigint
  format integer not null
  at timestamp with time zone not null
  actor character varying not null
  actor_id bigint
  actor_role character varying
  act character varying not null
  subject character varying not null
  subject_id bigint not null
  from_state character varying
  to_state character varying
  facts text not null
  commitment bytea not null
  salt bytea
  personal bytea
  leaf_hash bytea
-- authority
  id integer not null identity
  key character varying not null
  level character varying not null
  name_zh character varying not null
  name_en character varying not null
  district_code character varying
  zone_key character varying
  valid_from date
  valid_to date
-- change
  id bigint not null identity
  seq bigint
  at timestamp with time zone not null
  subject character varying not null
  subject_id bigint not null
  handle character varying not null
  code character varying not null
  kind character varying not null
  reason character varying not null
  version integer not null
-- district
  id integer not null identity
  code character varying not null
  name_zh character varying not null
  name_en character varying not null
  kind character varying not null
  valid_from date
  valid_to date
  successor character varying
  note text
-- district_earlier_code
  id integer not null identity
  district_code character varying not null
  code character varying not null
  name_zh character varying not null
  first_seen character varying
  gone_by character varying
-- elevator
  id bigint not null identity
  source_id bigint not null
  source_key character varying not null
  code character varying not null
  use_status character varying
  use_status_since date
  district_code character varying
  zone_key character varying
  address character varying
  building character varying
  internal_number character varying
  postal_code character varying
  longitude double precision
  latitude double precision
  category_code character varying
  category_catalogue character varying
  manufacturer character varying
  model character varying
  manufactured_on date
  in_service_since date
  rated_load_kg double precision
  rated_speed_m_s double precision
  stops integer
  lowest_floor character varying
  highest_floor character varying
  travel_m double precision
  using_unit_id bigint
  maintenance_unit_id bigint
  duty_phone character varying
  inspection_last_on date
  inspection_kind character varying
  inspection_result character varying
  inspection_valid_until date
  inspection_precision character varying
  insurance_kind character varying
  insurer character varying
  insured_from date
  insured_until date
  contract_kind character varying
  monitoring_equipped boolean
  monitoring_since date
  raw text
  facts_hash character varying not null
  version integer not null
  change_kind character varying not null
  change_reason character varying not null
  valid_from date
  recorded_at timestamp with time zone not null
-- elevator_identifier
  id bigint not null identity
  elevator_id bigint not null
  kind character varying not null
  value character varying not null
  value_norm character varying collate C not null
  scheme character varying
  since date
  until date
  recorded_at timestamp with time zone not null
-- elevator_quality
  id bigint not null identity
  elevator_id bigint not null
  flag character varying not null
  field character varying not null
  raw text
-- elevator_search
  elevator_id bigint not null
  version integer not null
  text text not null
-- functional_zone
  id integer not null identity
  key character varying not null
  district_code character varying not null
  name_zh character varying not null
  name_en character varying not null
  note text
-- import_run
  id bigint not null identity
  kind character varying not null
  source_id bigint
  file_name character varying not null
  file_sha256 character varying not null
  mapping_sha256 character varying not null
  started_at timestamp with time zone not null
  updated_at timestamp with time zone not null
  finished_at timestamp with time zone
  rows_read bigint not null
  created bigint not null
  updated bigint not null
  unchanged bigint not null
  rejected bigint not null
  skipped bigint not null
  report_bytes bigint not null
  report_path character varying
-- job_lease
  name character varying not null
  holder character varying not null
  until timestamp with time zone not null
-- kept_answer
  scope bytea not null
  fingerprint bytea not null
  status integer not null
  answer bytea not null
  expires_at timestamp with time zone not null
-- known_device
  id bigint not null identity
  account_id bigint not null
  token_hash bytea not null
  client character varying not null
  created_at timestamp with time zone not null
  last_seen_at timestamp with time zone not null
  expires_at timestamp with time zone not null
-- one_time_link
  id bigint not null identity
  account_id bigint not null
  token_hash bytea not null
  purpose character varying not null
  clears_second_factor boolean not null
  created_by bigint
  created_at timestamp with time zone not null
  expires_at timestamp with time zone not null
  used_at timestamp with time zone
  withdrawn_at timestamp with time zone
-- organisation
  id bigint not null identity
  source_id bigint not null
  source_key character varying not null
  uscc character varying
  name character varying not null
  version integer not null
  valid_from date
  recorded_at timestamp with time zone not null
-- past_version
  id bigint not null identity
  subject character varying not null
  subject_id bigint not null
  version integer not null
  valid_from date
  valid_to date
  recorded_at timestamp with time zone not null
  superseded_at timestamp with time zone not null
  change_kind character varying not null
  change_reason character varying not null
  facts text not null
-- recovery_code
  id bigint not null identity
  account_id bigint not null
  code_hash bytea not null
  created_at timestamp with time zone not null
  used_at timestamp with time zone
-- retention_run
  id bigint not null identity
  day date not null
  started_by character varying not null
  policy_version character varying not null
  started_at timestamp with time zone not null
  finished_at timestamp with time zone
  counts text not null
-- seal_head
  size bigint not null
  root bytea not null
  at timestamp with time zone not null
  key_id character varying not null
  signature bytea not null
-- seal_key
  id bigint not null identity
  key_id character varying not null
  public_key bytea not null
  from_size bigint not null
  announced_by bigint
  recorded_at timestamp with time zone not null
-- seal_node
  level integer not null
  place bigint not null
  hash bytea not null
-- seaql_migrations
  version character varying not null
  applied_at bigint not null
-- session
  id bigint not null identity
  account_id bigint not null
  token_hash bytea not null
  password_version integer not null
  second_factor_due boolean not null
  second_factor_at timestamp with time zone
  client character varying not null
  created_at timestamp with time zone not null
  last_seen_at timestamp with time zone not null
  expires_at timestamp with time zone not null
  ended_at timestamp with time zone
  ended_because character varying
-- setting
  key character varying not null
  value text not null
  recorded_at timestamp with time zone not null
-- sign_in_failure
  id bigint not null identity
  login_digest bytea not null
  origin_digest bytea not null
  failures integer not null
  last_at timestamp with time zone not null
  wait_until timestamp with time zone not null
-- source
  id bigint not null identity
  key character varying not null
  name_zh character varying not null
  name_en character varying not null
  licence character varying not null
  url character varying
  as_of date
  demonstration boolean not null
  recorded_at timestamp with time zone not null
-- stored_file
  id bigint not null identity
  name bytea not null
  purpose character varying not null
  subject_id bigint not null
  media_type character varying not null
  bytes bigint not null
  sha256 bytea not null
  width integer
  height integer
  data_key bytea
  holder bytea not null
  created_at timestamp with time zone not null
  erased_at timestamp with time zone
-- unit_request
  id bigint not null identity
  number character varying not null
  token_hash bytea not null
  uscc character varying not null
  unit_name character varying not null
  role character varying not null
  authority_key character varying not null
  contact_name bytea not null
  contact_phone bytea not null
  note bytea
  state character varying not null
  answer bytea
  decided_by bigint
  organisation_id bigint
  account_id bigint
  version integer not null
  filed_at timestamp with time zone not null
  decided_at timestamp with time zone
CREATE UNIQUE INDEX account_pkey ON public.account USING btree (id);
CREATE UNIQUE INDEX annotation_pkey ON public.annotation USING btree (id);
CREATE UNIQUE INDEX api_key_pkey ON public.api_key USING btree (id);
CREATE UNIQUE INDEX api_key_raise_pkey ON public.api_key_raise USING btree (id);
CREATE UNIQUE INDEX api_key_secret_pkey ON public.api_key_secret USING btree (id);
CREATE UNIQUE INDEX api_key_usage_pkey ON public.api_key_usage USING btree (id);
CREATE UNIQUE INDEX audit_entry_pkey ON public.audit_entry USING btree (id);
CREATE UNIQUE INDEX authority_pkey ON public.authority USING btree (id);
CREATE UNIQUE INDEX change_pkey ON public.change USING btree (id);
CREATE UNIQUE INDEX district_earlier_code_pkey ON public.district_earlier_code USING btree (id);
CREATE UNIQUE INDEX district_pkey ON public.district USING btree (id);
CREATE UNIQUE INDEX elevator_identifier_pkey ON public.elevator_identifier USING btree (id);
CREATE UNIQUE INDEX elevator_pkey ON public.elevator USING btree (id);
CREATE UNIQUE INDEX elevator_quality_pkey ON public.elevator_quality USING btree (id);
CREATE UNIQUE INDEX elevator_search_pkey ON public.elevator_search USING btree (elevator_id);
CREATE UNIQUE INDEX functional_zone_pkey ON public.functional_zone USING btree (id);
CREATE INDEX idx_account_home_organisation_id ON public.account USING btree (home_organisation_id);
CREATE INDEX idx_account_organisation_id ON public.account USING btree (organisation_id);
CREATE INDEX idx_annotation_elevator_id ON public.annotation USING btree (elevator_id);
CREATE INDEX idx_annotation_valid_to_elevator_id ON public.annotation USING btree (valid_to, elevator_id);
CREATE INDEX idx_api_key_organisation_id ON public.api_key USING btree (organisation_id);
CREATE INDEX idx_api_key_raise_key_id ON public.api_key_raise USING btree (key_id);
CREATE INDEX idx_api_key_raise_state ON public.api_key_raise USING btree (state);
CREATE INDEX idx_api_key_secret_key_id ON public.api_key_secret USING btree (key_id);
CREATE INDEX idx_api_key_usage_last_at ON public.api_key_usage USING btree (last_at);
CREATE INDEX idx_audit_entry_at ON public.audit_entry USING btree (at);
CREATE INDEX idx_audit_entry_open ON public.audit_entry USING btree (id) WHERE (leaf_index IS NULL);
CREATE INDEX idx_audit_entry_subject_subject_id ON public.audit_entry USING btree (subject, subject_id);
CREATE INDEX idx_change_open ON public.change USING btree (id) WHERE (seq IS NULL);
CREATE INDEX idx_change_subject_subject_id ON public.change USING btree (subject, subject_id);
CREATE INDEX idx_district_earlier_code_district_code ON public.district_earlier_code USING btree (district_code);
CREATE INDEX idx_elevator_category_code_id ON public.elevator USING btree (category_code, id);
CREATE INDEX idx_elevator_district_code_id ON public.elevator USING btree (district_code, id);
CREATE INDEX idx_elevator_identifier_elevator_id ON public.elevator_identifier USING btree (elevator_id);
CREATE INDEX idx_elevator_identifier_value_norm ON public.elevator_identifier USING btree (value_norm);
CREATE INDEX idx_elevator_inspection_valid_until_id ON public.elevator USING btree (inspection_valid_until, id);
CREATE INDEX idx_elevator_maintenance_unit_id_id ON public.elevator USING btree (maintenance_unit_id, id);
CREATE INDEX idx_elevator_quality_elevator_id ON public.elevator_quality USING btree (elevator_id);
CREATE INDEX idx_elevator_quality_flag_elevator_id ON public.elevator_quality USING btree (flag, elevator_id);
CREATE INDEX idx_elevator_recorded_at_id ON public.elevator USING btree (recorded_at, id);
CREATE INDEX idx_elevator_using_unit_id_id ON public.elevator USING btree (using_unit_id, id);
CREATE INDEX idx_import_run_file_sha256_mapping_sha256 ON public.import_run USING btree (file_sha256, mapping_sha256);
CREATE INDEX idx_kept_answer_expires_at ON public.kept_answer USING btree (expires_at);
CREATE INDEX idx_known_device_account_id ON public.known_device USING btree (account_id);
CREATE INDEX idx_one_time_link_account_id ON public.one_time_link USING btree (account_id);
CREATE INDEX idx_retention_run_day ON public.retention_run USING btree (day);
CREATE INDEX idx_session_account_id ON public.session USING btree (account_id);
CREATE INDEX idx_session_expires_at ON public.session USING btree (expires_at);
CREATE INDEX idx_sign_in_failure_last_at ON public.sign_in_failure USING btree (last_at);
CREATE INDEX idx_stored_file_erased_at ON public.stored_file USING btree (erased_at);
CREATE INDEX idx_stored_file_holder_created_at ON public.stored_file USING btree (holder, created_at);
CREATE INDEX idx_stored_file_purpose_subject_id ON public.stored_file USING btree (purpose, subject_id);
CREATE INDEX idx_unit_request_account_id ON public.unit_request USING btree (account_id);
CREATE INDEX idx_unit_request_authority_key_state_id ON public.unit_request USING btree (authority_key, state, id);
CREATE INDEX idx_unit_request_decided_by ON public.unit_request USING btree (decided_by);
CREATE INDEX idx_unit_request_organisation_id ON public.unit_request USING btree (organisation_id);
CREATE INDEX idx_unit_request_uscc_state ON public.unit_request USING btree (uscc, state);
CREATE UNIQUE INDEX import_run_pkey ON public.import_run USING btree (id);
CREATE UNIQUE INDEX job_lease_pkey ON public.job_lease USING btree (name);
CREATE UNIQUE INDEX kept_answer_pkey ON public.kept_answer USING btree (scope);
CREATE UNIQUE INDEX known_device_pkey ON public.known_device USING btree (id);
CREATE UNIQUE INDEX one_time_link_pkey ON public.one_time_link USING btree (id);
CREATE UNIQUE INDEX organisation_pkey ON public.organisation USING btree (id);
CREATE UNIQUE INDEX past_version_pkey ON public.past_version USING btree (id);
CREATE UNIQUE INDEX recovery_code_pkey ON public.recovery_code USING btree (id);
CREATE UNIQUE INDEX retention_run_pkey ON public.retention_run USING btree (id);
CREATE UNIQUE INDEX seal_head_pkey ON public.seal_head USING btree (size);
CREATE UNIQUE INDEX seal_key_pkey ON public.seal_key USING btree (id);
CREATE UNIQUE INDEX seal_node_pkey ON public.seal_node USING btree (level, place);
CREATE UNIQUE INDEX seaql_migrations_pkey ON public.seaql_migrations USING btree (version);
CREATE UNIQUE INDEX session_pkey ON public.session USING btree (id);
CREATE UNIQUE INDEX setting_pkey ON public.setting USING btree (key);
CREATE UNIQUE INDEX sign_in_failure_pkey ON public.sign_in_failure USING btree (id);
CREATE UNIQUE INDEX source_pkey ON public.source USING btree (id);
CREATE UNIQUE INDEX stored_file_pkey ON public.stored_file USING btree (id);
CREATE UNIQUE INDEX unique_account_login ON public.account USING btree (login);
CREATE UNIQUE INDEX unique_api_key_secret_token_hash ON public.api_key_secret USING btree (token_hash);
CREATE UNIQUE INDEX unique_api_key_usage_key_id_day ON public.api_key_usage USING btree (key_id, day);
CREATE UNIQUE INDEX unique_audit_entry_leaf_hash ON public.audit_entry USING btree (leaf_hash);
CREATE UNIQUE INDEX unique_audit_entry_leaf_index ON public.audit_entry USING btree (leaf_index);
CREATE UNIQUE INDEX unique_authority_key ON public.authority USING btree (key);
CREATE UNIQUE INDEX unique_change_seq ON public.change USING btree (seq);
CREATE UNIQUE INDEX unique_district_code ON public.district USING btree (code);
CREATE UNIQUE INDEX unique_elevator_source_id_source_key ON public.elevator USING btree (source_id, source_key);
CREATE UNIQUE INDEX unique_functional_zone_key_district_code ON public.functional_zone USING btree (key, district_code);
CREATE UNIQUE INDEX unique_known_device_token_hash ON public.known_device USING btree (token_hash);
CREATE UNIQUE INDEX unique_one_time_link_token_hash ON public.one_time_link USING btree (token_hash);
CREATE UNIQUE INDEX unique_organisation_source_id_source_key ON public.organisation USING btree (source_id, source_key);
CREATE UNIQUE INDEX unique_organisation_uscc ON public.organisation USING btree (uscc);
CREATE UNIQUE INDEX unique_past_version_subject_subject_id_version ON public.past_version USING btree (subject, subject_id, version);
CREATE UNIQUE INDEX unique_recovery_code_account_id_code_hash ON public.recovery_code USING btree (account_id, code_hash);
CREATE UNIQUE INDEX unique_seal_key_key_id ON public.seal_key USING btree (key_id);
CREATE UNIQUE INDEX unique_session_token_hash ON public.session USING btree (token_hash);
CREATE UNIQUE INDEX unique_sign_in_failure_login_digest_origin_digest ON public.sign_in_failure USING btree (login_digest, origin_digest);
CREATE UNIQUE INDEX unique_source_key ON public.source USING btree (key);
CREATE UNIQUE INDEX unique_stored_file_name ON public.stored_file USING btree (name);
CREATE UNIQUE INDEX unique_unit_request_number ON public.unit_request USING btree (number);
CREATE UNIQUE INDEX unit_request_pkey ON public.unit_request USING btree (id);
account account_password_version_check CHECK ((password_version >= 0))
account account_pkey PRIMARY KEY (id)
account account_version_check CHECK ((version > 0))
account fk_account_home_organisation_id FOREIGN KEY (home_organisation_id) REFERENCES organisation(id) ON DELETE RESTRICT
account fk_account_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE RESTRICT
annotation annotation_pkey PRIMARY KEY (id)
annotation fk_annotation_elevator_id FOREIGN KEY (elevator_id) REFERENCES elevator(id) ON DELETE CASCADE
api_key api_key_pkey PRIMARY KEY (id)
api_key fk_api_key_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE RESTRICT
api_key_raise api_key_raise_pkey PRIMARY KEY (id)
api_key_raise fk_api_key_raise_key_id FOREIGN KEY (key_id) REFERENCES api_key(id) ON DELETE CASCADE
api_key_secret api_key_secret_pkey PRIMARY KEY (id)
api_key_secret fk_api_key_secret_key_id FOREIGN KEY (key_id) REFERENCES api_key(id) ON DELETE CASCADE
api_key_usage api_key_usage_pkey PRIMARY KEY (id)
audit_entry audit_entry_pkey PRIMARY KEY (id)
authority authority_pkey PRIMARY KEY (id)
change change_pkey PRIMARY KEY (id)
district district_pkey PRIMARY KEY (id)
district_earlier_code district_earlier_code_pkey PRIMARY KEY (id)
elevator elevator_pkey PRIMARY KEY (id)
elevator elevator_version_check CHECK ((version > 0))
elevator fk_elevator_maintenance_unit_id FOREIGN KEY (maintenance_unit_id) REFERENCES organisation(id) ON DELETE RESTRICT
elevator fk_elevator_source_id FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE RESTRICT
elevator fk_elevator_using_unit_id FOREIGN KEY (using_unit_id) REFERENCES organisation(id) ON DELETE RESTRICT
elevator_identifier elevator_identifier_pkey PRIMARY KEY (id)
elevator_identifier fk_elevator_identifier_elevator_id FOREIGN KEY (elevator_id) REFERENCES elevator(id) ON DELETE CASCADE
elevator_quality elevator_quality_pkey PRIMARY KEY (id)
elevator_quality fk_elevator_quality_elevator_id FOREIGN KEY (elevator_id) REFERENCES elevator(id) ON DELETE CASCADE
elevator_search elevator_search_pkey PRIMARY KEY (elevator_id)
elevator_search fk_elevator_search_elevator_id FOREIGN KEY (elevator_id) REFERENCES elevator(id) ON DELETE CASCADE
functional_zone functional_zone_pkey PRIMARY KEY (id)
import_run import_run_pkey PRIMARY KEY (id)
job_lease job_lease_pkey PRIMARY KEY (name)
kept_answer kept_answer_pkey PRIMARY KEY (scope)
known_device fk_known_device_account_id FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE
known_device known_device_pkey PRIMARY KEY (id)
one_time_link fk_one_time_link_account_id FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE
one_time_link one_time_link_pkey PRIMARY KEY (id)
organisation fk_organisation_source_id FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE RESTRICT
organisation organisation_pkey PRIMARY KEY (id)
organisation organisation_version_check CHECK ((version > 0))
past_version past_version_pkey PRIMARY KEY (id)
recovery_code fk_recovery_code_account_id FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE
recovery_code recovery_code_pkey PRIMARY KEY (id)
retention_run retention_run_pkey PRIMARY KEY (id)
seal_head seal_head_pkey PRIMARY KEY (size)
seal_key seal_key_pkey PRIMARY KEY (id)
seal_node seal_node_pkey PRIMARY KEY (level, place)
seaql_migrations seaql_migrations_pkey PRIMARY KEY (version)
session fk_session_account_id FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE
session session_pkey PRIMARY KEY (id)
setting setting_pkey PRIMARY KEY (key)
sign_in_failure sign_in_failure_pkey PRIMARY KEY (id)
source source_pkey PRIMARY KEY (id)
stored_file stored_file_pkey PRIMARY KEY (id)
unit_request fk_unit_request_account_id FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE SET NULL
unit_request fk_unit_request_decided_by FOREIGN KEY (decided_by) REFERENCES account(id) ON DELETE SET NULL
unit_request fk_unit_request_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisation(id) ON DELETE SET NULL
unit_request unit_request_pkey PRIMARY KEY (id)
unit_request unit_request_version_check CHECK ((version > 0))
CREATE OR REPLACE FUNCTION public.append_only_guard()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $function$
;
CREATE OR REPLACE FUNCTION public.audit_entry_guard()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.id IS DISTINCT FROM OLD.id OR NEW.at IS DISTINCT FROM OLD.at OR NEW.actor IS DISTINCT FROM OLD.actor OR NEW.actor_id IS DISTINCT FROM OLD.actor_id OR NEW.actor_role IS DISTINCT FROM OLD.actor_role OR NEW.act IS DISTINCT FROM OLD.act OR NEW.subject IS DISTINCT FROM OLD.subject OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR NEW.from_state IS DISTINCT FROM OLD.from_state OR NEW.to_state IS DISTINCT FROM OLD.to_state OR NEW.facts IS DISTINCT FROM OLD.facts OR NEW.commitment IS DISTINCT FROM OLD.commitment OR NEW.format IS DISTINCT FROM OLD.format OR (OLD.leaf_index IS NOT NULL AND NEW.leaf_index IS DISTINCT FROM OLD.leaf_index) OR (OLD.leaf_hash IS NOT NULL AND NEW.leaf_hash IS DISTINCT FROM OLD.leaf_hash) OR (NEW.salt IS NOT NULL AND (OLD.salt IS NULL OR (NEW.salt <> OLD.salt AND NOT (length(NEW.salt) = length(OLD.salt) AND substr(NEW.salt, 1, 1) = substr(OLD.salt, 1, 1) AND substr(NEW.salt, 2, 4) <> substr(OLD.salt, 2, 4))))) OR (NEW.personal IS NOT NULL AND (OLD.personal IS NULL OR (NEW.personal <> OLD.personal AND NOT (length(NEW.personal) = length(OLD.personal) AND substr(NEW.personal, 1, 1) = substr(OLD.personal, 1, 1) AND substr(NEW.personal, 2, 4) <> substr(OLD.personal, 2, 4))))) THEN RAISE EXCEPTION 'audit_entry is append only'; END IF; RETURN NEW; END $function$
;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard();
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
CREATE TRIGGER seal_head_no_delete BEFORE DELETE OR TRUNCATE ON public.seal_head FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard();
CREATE TRIGGER seal_head_no_update BEFORE UPDATE ON public.seal_head FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard();
CREATE TRIGGER seal_key_no_delete BEFORE DELETE OR TRUNCATE ON public.seal_key FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard();
CREATE TRIGGER seal_key_no_update BEFORE UPDATE ON public.seal_key FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard();
CREATE TRIGGER seal_node_no_delete BEFORE DELETE OR TRUNCATE ON public.seal_node FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard();
CREATE TRIGGER seal_node_no_update BEFORE UPDATE ON public.seal_node FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard();
