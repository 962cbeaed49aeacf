"""What-if runs: a copy of another run's problem with a change. The database refuses proposals and publication."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T17:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what-if runs"

STATEMENTS = (
    "ALTER TABLE match_run ADD CONSTRAINT match_run_kind_check CHECK (kind IN ('match', 'what_if'))",
    "ALTER TABLE match_run ADD CONSTRAINT match_run_parent_check CHECK ((kind = 'match') = (parent IS NULL))",
    "ALTER TABLE match_run ADD CONSTRAINT match_run_parent_fk FOREIGN KEY (parent) REFERENCES match_run (id)"
    " ON DELETE CASCADE",
    "ALTER TABLE match_run ADD CONSTRAINT match_run_published_check CHECK (kind = 'match' OR published_at IS NULL)",
    # Several what-ifs may be under way in an area, beside one match run.
    "DROP INDEX match_run_one_open_per_division",
    "CREATE UNIQUE INDEX match_run_one_open_per_division ON match_run (division)"
    " WHERE kind = 'match' AND status IN ('queued', 'running')",
    "CREATE FUNCTION refuse_proposal_of_what_if() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF (SELECT kind FROM match_run WHERE id = NEW.run) = 'what_if' THEN"
    " RAISE EXCEPTION 'a what-if run has no proposals'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER proposal_of_match_run BEFORE INSERT OR UPDATE OF run ON proposal"
    " FOR EACH ROW EXECUTE FUNCTION refuse_proposal_of_what_if()",
    "CREATE FUNCTION keep_kind_of_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'the kind of a run never changes'; END $$",
    "CREATE TRIGGER match_run_kind_kept BEFORE UPDATE OF kind, parent ON match_run FOR EACH ROW"
    " WHEN (OLD.kind IS DISTINCT FROM NEW.kind OR OLD.parent IS DISTINCT FROM NEW.parent)"
    " EXECUTE FUNCTION keep_kind_of_run()",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
