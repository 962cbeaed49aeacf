"""The household register: references, checks, indexes, and the record of readings that nobody changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:04:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "household register"

_REFERENCES = (
    ("read_log", "household", "household"),
    ("read_log", "user", "app_user"),
    ("read_log", "person", "person"),
    ("household_category", "household", "household"),
    ("household_category", "decided_by", "app_user"),
    ("household_review", "household", "household"),
    ("household_review", "reviewed_by", "app_user"),
    ("person_leaving", "household", "household"),
    ("person_leaving", "person", "person"),
    ("person_leaving", "head_after", "person"),
    ("person_leaving", "recorded_by", "app_user"),
    ("person_leaving", "undone_by", "app_user"),
    ("contact", "household", "household"),
    ("contact", "person", "person"),
    ("contact", "created_by", "app_user"),
    ("kinship", "household", "household"),
    ("kinship", "person", "person"),
    ("kinship", "user", "app_user"),
    ("kinship", "carer", "carer"),
    ("kinship", "declared_by", "app_user"),
    ("kinship", "ended_by", "app_user"),
)
_CHECKS = (
    ("household", "status", "status IN ('active', 'grace', 'left', 'closed', 'merged')"),
    ("household", "grace", "status <> 'grace' OR (exit_on IS NOT NULL AND grace_until IS NOT NULL)"),
    ("household", "channel", "contact_channel IN ('', 'visit', 'phone', 'wechat')"),
    ("household_category", "category",
     "category IN ('dibao', 'tekun', 'dibao_edge', 'rigid_expense', 'emergency')"),
    ("household_category", "span", "ends_on IS NULL OR ends_on >= starts_on"),
    ("household_review", "outcome", "outcome IN ('unchanged', 'changed')"),
    ("person", "left", "(left_on IS NULL) = (left_reason = '') AND"
     " left_reason IN ('', 'moved_out', 'died', 'imprisoned', 'other')"),
    ("person", "ability", "ability_level IS NULL OR ability_level BETWEEN 0 AND 4"),
    ("person", "selfcare", "selfcare_level IN ('', 'full_self', 'semi', 'full_care')"),
    ("person", "child_type", "child_type IN ('', 'orphan', 'de_facto_unattended', 'poverty', 'disability_illness',"
     " 'guardianship', 'other')"),
    ("person_leaving", "reason", "reason IN ('moved_out', 'died', 'imprisoned', 'other')"),
    ("person_leaving", "undone", "(undone_at IS NULL) = (undone_by IS NULL)"),
    ("person_leaving", "two_people", "undone_by IS NULL OR undone_by <> recorded_by"),
    ("contact", "kind", "kind IN ('emergency', 'guardian', 'relative', 'neighbour', 'other')"),
    ("kinship", "somebody", "num_nonnulls(\"user\", carer) = 1"),
    ("kinship", "span", "ends_on IS NULL OR ends_on >= starts_on"),
)  # fmt: skip
_APPEND_ONLY = ("read_log", "household_review")
_NO_OVERLAP = """
CREATE FUNCTION household_category_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM household WHERE id = NEW.household FOR UPDATE;
    IF NEW.replaced_at IS NULL AND EXISTS (
        SELECT 1 FROM household_category o WHERE o.household = NEW.household AND o.id <> NEW.id
        AND o.replaced_at IS NULL
        AND daterange(o.starts_on, o.ends_on, '[]') && daterange(NEW.starts_on, NEW.ends_on, '[]')
    ) THEN
        RAISE EXCEPTION 'two categories of a household overlap' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$
"""
_STATEMENTS = (
    "UPDATE household SET status = 'left' WHERE status NOT IN ('active', 'grace', 'left', 'closed', 'merged')",
    "CREATE INDEX read_log_household ON read_log (household, at DESC)",
    "CREATE INDEX read_log_person ON read_log (person, at DESC) WHERE person IS NOT NULL",
    "CREATE UNIQUE INDEX household_category_open ON household_category (household)"
    " WHERE ends_on IS NULL AND replaced_at IS NULL",
    "CREATE INDEX household_category_household ON household_category (household, starts_on DESC)",
    _NO_OVERLAP,
    "CREATE TRIGGER household_category_spans AFTER INSERT OR UPDATE ON household_category"
    " FOR EACH ROW EXECUTE FUNCTION household_category_no_overlap()",
    "CREATE INDEX household_review_household ON household_review (household, reviewed_on DESC)",
    "CREATE INDEX household_review_due ON household (next_review_on) WHERE status = 'active'",
    "CREATE INDEX household_ending ON household (coalesce(grace_until, valid_until))"
    " WHERE status IN ('active', 'grace') AND coalesce(grace_until, valid_until) IS NOT NULL",
    "CREATE UNIQUE INDEX person_leaving_live ON person_leaving (person) WHERE undone_at IS NULL",
    "CREATE INDEX person_leaving_household ON person_leaving (household)",
    'CREATE UNIQUE INDEX kinship_user_once ON kinship (household, "user") WHERE ends_on IS NULL AND "user" IS NOT NULL',
    "CREATE UNIQUE INDEX kinship_carer_once ON kinship (household, carer) WHERE ends_on IS NULL AND carer IS NOT NULL",
    "INSERT INTO household_category (id, household, category, admission_mode, support_mode, starts_on)"
    " SELECT gen_random_uuid(), id, category, admission_mode, support_mode,"
    " coalesce(category_since, (created_at AT TIME ZONE 'Asia/Shanghai')::date) FROM household",
)


def _all() -> list[str]:
    out = [
        f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}") REFERENCES {target} (id)'
        for table, column, target in _REFERENCES
    ]
    out += list(_STATEMENTS)
    out += [f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_ok CHECK ({rule})" for table, name, rule in _CHECKS]
    for table in _APPEND_ONLY:
        for name, when, each in (("only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
            out.append(
                f"CREATE TRIGGER {table}_append_{name} BEFORE {when} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
    return out


STATEMENTS = tuple(_all())


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
