"""Feedback: references, checks, one list entry and one live card a household, and refusals by the database.

Who serves does not say how good it was (DOMAIN.md 5.4): `feedback_side` knows who stands on the serving side of a
contract or an agreement, and triggers refuse what such a person enters, whatever wrote it.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:04:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "feedback"

REFERENCES = (
    ("callback_round", "organization", "organization"),
    ("callback_round", "carer", "carer"),
    ("callback", "round", "callback_round"),
    ("callback", "household", "household"),
    ("callback", "caller", "app_user"),
    ("callback_attempt", "callback", "callback"),
    ("callback_attempt", "made_by", "app_user"),
    ("rating_code", "household", "household"),
    ("rating_code", "printed_by", "app_user"),
    ("rating", "household", "household"),
    ("rating", "code", "rating_code"),
    ("rating", "callback", "callback"),
    ("rating", "entered_by", "app_user"),
    ("process_observation", "agreement", "care_agreement"),
    ("process_observation", "household", "household"),
    ("process_observation", "carer", "carer"),
    ("process_observation", "observed_by", "app_user"),
)
CHECKS = (
    ("callback_round", "kind", "kind IN ('contract', 'agreement')"),
    ("callback_round", "quarter", "quarter BETWEEN 1 AND 4"),
    ("callback_round", "status", "status IN ('open', 'met', 'missed')"),
    ("callback_round", "closed", "(status = 'open') = (closed_at IS NULL)"),
    ("callback_round", "counts", "served >= 0 AND quota >= 0 AND quota <= served"),
    ("callback", "status", "status IN ('open', 'done', 'unreachable', 'dropped')"),
    ("callback", "origin", "origin IN ('chosen', 'instead')"),
    ("callback", "spoken_with", "spoken_with IN ('', 'person', 'guardian', 'family')"),
    ("callback", "answered", "(status = 'done') = (confirmed IS NOT NULL)"),
    ("callback", "caller", "status NOT IN ('done') OR caller IS NOT NULL"),
    ("callback_attempt", "result", "result IN ('no_answer', 'wrong_number', 'switched_off', 'later', 'declined')"),
    ("rating_code", "status", "status IN ('printed', 'replaced')"),
    ("rating_code", "quarter", "quarter BETWEEN 1 AND 4"),
    ("rating", "kind", "kind IN ('contract', 'agreement')"),
    ("rating", "quarter", "quarter BETWEEN 1 AND 4"),
    ("rating", "stars", "stars BETWEEN 1 AND 5"),
    ("rating", "source", "source IN ('self', 'guardian', 'caller')"),
    # The caller scores with a call-back; everybody else with the household's code.
    ("rating", "way", "(source = 'caller') = (callback IS NOT NULL) AND (callback IS NULL) <> (code IS NULL)"),
    ("rating", "caller", "source <> 'caller' OR entered_by IS NOT NULL"),
    ("process_observation", "occasion", "occasion IN ('meal', 'talk', 'visit')"),
    ("process_observation", "quarter", "quarter BETWEEN 1 AND 4"),
)
FUNCTIONS = (
    # Whose work a contract or an agreement is.
    "CREATE FUNCTION feedback_bodies(of_kind text, of_subject uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$"
    " SELECT CASE of_kind WHEN 'contract' THEN (SELECT ARRAY[supplier] FROM contract WHERE id = of_subject)"
    " ELSE (SELECT array_remove(ARRAY[a.organization, c.organization], NULL) FROM care_agreement a"
    " LEFT JOIN carer c ON c.id = a.carer WHERE a.id = of_subject) END $$",
    # Whether a person stands on the serving side: a provider's roles, the organisation itself, a station that it runs,
    # a worker of it, the caregiver of the agreement, or somebody who served this very home in the quarter.
    "CREATE FUNCTION feedback_side(who uuid, of_kind text, of_subject uuid, home uuid, y int, q int)"
    " RETURNS boolean LANGUAGE sql STABLE AS $$"
    " SELECT EXISTS (SELECT 1 FROM app_user u"
    " CROSS JOIN (SELECT coalesce(feedback_bodies(of_kind, of_subject), ARRAY[]::uuid[]) AS ids) b"
    " LEFT JOIN organization o ON o.id = u.organization LEFT JOIN carer c ON c.id = u.carer WHERE u.id = who AND ("
    " u.roles::text[] && ARRAY['provider_manager', 'caregiver']"
    " OR u.organization = ANY(b.ids) OR o.run_by = ANY(b.ids) OR c.organization = ANY(b.ids)"
    " OR ('station_dispatcher' = ANY(u.roles::text[]) AND u.organization IS NULL AND length(u.scope) >= 9"
    " AND EXISTS (SELECT 1 FROM organization s WHERE s.org_type = 'station' AND s.active"
    " AND s.run_by = ANY(b.ids) AND s.division LIKE left(u.scope, 9) || '%'))"
    " OR (of_kind = 'agreement' AND EXISTS (SELECT 1 FROM care_agreement a WHERE a.id = of_subject"
    " AND a.carer = u.carer))"
    " OR (u.carer IS NOT NULL AND EXISTS (SELECT 1 FROM visit v WHERE v.household = home"
    " AND u.carer IN (v.carer, v.partner) AND v.status NOT IN ('cancelled', 'excused', 'missed')"
    " AND v.planned_start >= (make_date(y, q * 3 - 2, 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"
    " AND v.planned_start < ((make_date(y, q * 3 - 2, 1) + interval '3 months') AT TIME ZONE 'Asia/Shanghai')))))"
    " $$",
    # Whether a volunteer is independent of who serves by an agreement (5.3): not the caregiver, of no body that serves
    # or is linked to it, not under another number one of its workers, no relative of the home.
    "CREATE FUNCTION observes_freely(who uuid, volunteer uuid, of_agreement uuid) RETURNS boolean"
    " LANGUAGE sql STABLE AS $$"
    " SELECT EXISTS (SELECT 1 FROM care_agreement a JOIN carer c ON c.id = volunteer AND c.kind = 'volunteer'"
    " JOIN app_user u ON u.id = who AND u.carer = c.id"
    " CROSS JOIN (SELECT coalesce(feedback_bodies('agreement', of_agreement), ARRAY[]::uuid[]) AS ids) b"
    " WHERE a.id = of_agreement AND a.carer IS DISTINCT FROM c.id"
    " AND NOT u.roles::text[] && ARRAY['provider_manager', 'caregiver']"
    " AND NOT coalesce(c.organization = ANY(b.ids), false) AND NOT coalesce(u.organization = ANY(b.ids), false)"
    " AND NOT EXISTS (SELECT 1 FROM organization_link l WHERE l.ends_on IS NULL"
    " AND l.kind IN ('same_representative', 'same_owner', 'affiliated')"
    " AND ((l.a = ANY(b.ids) AND l.b IN (c.organization, u.organization))"
    " OR (l.b = ANY(b.ids) AND l.a IN (c.organization, u.organization))))"
    " AND NOT EXISTS (SELECT 1 FROM carer w WHERE w.id <> c.id AND w.active"
    " AND (w.organization = ANY(b.ids) OR w.id = a.carer)"
    " AND ((w.id_number_index <> '' AND w.id_number_index = c.id_number_index)"
    " OR (w.phone_index <> '' AND w.phone_index = c.phone_index)))"
    " AND NOT EXISTS (SELECT 1 FROM kinship k WHERE k.household = a.household AND k.ends_on IS NULL"
    ' AND (k.carer = c.id OR k."user" = u.id))) $$',
)
REFUSALS = (
    "CREATE FUNCTION keep_rating() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'INSERT' THEN"
    " IF NEW.entered_by IS NOT NULL AND"
    " feedback_side(NEW.entered_by, NEW.kind, NEW.subject, NEW.household, NEW.year, NEW.quarter) THEN"
    " RAISE EXCEPTION 'who serves does not score (DOMAIN.md 5.4)'; END IF;"
    " IF NEW.code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rating_code c WHERE c.id = NEW.code"
    " AND c.household = NEW.household AND c.year = NEW.year AND c.quarter = NEW.quarter) THEN"
    " RAISE EXCEPTION 'a code scores for its own home and quarter'; END IF;"
    " RETURN NEW; END IF;"
    " IF TG_OP = 'UPDATE' AND (NEW.replaced OR NOT OLD.replaced) AND to_jsonb(NEW) - ARRAY['household', 'division',"
    " 'words_enc', 'replaced'] = to_jsonb(OLD) - ARRAY['household', 'division', 'words_enc', 'replaced']"
    " THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a score is never changed'; END $$",
    "CREATE TRIGGER rating_kept BEFORE INSERT OR UPDATE OR DELETE ON rating"
    " FOR EACH ROW EXECUTE FUNCTION keep_rating()",
    "CREATE FUNCTION keep_callback() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE r callback_round; BEGIN"
    " IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a call-back is never taken off the list'; END IF;"
    " IF TG_OP = 'UPDATE' AND OLD.status <> 'open' AND to_jsonb(NEW) - ARRAY['household', 'division', 'words_enc'] <>"
    " to_jsonb(OLD) - ARRAY['household', 'division', 'words_enc'] THEN"
    " RAISE EXCEPTION 'a call-back that ended is never changed'; END IF;"
    # Who called rightly may serve the home later, and its entry still follows a merge.
    " IF TG_OP = 'UPDATE' AND NEW.caller IS NOT DISTINCT FROM OLD.caller THEN RETURN NEW; END IF;"
    " IF NEW.caller IS NOT NULL THEN SELECT * INTO r FROM callback_round WHERE id = NEW.round;"
    " IF feedback_side(NEW.caller, r.kind, r.subject, NEW.household, r.year, r.quarter) THEN"
    " RAISE EXCEPTION 'who serves does not call back (DOMAIN.md 5.3)'; END IF; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER callback_kept BEFORE INSERT OR UPDATE OR DELETE ON callback"
    " FOR EACH ROW EXECUTE FUNCTION keep_callback()",
    "CREATE FUNCTION keep_callback_attempt() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN"
    " IF TG_OP <> 'INSERT' THEN RAISE EXCEPTION 'an attempt is never changed'; END IF;"
    " SELECT o.kind, o.subject, o.year, o.quarter, c.household INTO r FROM callback c JOIN callback_round o"
    " ON o.id = c.round WHERE c.id = NEW.callback;"
    " IF feedback_side(NEW.made_by, r.kind, r.subject, r.household, r.year, r.quarter) THEN"
    " RAISE EXCEPTION 'who serves does not call back (DOMAIN.md 5.3)'; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER callback_attempt_kept BEFORE INSERT OR UPDATE OR DELETE ON callback_attempt"
    " FOR EACH ROW EXECUTE FUNCTION keep_callback_attempt()",
    "CREATE FUNCTION keep_process_observation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'INSERT' THEN"
    " IF NOT observes_freely(NEW.observed_by, NEW.carer, NEW.agreement) THEN"
    " RAISE EXCEPTION 'who observes is independent of who serves (DOMAIN.md 5.3)'; END IF; RETURN NEW; END IF;"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['household', 'division', 'words_enc'] ="
    " to_jsonb(OLD) - ARRAY['household', 'division', 'words_enc'] THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'an observation is never changed'; END $$",
    "CREATE TRIGGER process_observation_kept BEFORE INSERT OR UPDATE OR DELETE ON process_observation"
    " FOR EACH ROW EXECUTE FUNCTION keep_process_observation()",
    "CREATE FUNCTION keep_callback_round() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['number', 'served', 'quota', 'status', 'closed_at', 'version'] ="
    " to_jsonb(OLD) - ARRAY['number', 'served', 'quota', 'status', 'closed_at', 'version'] THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'a round keeps its seed and its quarter'; END $$",
    "CREATE TRIGGER callback_round_kept BEFORE UPDATE OR DELETE ON callback_round"
    " FOR EACH ROW EXECUTE FUNCTION keep_callback_round()",
)
INDEXES = (
    "CREATE UNIQUE INDEX callback_round_once ON callback_round (kind, subject, year, quarter)",
    "CREATE UNIQUE INDEX callback_once ON callback (round, household)",
    "CREATE INDEX callback_waiting ON callback (division varchar_pattern_ops) WHERE status = 'open'",
    "CREATE UNIQUE INDEX rating_code_live ON rating_code (household, year, quarter) WHERE status = 'printed'",
    "CREATE UNIQUE INDEX rating_of_day ON rating (code, kind, subject, day) WHERE code IS NOT NULL AND NOT replaced",
    "CREATE UNIQUE INDEX rating_of_callback ON rating (callback) WHERE callback IS NOT NULL",
    "CREATE INDEX rating_voices ON rating (kind, subject, year, quarter) WHERE NOT replaced",
    "CREATE UNIQUE INDEX process_observation_day ON process_observation (agreement, carer, observed_on)",
)
# Rows that stay as they were written are not emptied as a whole either.
KEPT = ("callback_round", "callback", "callback_attempt", "rating_code", "rating", "process_observation")


def statements() -> tuple[str, ...]:
    return (
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *FUNCTIONS,
        *REFUSALS,
        *INDEXES,
        *(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_truncate()"
            for table in KEPT
        ),
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
