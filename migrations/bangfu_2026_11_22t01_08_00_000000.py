"""Assessments: references, checks, one open draft a person and form, published forms that never change, numbers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:08:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "assessments"

REFERENCES = (
    ("assessment_form", "created_by", "app_user"),
    ("assessment_form", "published_by", "app_user"),
    ("assessment", "household", "household"),
    ("assessment", "person", "person"),
    ("assessment", "form", "assessment_form"),
    ("assessment", "first_assessor", "app_user"),
    ("assessment", "second_assessor", "app_user"),
    ("assessment", "previous", "assessment"),
    ("assessment_dispute", "assessment", "assessment"),
    ("assessment_dispute", "recorded_by", "app_user"),
    ("assessment_dispute", "decided_by", "app_user"),
    ("assessment_dispute", "reassessment", "assessment"),
)
CHECKS = (
    ("assessment_form", "status", "status IN ('draft', 'published', 'retired')"),
    (
        "assessment_form",
        "two_people",
        "created_by IS NULL OR published_by IS NULL OR created_by <> published_by",
    ),
    (
        "assessment",
        "status",
        "status IN ('draft', 'signed_first', 'completed', 'valid', 'disputed', 'reassessed', 'upheld', 'expired',"
        " 'void')",
    ),
    ("assessment", "reason", "reason IN ('first', 'routine', 'change', 'dispute', 'other')"),
    ("assessment", "two_people", "second_assessor IS NULL OR second_assessor <> first_assessor"),
    (
        "assessment",
        "signed",
        "status IN ('draft', 'signed_first', 'void') OR (first_signed_at IS NOT NULL AND final_level <> ''"
        " AND valid_until IS NOT NULL AND completed_at IS NOT NULL)",
    ),
    ("assessment", "level", "final_level = '' OR status NOT IN ('draft', 'signed_first', 'void')"),
    ("assessment", "unchanged", "NOT unchanged OR previous IS NOT NULL"),
    ("assessment_dispute", "status", "status IN ('open', 'upheld', 'reassessed')"),
)
STATEMENTS = (
    "ALTER TABLE assessment ADD CONSTRAINT assessment_division_fk FOREIGN KEY (division) REFERENCES division (code)"
    " ON DELETE RESTRICT",
    "CREATE UNIQUE INDEX assessment_form_once ON assessment_form (code, version)",
    "CREATE UNIQUE INDEX assessment_one_open ON assessment (person, form_code)"
    " WHERE status IN ('draft', 'signed_first', 'completed')",
    "CREATE UNIQUE INDEX assessment_one_in_force ON assessment (person, form_code)"
    " WHERE status IN ('valid', 'upheld', 'disputed')",
    "CREATE INDEX assessment_list ON assessment (division varchar_pattern_ops, status, valid_until)",
    "CREATE UNIQUE INDEX assessment_dispute_one_open ON assessment_dispute (assessment) WHERE status = 'open'",
    "CREATE SEQUENCE assessment_number",
    """CREATE FUNCTION keep_published_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'a published form is kept' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status <> 'draft' AND (NEW.document <> OLD.document OR NEW.code <> OLD.code OR NEW.version <> OLD.version
            OR NEW.status = 'draft') THEN
        RAISE EXCEPTION 'a published form never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$""",
    "CREATE TRIGGER assessment_form_immutable BEFORE UPDATE OR DELETE ON assessment_form"
    " FOR EACH ROW EXECUTE FUNCTION keep_published_form()",
    """CREATE FUNCTION keep_completed_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.completed_at IS NOT NULL AND (NEW.final_level <> OLD.final_level
            OR NEW.preliminary_level <> OLD.preliminary_level OR NEW.form <> OLD.form
            OR NEW.first_assessor <> OLD.first_assessor OR NEW.second_assessor IS DISTINCT FROM OLD.second_assessor
            OR NEW.completed_at IS DISTINCT FROM OLD.completed_at) THEN
        RAISE EXCEPTION 'a completed assessment keeps its result' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$""",
    "CREATE TRIGGER assessment_result_immutable BEFORE UPDATE ON assessment"
    " FOR EACH ROW EXECUTE FUNCTION keep_completed_assessment()",
)


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
