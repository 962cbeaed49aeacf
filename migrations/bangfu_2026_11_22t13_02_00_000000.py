"""Draws: references, one round and one list at a time, hashes given once, and what was closed or given never changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:02:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "draws"

REFERENCES = (
    ("draw_round", "contract", "contract"),
    ("draw_secret", "round", "draw_round"),
    ("draw_secret", "holder", "app_user"),
    ("draw_list", "contract", "contract"),
    ("draw_list", "organization", "organization"),
    ("draw_list", "round", "draw_round"),
    ("draw_pick", "list", "draw_list"),
    ("draw_pick", "check", "spot_check"),
    ("draw_pool", "inspector", "app_user"),
    ("draw_pool", "added_by", "app_user"),
    ("draw_pool", "removed_by", "app_user"),
    ("full_check", "contract", "contract"),
    ("full_check", "carer", "carer"),
    ("assessment", "commission", "contract"),
)
CHECKS = (
    ("draw_round", "status", "status IN ('open', 'closed', 'drawn', 'void')"),
    ("draw_round", "kind", "kind IN ('month', 'second') AND (kind = 'second') = (contract IS NOT NULL)"),
    ("draw_round", "void", "(status = 'void') = (void_at IS NOT NULL)"),
    ("draw_round", "void_reason", "void_reason IN ('', 'not_committed', 'not_revealed', 'lost', 'not_mine', 'empty')"),
    ("draw_round", "drawn", "(status = 'drawn') = (drawn_at IS NOT NULL)"),
    ("draw_secret", "side", "side IN ('bureau', 'auditor')"),
    ("draw_secret", "hash", "hash ~ '^[0-9a-f]{64}$'"),
    # a secret stands here only after its reveal, and only the very one that was committed
    ("draw_secret", "sealed", "secret_enc = '' OR revealed_at IS NOT NULL"),
    (
        "draw_secret",
        "same",
        "secret = '' OR (revealed_at IS NOT NULL AND encode(sha256(decode(secret, 'hex')), 'hex') = hash)",
    ),
    ("draw_list", "kind", "kind IN ('month', 'second') AND population IN ('visits', 'surveys')"),
    ("draw_list", "drawn", "(seed = '') = (drawn_at IS NULL) AND (round IS NULL) = (drawn_at IS NULL)"),
    ("draw_list", "size", "n >= 0 AND n <= size AND jsonb_array_length(rows) = size"),
    (
        "draw_pick",
        "origin",
        "origin IN ('regular', 'urgent', 'flagged', 'afterwards', 'second', 'full', 'redraw', 'survey')",
    ),
)
STATEMENTS = (
    "CREATE UNIQUE INDEX draw_round_once ON draw_round (kind, division, year, month, quarter,"
    " coalesce(contract, '00000000-0000-0000-0000-000000000000'::uuid), number)",
    "CREATE UNIQUE INDEX draw_round_going ON draw_round (kind, division, year, month, quarter,"
    " coalesce(contract, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE status IN ('open', 'closed')",
    "CREATE UNIQUE INDEX draw_secret_hash_once ON draw_secret (hash)",
    "CREATE UNIQUE INDEX draw_secret_side_once ON draw_secret (round, side) WHERE replaced_at IS NULL",
    "CREATE UNIQUE INDEX draw_list_once ON draw_list (contract, kind, population, year, month, quarter)",
    "CREATE UNIQUE INDEX draw_pick_once ON draw_pick (list, subject)",
    "CREATE UNIQUE INDEX draw_pool_once ON draw_pool (division, inspector) WHERE removed_at IS NULL",
    "CREATE UNIQUE INDEX full_check_once ON full_check (contract, carer, year, quarter)",
    "CREATE INDEX visit_submitted_in ON visit (submitted_at) WHERE contract_line IS NOT NULL",
    # A hash is given, or replaced, only while the round takes hashes: once the lists are closed no key of the portal and
    # no SQL puts another one into its place.
    "CREATE FUNCTION keep_draw_secret() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF (TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at))"
    " AND NOT EXISTS (SELECT 1 FROM draw_round r WHERE r.id = NEW.round AND r.status = 'open' FOR SHARE) THEN"
    " RAISE EXCEPTION 'a hash is given and replaced only while its round is open'; END IF;"
    " IF TG_OP = 'INSERT' THEN IF NEW.revealed_at IS NULL AND NEW.secret = '' AND NEW.replaced_at IS NULL THEN"
    " RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a hash stands before its secret'; END IF;"
    " IF TG_OP = 'UPDATE' AND (NEW.id, NEW.round, NEW.side, NEW.holder, NEW.hash, NEW.committed_at)"
    " = (OLD.id, OLD.round, OLD.side, OLD.holder, OLD.hash, OLD.committed_at)"
    " AND (OLD.replaced_at IS NULL OR NEW.replaced_at = OLD.replaced_at)"
    " AND (OLD.revealed_at IS NULL OR NEW.revealed_at = OLD.revealed_at)"
    " AND (OLD.secret = '' OR NEW.secret = OLD.secret) THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a hash that was given, and a secret that was shown, never change'; END $$",
    "CREATE TRIGGER draw_secret_kept BEFORE INSERT OR UPDATE OR DELETE ON draw_secret"
    " FOR EACH ROW EXECUTE FUNCTION keep_draw_secret()",
    "CREATE FUNCTION keep_draw_list() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE'"
    " AND to_jsonb(NEW) - ARRAY['round', 'seed', 'drawn_at', 'exhausted']"
    " = to_jsonb(OLD) - ARRAY['round', 'seed', 'drawn_at', 'exhausted']"
    " AND (OLD.seed = '' OR (NEW.round, NEW.seed, NEW.drawn_at) = (OLD.round, OLD.seed, OLD.drawn_at))"
    " AND NEW.exhausted >= OLD.exhausted THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a closed list and its draw never change'; END $$",
    "CREATE TRIGGER draw_list_kept BEFORE UPDATE OR DELETE ON draw_list FOR EACH ROW EXECUTE FUNCTION keep_draw_list()",
    "CREATE FUNCTION keep_draw_pick() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'check' = to_jsonb(OLD) - 'check'"
    ' AND OLD."check" IS NULL THEN RETURN NEW; END IF;'
    " RAISE EXCEPTION 'what was drawn never changes'; END $$",
    "CREATE TRIGGER draw_pick_kept BEFORE UPDATE OR DELETE ON draw_pick FOR EACH ROW EXECUTE FUNCTION keep_draw_pick()",
    "CREATE FUNCTION keep_draw_round() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND OLD.status NOT IN ('drawn', 'void')"
    " AND (NEW.id, NEW.kind, NEW.division, NEW.year, NEW.month, NEW.quarter, NEW.number, NEW.opened_at,"
    " NEW.commit_until) = (OLD.id, OLD.kind, OLD.division, OLD.year, OLD.month, OLD.quarter, OLD.number,"
    " OLD.opened_at, OLD.commit_until) AND NEW.contract IS NOT DISTINCT FROM OLD.contract"
    " AND (OLD.closed_at IS NULL OR NEW.closed_at = OLD.closed_at)"
    " AND (OLD.status = 'open' OR NEW.status <> 'open') THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a round of a draw keeps what it was opened with, and its end'; END $$",
    "CREATE TRIGGER draw_round_kept BEFORE UPDATE OR DELETE ON draw_round"
    " FOR EACH ROW EXECUTE FUNCTION keep_draw_round()",
    # surveys that were delivered before the tie was kept: by the agency that employs one of the assessors
    "UPDATE assessment a SET commission = (SELECT c.id FROM contract c JOIN app_user u ON u.organization = c.supplier"
    " AND u.id IN (a.first_assessor, a.second_assessor) WHERE c.kind = 'commission'"
    " AND c.status IN ('active', 'suspended', 'accepting', 'terminated', 'closed')"
    " AND a.assessed_on BETWEEN c.starts_on AND c.ends_on AND left(a.division, 6) = left(c.division, 6)"
    " AND (c.scope = '{}' OR EXISTS (SELECT 1 FROM unnest(c.scope) part WHERE a.division LIKE part || '%'))"
    " ORDER BY c.starts_on DESC, c.number, c.id LIMIT 1) WHERE a.completed_at IS NOT NULL AND a.unchanged = false",
)
# Rows that stay as they were written are not emptied as a whole either.
KEPT = ("draw_round", "draw_secret", "draw_list", "draw_pick", "draw_pool", "full_check")


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
        *(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_truncate()"
            for table in KEPT
        ),
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
