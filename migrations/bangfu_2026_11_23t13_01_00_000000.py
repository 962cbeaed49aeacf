"""The rhythm of a task beside the task, kept by triggers; indexes of long lists (0055)."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T13:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "rhythms of tasks: indexes, triggers"

KEY = (
    "CREATE FUNCTION due_key_of(asked uuid, wanted text) RETURNS varchar STABLE LANGUAGE sql AS $$"
    " SELECT (CASE WHEN n.origin = 'norm' AND p.decision = 'accepted' AND p.visits = n.visits AND EXISTS"
    " (SELECT 1 FROM service_norm s WHERE s.code = p.norm) THEN p.norm ELSE '' END) || ':' || n.visits || ':' ||"
    " (SELECT coalesce(bit_or(1 << (w->>0)::int), 0) FROM jsonb_array_elements(n.windows) w) || ':' ||"
    " (wanted = 'visit_check') FROM need n LEFT JOIN norm_proposal p ON p.id = n.proposal WHERE n.id = asked $$"
)
SET = "UPDATE assignment a SET due_key = due_key_of(a.need, a.service) FROM need n WHERE n.id = a.need AND {which}"
ANEW = f"{SET} AND a.due_key IS DISTINCT FROM due_key_of(a.need, a.service)"


def _trigger(name: str, table: str, when: str, body: str) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


STATEMENTS = [
    "CREATE INDEX need_proposal ON need (proposal) WHERE proposal IS NOT NULL",
    "CREATE INDEX visit_made_up ON visit (assignment) WHERE source = 'make_up' AND status IN ('planned', 'in_progress')",
    # The list of all visits with a record, the latest first.
    "CREATE INDEX visit_latest ON visit (started_at DESC, id) WHERE status IN"
    " ('submitted', 'flagged', 'verified', 'disputed', 'settled', 'rejected')",
    KEY,
    SET.format(which="true"),
    *_trigger("assignment_due_key", "assignment", "BEFORE INSERT OR UPDATE OF need, service",
              "NEW.due_key := coalesce(due_key_of(NEW.need, NEW.service), ''); RETURN NEW;"),
    *_trigger("need_due_key", "need", "AFTER UPDATE OF visits, windows, origin, proposal",
              f"{ANEW.format(which='n.id = NEW.id')}; RETURN NULL;"),
    *_trigger("proposal_due_key", "norm_proposal", "AFTER INSERT OR UPDATE OF norm, visits, decision",
              f"{ANEW.format(which='n.proposal = NEW.id')}; RETURN NULL;"),
    # Only the first and the last row of a code decide whether the code is known.
    *_trigger("norm_due_key", "service_norm", "AFTER INSERT OR DELETE OR UPDATE OF code",
              "IF (SELECT count(*) FROM service_norm s WHERE s.code = coalesce(NEW.code, OLD.code)) < 2 OR"  # noqa: S608 (constants)
              " NEW.code IS DISTINCT FROM OLD.code THEN "
              + ANEW.format(which="n.proposal IN (SELECT p.id FROM norm_proposal p WHERE p.norm IN (NEW.code, OLD.code))")
              + "; END IF; RETURN NULL;"),
]  # fmt: skip


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
