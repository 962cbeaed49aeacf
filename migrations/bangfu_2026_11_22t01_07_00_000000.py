"""The catalogue: references, checks, one open version per code, published versions that never change."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:07:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "versions of the catalogue, proposals of norms, emergency papers"

VERSIONED = ("catalogue_item", "service_norm", "service_default")
PEOPLE = ("made_by", "changed_by", "submitted_by", "published_by")
REFERENCES = [
    *((table, column, "app_user", "id", "RESTRICT") for table in VERSIONED for column in PEOPLE),
    ("catalogue_item", "service", "service", "code", "RESTRICT"),
    ("service_norm", "service", "service", "code", "RESTRICT"),
    ("service_default", "code", "service", "code", "RESTRICT"),
    ("norm_proposal", "household", "household", "id", "CASCADE"),
    ("norm_proposal", "person", "person", "id", "CASCADE"),
    ("norm_proposal", "service", "service", "code", "RESTRICT"),
    ("norm_proposal", "need", "need", "id", "SET NULL"),
    ("norm_proposal", "decided_by", "app_user", "id", "RESTRICT"),
    ("emergency_paper", "need", "need", "id", "CASCADE"),
    ("emergency_paper", "recorded_by", "app_user", "id", "RESTRICT"),
]
_STATES = "status IN ('draft', 'submitted', 'published', 'retired')"
_TWO = (
    "published_by IS NULL OR (published_by IS DISTINCT FROM made_by AND published_by IS DISTINCT FROM changed_by"
    " AND published_by IS DISTINCT FROM submitted_by)"
)
_ELEMENTS = " AND ".join(
    f"btrim({name}_{lang}) <> ''"
    for name in ("provider", "scope", "content", "mechanism", "safeguards")
    for lang in ("zh", "en")
)
CHECKS = [
    *((table, "status", _STATES) for table in VERSIONED),
    *((table, "two_people", _TWO) for table in VERSIONED),
    *((table, "dated", "status IN ('draft', 'submitted') OR valid_from IS NOT NULL") for table in VERSIONED),
    ("catalogue_item", "five_elements", f"status IN ('draft', 'submitted') OR ({_ELEMENTS})"),
    ("catalogue_item", "minutes", "minutes > 0"),
    (
        "catalogue_item",
        "area",
        "area IN ('life', 'employment', 'education', 'medical', 'disability', 'care', 'inclusion')",
    ),
    ("service_norm", "amounts", "times > 0 AND minutes >= 0 AND within_hours >= 0"),
    ("service_norm", "period", "period IN ('week', 'two_weeks', 'month', 'quarter')"),
    ("service_default", "amounts", "minutes > 0 AND visits > 0"),
    ("norm_proposal", "decision", "decision IN ('accepted', 'changed', 'declined')"),
    ("norm_proposal", "outcome", "decision <> 'declined' OR reason <> ''"),
    ("need", "papers", "papers IN ('', 'due', 'done') AND (papers = '' OR papers_due_at IS NOT NULL)"),
    ("emergency_paper", "kind", "kind IN ('application', 'identity', 'approval', 'event', 'visit', 'consent')"),
]

IMMUTABLE = """
CREATE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status IN ('published', 'retired') THEN
            RAISE EXCEPTION 'a published version of % stays', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'retired' OR (OLD.status = 'published' AND (NEW.status NOT IN ('published', 'retired')
        OR to_jsonb(OLD) - 'status' - 'retired_at' - 'row_version'
           <> to_jsonb(NEW) - 'status' - 'retired_at' - 'row_version')) THEN
        RAISE EXCEPTION 'a published version of % never changes', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def statements() -> list[str]:
    out = [
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ({column})"
        f" REFERENCES {target} ({key}) ON DELETE {action}"
        for table, column, target, key, action in REFERENCES
    ]
    out += [f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS]
    out.append(IMMUTABLE.strip())
    for table in VERSIONED:
        out += [
            f"CREATE UNIQUE INDEX {table}_once ON {table} (code, version)",
            f"CREATE UNIQUE INDEX {table}_one_open ON {table} (code) WHERE status IN ('draft', 'submitted')",
            f"CREATE TRIGGER {table}_published_stays BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_published_change()",
        ]
    return [
        *out,
        "CREATE INDEX catalogue_item_terms ON catalogue_item USING gin (string_to_array(terms, ' '))",
        "CREATE INDEX norm_proposal_latest ON norm_proposal (household, service, decided_at DESC)",
        "CREATE UNIQUE INDEX emergency_paper_once ON emergency_paper (need, kind)",
        "CREATE INDEX need_papers ON need (papers_due_at) WHERE papers = 'due'",
    ]


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
