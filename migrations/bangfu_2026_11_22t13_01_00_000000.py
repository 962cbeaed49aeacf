"""Complaints: references, checks, one complaint a public form, words that are never changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "complaints"

REFERENCES = (
    ("complaint", "organization", "organization"),
    ("complaint", "carer", "carer"),
    ("complaint", "visit", "visit"),
    ("complaint", "contract", "contract"),
    ("complaint", "household", "household"),
    *(
        ("complaint", column, "app_user")
        for column in (
            "staff", "entered_by", "accepted_by", "handler", "routed_by", "decided_by", "replied_by", "extended_by",
        )
    ),
    ("complaint_entry", "complaint", "complaint"),
    ("complaint_entry", "file", "stored_file"),
    ("complaint_entry", "written_by", "app_user"),
    ("complaint_handover", "made_by", "app_user"),
)  # fmt: skip
CHECKS = (
    (
        "complaint",
        "status",
        "status IN ('received', 'accepted', 'transferred', 'not_accepted', 'investigating', 'decided', 'replied',"
        " 'closed')",
    ),
    ("complaint", "severity", "severity IN ('minor', 'major', 'critical')"),
    ("complaint", "intake", "intake IN ('consult', 'help', 'complaint', 'report', 'advice')"),
    ("complaint", "level", "level IN ('township', 'bureau', 'lead', 'above')"),
    ("complaint", "result", "result IN ('', 'substantiated', 'partly', 'unsubstantiated', 'withdrawn', 'answered')"),
    ("complaint", "once", "round IN (0, 1)"),
    ("complaint", "few", "NOT discipline OR confidential"),
    (
        "complaint",
        "decided",
        "(status IN ('decided', 'replied', 'closed')) = (result <> '' AND decided_at IS NOT NULL)",
    ),
    # DOMAIN.md 5.4: the handler is not the target, nor anybody whom the complaint goes past.
    (
        "complaint",
        "handler_apart",
        "handler IS NULL OR (NOT handler = ANY(excluded) AND handler IS DISTINCT FROM staff)",
    ),
    ("complaint", "decider_apart", "decided_by IS NULL OR NOT decided_by = ANY(excluded)"),
    (
        "complaint_entry",
        "kind",
        "kind IN ('hearing', 'evidence', 'contact', 'plan', 'words', 'read_aloud', 'reason')",
    ),
    ("complaint_entry", "side", "side IN ('complainant', 'target', 'office')"),
)
STATEMENTS = (
    "CREATE SEQUENCE complaint_number",
    "CREATE UNIQUE INDEX complaint_receipt_once ON complaint (receipt_index) WHERE receipt_index <> ''",
    "CREATE INDEX complaint_in ON complaint (division varchar_pattern_ops, entered_at)",
    "CREATE INDEX complaint_silent ON complaint (silence_due) WHERE status = 'replied'",
    # What was heard, found and handed over stays as it was written; words may be sealed anew with another key.
    "CREATE FUNCTION keep_complaint_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['text_enc', 'person_enc', 'content_enc'] ="
    " to_jsonb(OLD) - ARRAY['text_enc', 'person_enc', 'content_enc'] THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'the record of a complaint is never changed'; END $$",
    "CREATE TRIGGER complaint_entry_kept BEFORE UPDATE OR DELETE ON complaint_entry"
    " FOR EACH ROW EXECUTE FUNCTION keep_complaint_words()",
    "CREATE TRIGGER complaint_handover_kept BEFORE UPDATE OR DELETE ON complaint_handover"
    " FOR EACH ROW EXECUTE FUNCTION keep_complaint_words()",
    "CREATE FUNCTION keep_complaint() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'a complaint is never deleted'; END $$",
    "CREATE TRIGGER complaint_kept BEFORE DELETE ON complaint FOR EACH ROW EXECUTE FUNCTION keep_complaint()",
)
REFUSE = (
    "CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME; END $$"
)
# Rows that stay as they were written are not emptied as a whole either.
KEPT = ("complaint", "complaint_entry", "complaint_handover")


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
        REFUSE,
        *(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_truncate()"
            for table in KEPT
        ),
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
