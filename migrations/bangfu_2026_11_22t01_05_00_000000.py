"""Searching by area, name and address; merged households; sealed values may be sealed anew."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "search columns, merges, new keys for sealed values"

SEALING = "coalesce(current_setting('bangfu.sealing', true), '') = 'on'"
FUNCTIONS = (
    """
CREATE FUNCTION person_takes_division() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT division INTO NEW.division FROM household WHERE id = NEW.household;
    NEW.division := coalesce(NEW.division, '');
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION people_follow_division() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE person SET division = NEW.division WHERE household = NEW.id;
    RETURN NULL;
END $$
""",
    f"""
CREATE FUNCTION address_is_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.address_grams = OLD.address_grams AND NOT {SEALING} THEN NEW.search_version := 0; END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION name_is_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.search_terms = OLD.search_terms THEN NEW.search_version := 0; END IF;
    RETURN NEW;
END $$
""",
    f"""
CREATE FUNCTION only_sealed_anew(old_row jsonb, new_row jsonb) RETURNS boolean LANGUAGE sql AS $$
    SELECT {SEALING} AND NOT EXISTS (
        SELECT 1 FROM jsonb_each(new_row) n WHERE n.key NOT LIKE '%\\_enc' AND n.value IS DISTINCT FROM old_row->n.key
    )
$$
""",  # noqa: S608 (a constant)
    """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND only_sealed_anew(to_jsonb(OLD), to_jsonb(NEW)) THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
""",
)
STATEMENTS = (
    *FUNCTIONS,
    "UPDATE person p SET division = h.division, search_terms = p.name_grams FROM household h WHERE h.id = p.household",
    "CREATE TRIGGER person_division BEFORE INSERT OR UPDATE OF household ON person"
    " FOR EACH ROW EXECUTE FUNCTION person_takes_division()",
    "CREATE TRIGGER household_people_division AFTER UPDATE OF division ON household"
    " FOR EACH ROW WHEN (OLD.division IS DISTINCT FROM NEW.division) EXECUTE FUNCTION people_follow_division()",
    "CREATE TRIGGER household_address BEFORE UPDATE OF address_enc ON household"
    " FOR EACH ROW WHEN (OLD.address_enc IS DISTINCT FROM NEW.address_enc) EXECUTE FUNCTION address_is_stale()",
    "CREATE TRIGGER person_name BEFORE UPDATE OF name ON person"
    " FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION name_is_stale()",
    "DROP INDEX person_name_grams",
    "CREATE INDEX person_search ON person USING gin (search_terms)",
    "CREATE INDEX person_scope ON person (division varchar_pattern_ops)",
    "CREATE INDEX person_stale ON person (id) WHERE search_version < 1",
    "CREATE INDEX household_address ON household USING gin (address_grams)",
    "CREATE INDEX household_stale ON household (id) WHERE search_version < 1",
    "CREATE INDEX person_same ON person (name, birth_date)",
    "ALTER TABLE household ADD CONSTRAINT household_merged_into_fk FOREIGN KEY (merged_into)"
    " REFERENCES household (id) ON DELETE RESTRICT",
    "CREATE INDEX household_duplicates ON household (merged_into) WHERE merged_into IS NOT NULL",
    "ALTER TABLE household ADD CONSTRAINT household_merged_check CHECK ((status = 'merged') = (merged_into IS NOT NULL)"
    " AND merged_into IS DISTINCT FROM id)",
    "ALTER TABLE household_merge ADD CONSTRAINT household_merge_kept_fk FOREIGN KEY (kept)"
    " REFERENCES household (id) ON DELETE RESTRICT",
    "ALTER TABLE household_merge ADD CONSTRAINT household_merge_merged_fk FOREIGN KEY (merged)"
    " REFERENCES household (id) ON DELETE RESTRICT",
    "CREATE UNIQUE INDEX household_merge_once ON household_merge (merged) WHERE undone_at IS NULL",
    "ALTER TABLE not_duplicate ADD CONSTRAINT not_duplicate_first_fk FOREIGN KEY (first)"
    " REFERENCES household (id) ON DELETE CASCADE",
    "ALTER TABLE not_duplicate ADD CONSTRAINT not_duplicate_second_fk FOREIGN KEY (second)"
    " REFERENCES household (id) ON DELETE CASCADE",
    "ALTER TABLE location_run ADD CONSTRAINT location_run_job_fk FOREIGN KEY (job) REFERENCES job (id)"
    " ON DELETE SET NULL",
    "ALTER TABLE location_run ADD CONSTRAINT location_run_requested_by_fk FOREIGN KEY (requested_by)"
    " REFERENCES app_user (id) ON DELETE SET NULL",
    "ALTER TABLE location_run ADD CONSTRAINT location_run_status_check"
    " CHECK (status IN ('queued', 'running', 'done', 'cancelled', 'failed'))",
    "CREATE UNIQUE INDEX location_run_one_open ON location_run (division) WHERE status IN ('queued', 'running')",
    "ALTER TABLE location_miss ADD CONSTRAINT location_miss_run_fk FOREIGN KEY (run) REFERENCES location_run (id)"
    " ON DELETE CASCADE",
    "ALTER TABLE location_miss ADD CONSTRAINT location_miss_household_fk FOREIGN KEY (household)"
    " REFERENCES household (id) ON DELETE CASCADE",
    "ALTER TABLE location_miss ADD CONSTRAINT location_miss_outcome_check"
    " CHECK (outcome IN ('ambiguous', 'not_found', 'far'))",
    "CREATE UNIQUE INDEX location_miss_once ON location_miss (run, household)",
    "CREATE UNIQUE INDEX not_duplicate_once ON not_duplicate (first, second)",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
