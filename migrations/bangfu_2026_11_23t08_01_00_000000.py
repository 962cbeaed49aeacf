"""The household's page: references, checks, one live card a household, one score a visit."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-23T08:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the household's page: references and checks"

REFERENCES = (
    ("family_card", "household", "household"),
    ("family_card", "printed_by", "app_user"),
    ("family_card", "ended_by", "app_user"),
    ("family_answer", "household", "household"),
    ("family_answer", "visit", "visit"),
    ("family_answer", "card", "family_card"),
    ("family_wish", "household", "household"),
    ("family_wish", "visit", "visit"),
    ("family_wish", "card", "family_card"),
    ("family_wish", "done_by", "app_user"),
    ("carer_photo", "carer", "carer"),
    ("carer_photo", "file", "stored_file"),
    ("carer_photo", "added_by", "app_user"),
    ("rating", "visit", "visit"),
)
CHECKS = (
    ("family_card", "status", "status IN ('printed', 'blocked', 'replaced', 'revoked')"),
    ("family_card", "ended", "(status IN ('replaced', 'revoked')) = (ended_at IS NOT NULL)"),
    ("family_card", "wrong", "wrong >= 0"),
    ("family_try", "tries", "tries >= 0"),
    ("family_answer", "answer", "answer IN ('home', 'away')"),
    ("family_wish", "wish", "wish IN ('time', 'person', 'stop')"),
    ("family_wish", "part", "part IN ('', 'morning', 'afternoon')"),
    ("family_wish", "status", "status IN ('open', 'done')"),
    ("family_wish", "outcome", "outcome IN ('', 'moved', 'other_person', 'stopped', 'called', 'kept')"),
    ("family_wish", "done", "(status = 'done') = (done_at IS NOT NULL AND outcome <> '')"),
)
KEEP_RATING = (
    "CREATE OR REPLACE FUNCTION keep_rating() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'INSERT' THEN"
    " IF NEW.entered_by IS NOT NULL AND"
    " feedback_side(NEW.entered_by, NEW.kind, NEW.subject, NEW.household, NEW.year, NEW.quarter) THEN"
    " RAISE EXCEPTION 'who serves does not score (DOMAIN.md 5.4)'; END IF;"
    " IF NEW.code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rating_code c WHERE c.id = NEW.code"
    " AND c.household = NEW.household AND c.year = NEW.year AND c.quarter = NEW.quarter) THEN"
    " RAISE EXCEPTION 'a code scores for its own home and quarter'; END IF;"
    " IF NEW.visit IS NOT NULL AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.id = NEW.visit"
    " AND v.household = NEW.household) THEN"
    " RAISE EXCEPTION 'a home scores its own visits'; END IF;"
    " RETURN NEW; END IF;"
    " IF TG_OP = 'UPDATE' AND (NEW.replaced OR NOT OLD.replaced) AND to_jsonb(NEW) - ARRAY['household', 'division',"
    " 'words_enc', 'replaced'] = to_jsonb(OLD) - ARRAY['household', 'division', 'words_enc', 'replaced']"
    " THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a score is never changed'; END $$"
)
WAYS = (
    "ALTER TABLE rating DROP CONSTRAINT rating_way_check",
    # The caller scores with a call-back; everybody else with the quarter's code, or on the household's page.
    "ALTER TABLE rating ADD CONSTRAINT rating_way_check CHECK ((source = 'caller') = (callback IS NOT NULL)"
    " AND num_nonnulls(callback, code, visit) = 1)",
)
INDEXES = (
    "CREATE UNIQUE INDEX family_card_live ON family_card (household) WHERE status = 'printed'",
    "CREATE UNIQUE INDEX family_answer_last ON family_answer (visit) WHERE NOT replaced",
    "CREATE INDEX family_wish_waiting ON family_wish (division varchar_pattern_ops, due_at) WHERE status = 'open'",
    "CREATE UNIQUE INDEX rating_of_visit ON rating (visit) WHERE visit IS NOT NULL AND NOT replaced",
)


async def forwards() -> MigrationManager:
    statements = [
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}") REFERENCES {target} (id)'
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        KEEP_RATING, *WAYS, *INDEXES,
    ]  # fmt: skip
    return plain_sql(ID, DESCRIPTION, statements)
