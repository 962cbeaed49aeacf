"""Separation of duties (DOMAIN.md 8.11): what everybody did on each chain as a view, and refusals by the database."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T13:09:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "separation of duties"

PAIRS = (
    ("submit_need", "confirm_need"),
    ("propose_match", "evaluate"),
    ("draft_contract", "approve_contract"),
    ("draft_contract", "pay_contract"),
    ("draft_contract", "check_contract"),
    ("approve_contract", "pay_contract"),
    ("check_contract", "approve_contract"),
    ("deliver", "verify"),
    ("deliver", "spot_check"),
    ("verify", "spot_check"),
    ("spot_check", "decide_check"),
    ("deliver", "decide_check"),
    ("score", "publish"),
    ("score", "decide_appeal"),
    ("claim", "review"),
    ("claim", "approve"),
    ("claim", "pay"),
    ("review", "approve"),
    ("review", "pay"),
    ("approve", "pay"),
    ("assess", "care"),
)
SERVED = "('accepted', 'scheduled', 'active', 'completed', 'withdrawn', 'cancelled', 'replaced')"
PAST = (
    ("need", "submit_need"), ("need", "confirm_need"),
    ("contract", "check_contract"), ("contract", "approve_contract"),
    ("visit", "deliver"), ("visit", "verify"), ("visit", "decide_check"),
    ("score", "publish"), ("score", "decide_appeal"),
    ("claim", "claim"), ("claim", "review"), ("claim", "approve"), ("claim", "pay"),
)  # fmt: skip
"""Duties that stay on the chain when their column is written anew. A score that was given back to be looked at again is
not scored; a contract's drafters are all kept by `edited_by`; an inspector who was replaced before checking is none."""
FLAGGED = "(SELECT v.division FROM visit v WHERE v.id = NEW.visit)"
FOR_ACCOUNTS = " FROM app_user u WHERE u.carer = NEW.carer"
BRANCHES = (
    # kind of chain, chain, where, duty, actor, source, condition
    ("need", "n.id", "n.division", "submit_need", "n.submitted_by", "need n", ""),
    ("need", "n.id", "n.division", "confirm_need", "n.confirmed_by", "need n", ""),
    ("contract", "c.id", "c.division", "draft_contract", "c.drafted_by", "contract c", ""),
    (
        "contract", "c.id", "c.division", "draft_contract", "e.editor",
        "contract c CROSS JOIN unnest(c.edited_by) e(editor)", "",
    ),
    ("contract", "c.id", "c.division", "check_contract", "c.checked_by", "contract c", ""),
    ("contract", "c.id", "c.division", "approve_contract", "c.approved_by", "contract c", ""),
    (
        "contract", "l.contract", "a.division", "propose_match", "a.offered_by",
        "contract_line l JOIN assignment a ON a.contract_line = l.id", "",
    ),
    ("contract", "s.subject", "s.division", "evaluate", "s.confirmed_by", "quarter_score s", "s.kind = 'contract'"),
    (
        "contract", "s.subject", "s.division", "pay_contract", "c.paid_by",
        "settlement_statement s JOIN settlement_claim c ON c.statement = s.id", "s.kind = 'contract'",
    ),
    ("visit", "v.id", "v.division", "deliver", "v.submitted_by", "visit v", ""),
    (
        "visit", "v.id", "v.division", "deliver", "u.id",
        "visit v JOIN app_user u ON u.carer = v.carer", "v.started_at IS NOT NULL",
    ),
    (
        "visit", "v.id", "v.division", "deliver", "u.id",
        "visit v JOIN app_user u ON u.carer = v.partner", "v.started_at IS NOT NULL",
    ),
    ("visit", "v.id", "v.division", "verify", "v.decided_by", "visit v", "v.status <> 'excused'"),
    (
        "visit", "f.visit", "(SELECT v.division FROM visit v WHERE v.id = f.visit)", "verify", "f.decided_by",
        "visit_flag f", "",
    ),
    (
        "visit", "s.visit", "s.division", "spot_check", "i.inspector",
        'spot_check s JOIN check_inspector i ON i."check" = s.id', "NOT i.replaced",
    ),
    ("visit", "s.visit", "s.division", "decide_check", "s.decided_by", "spot_check s", ""),
    ("score", "s.id", "s.division", "score", "s.confirmed_by", "quarter_score s", ""),
    ("score", "s.id", "s.division", "publish", "s.published_by", "quarter_score s", ""),
    ("score", "a.score", "a.division", "decide_appeal", "a.decided_by", "score_appeal a", ""),
    ("score", "a.score", "a.division", "decide_appeal", "a.reviewed_by", "score_appeal a", ""),
    ("claim", "c.id", "c.division", "claim", "c.claimed_by", "settlement_claim c", ""),
    ("claim", "c.id", "c.division", "review", "c.reviewed_by", "settlement_claim c", ""),
    ("claim", "c.id", "c.division", "approve", "c.approved_by", "settlement_claim c", ""),
    ("claim", "c.id", "c.division", "pay", "c.paid_by", "settlement_claim c", ""),
    ("person", "a.person", "a.division", "assess", "a.first_assessor", "assessment a", "a.first_signed_at IS NOT NULL"),
    (
        "person", "a.person", "a.division", "assess", "a.second_assessor",
        "assessment a", "a.second_signed_at IS NOT NULL",
    ),
    (
        "person", "n.person", "n.division", "care", "u.id",
        "need n JOIN assignment a ON a.need = n.id JOIN app_user u ON u.carer = a.carer",
        f"a.answered_at IS NOT NULL AND a.status IN {SERVED}",
    ),
    *((kind, "p.chain", "p.division", duty, "p.actor", "past_duty p", f"p.kind = '{kind}' AND p.duty = '{duty}'")
      for kind, duty in PAST),
)  # fmt: skip
"""Where each duty is written down; whoever did nothing is left out."""
BARRED_ROLES = (
    (
        "assessor",
        "auditor bureau_lead bureau_officer caregiver department_liaison provider_manager "
        "social_worker station_dispatcher sysadmin township_officer volunteer",
    ),
    ("assist_coordinator", "auditor caregiver department_liaison provider_manager sysadmin township_officer"),
    (
        "auditor",
        "bureau_lead bureau_officer caregiver child_director child_supervisor department_liaison "
        "finance_officer grid_worker provider_manager social_worker station_dispatcher sysadmin "
        "township_officer volunteer",
    ),
    (
        "bureau_lead",
        "bureau_officer caregiver department_liaison finance_officer provider_manager station_dispatcher sysadmin",
    ),
    ("bureau_officer", "caregiver department_liaison finance_officer provider_manager station_dispatcher sysadmin"),
    ("caregiver", "finance_officer station_dispatcher sysadmin township_officer"),
    ("child_director", "department_liaison provider_manager sysadmin township_officer"),
    ("child_supervisor", "sysadmin"),
    ("department_liaison", "grid_worker provider_manager social_worker station_dispatcher sysadmin township_officer"),
    ("finance_officer", "provider_manager station_dispatcher sysadmin"),
    ("grid_worker", "sysadmin"),
    ("provider_manager", "social_worker station_dispatcher sysadmin township_officer"),
    ("social_worker", "sysadmin township_officer"),
    ("station_dispatcher", "sysadmin"),
    ("sysadmin", "township_officer volunteer"),
)
"""A role and those that one person may not hold beside it."""


def _branch(kind: str, chain: str, where: str, duty: str, actor: str, source: str, condition: str) -> str:
    return (  # constants of this file only
        f"SELECT '{kind}'::text AS kind, {chain} AS chain, {where} AS division, '{duty}'::text AS duty,"  # noqa: S608
        f" {actor} AS actor FROM {source}"
        f" WHERE {condition + ' AND ' if condition else ''}{actor} IS NOT NULL AND {chain} IS NOT NULL"
    )


# One person's own acts wait for each other (the lock), so that two at once cannot slip past the look.
GUARD = """
CREATE FUNCTION guard_duty(chain_kind text, chain_id uuid, wanted text, who uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE other text; done boolean;
BEGIN
  IF who IS NULL OR chain_id IS NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(who::text, 811));
  FOREACH other IN ARRAY barred_duties(wanted) LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM duty WHERE kind = %L AND chain = %L AND duty = %L AND actor = %L)',
      chain_kind, chain_id, other, who) INTO done;
    IF done THEN
      RAISE EXCEPTION 'one person may not both % and % on one %', other, wanted, chain_kind
        USING ERRCODE = '23514', CONSTRAINT = 'separation_of_duties';
    END IF;
  END LOOP;
END $$
"""


def _pairs_function() -> str:
    others: dict[str, set[str]] = {}
    for one, other in PAIRS:
        others.setdefault(one, set()).add(other)
        others.setdefault(other, set()).add(one)
    cases = " ".join(
        f"WHEN '{duty}' THEN ARRAY[{', '.join(repr(each) for each in sorted(found))}]"
        for duty, found in sorted(others.items())
    )
    return (
        "CREATE FUNCTION barred_duties(duty text) RETURNS text[] LANGUAGE sql IMMUTABLE AS"
        f" $$ SELECT CASE duty {cases} ELSE ARRAY[]::text[] END $$"
    )


def _trigger(name: str, table: str, columns: str, *steps: str) -> tuple[str, str]:
    body = " ".join(f"{step};" for step in steps)
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OF {columns} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def _look(kind: str, chain: str, duty: str, actor: str) -> str:
    return f"PERFORM guard_duty('{kind}', {chain}, '{duty}', {actor})"


def _guard(kind: str, chain: str, duty: str, column: str, condition: str = "", where: str = "NEW.division") -> str:
    """Looks only where somebody new stands in the column (rows are written whole), and remembers who stood there."""
    new = f"NEW.{column} IS DISTINCT FROM OLD.{column}"
    look = _when(f"{new} AND {condition}" if condition else new, _look(kind, chain, duty, f"NEW.{column}"))
    if (kind, duty) not in PAST:
        return look
    kept = (
        "INSERT INTO past_duty (id, kind, chain, division, duty, actor, at)"  # noqa: S608
        f" VALUES (gen_random_uuid(), '{kind}', {chain}, {where}, '{duty}', OLD.{column}, now())"
    )
    was = " AND ".join(each for each in (f"OLD.{column} IS NOT NULL", new, condition.replace("NEW.", "OLD.")) if each)
    return f"{_when(was, kept)}; {look}"


def _when(condition: str, step: str) -> str:
    return f"IF {condition} THEN {step}; END IF"


STATEMENTS = (
    "CREATE VIEW duty AS " + " UNION ALL ".join(_branch(*branch) for branch in BRANCHES),
    _pairs_function(),
    GUARD,
    "CREATE INDEX assignment_of_line ON assignment (contract_line) WHERE contract_line IS NOT NULL",
    *_trigger(
        "duties_of_need", "need", "submitted_by, confirmed_by",
        _guard("need", "NEW.id", "submit_need", "submitted_by"),
    ),
    *_trigger(
        "duties_of_contract", "contract", "drafted_by, edited_by, checked_by, approved_by",
        _guard("contract", "NEW.id", "draft_contract", "drafted_by"),
        _when(
            "NEW.edited_by IS DISTINCT FROM OLD.edited_by",
            _look("contract", "NEW.id", "draft_contract", "e.editor") + " FROM unnest(NEW.edited_by) e(editor)",
        ),
        _guard("contract", "NEW.id", "check_contract", "checked_by"),
        _guard("contract", "NEW.id", "approve_contract", "approved_by"),
    ),
    *_trigger(
        "duties_of_assignment", "assignment", "offered_by, carer, status, answered_at, contract_line",
        _guard(
            "contract", "(SELECT l.contract FROM contract_line l WHERE l.id = NEW.contract_line)", "propose_match",
            "offered_by", "NEW.contract_line IS NOT NULL",
        ),
        _when(
            "(NEW.carer IS DISTINCT FROM OLD.carer OR NEW.answered_at IS DISTINCT FROM OLD.answered_at)"
            f" AND NEW.answered_at IS NOT NULL AND NEW.status IN {SERVED}",
            _look("person", "(SELECT n.person FROM need n WHERE n.id = NEW.need)", "care", "u.id") + FOR_ACCOUNTS,
        ),
    ),
    *_trigger(
        "duties_of_visit", "visit", "submitted_by, decided_by, carer, partner, started_at, status",
        _guard("visit", "NEW.id", "deliver", "submitted_by"),
        _guard("visit", "NEW.id", "verify", "decided_by", "NEW.status <> 'excused'"),
        _when(
            "OLD.status = 'excused' AND NEW.status <> 'excused'",
            _look("visit", "NEW.id", "verify", "NEW.decided_by"),
        ),
        _when(
            "NEW.started_at IS NOT NULL AND (NEW.carer IS DISTINCT FROM OLD.carer OR NEW.partner IS DISTINCT FROM"
            " OLD.partner OR NEW.started_at IS DISTINCT FROM OLD.started_at)",
            _look("visit", "NEW.id", "deliver", "u.id") + " FROM app_user u WHERE u.carer IN (NEW.carer, NEW.partner)",
        ),
    ),
    *_trigger(
        "duties_of_visit_flag", "visit_flag", "decided_by", _guard("visit", "NEW.visit", "verify", "decided_by", "", FLAGGED)
    ),
    *_trigger(
        "duties_of_inspector", "check_inspector", "inspector, replaced",
        _when(
            "NOT NEW.replaced AND (NEW.inspector IS DISTINCT FROM OLD.inspector OR OLD.replaced)",
            _look(
                "visit", '(SELECT s.visit FROM spot_check s WHERE s.id = NEW."check")', "spot_check", "NEW.inspector"
            ),
        ),
    ),
    *_trigger(
        "duties_of_check", "spot_check", "decided_by", _guard("visit", "NEW.visit", "decide_check", "decided_by")
    ),
    *_trigger(
        "duties_of_score", "quarter_score", "confirmed_by, published_by",
        _guard("score", "NEW.id", "score", "confirmed_by"),
        _guard("score", "NEW.id", "publish", "published_by"),
        _guard("contract", "NEW.subject", "evaluate", "confirmed_by", "NEW.kind = 'contract'"),
    ),
    *_trigger(
        "duties_of_appeal", "score_appeal", "decided_by, reviewed_by",
        _guard("score", "NEW.score", "decide_appeal", "decided_by"),
        _guard("score", "NEW.score", "decide_appeal", "reviewed_by"),
    ),
    *_trigger(
        "duties_of_claim", "settlement_claim", "claimed_by, reviewed_by, approved_by, paid_by",
        _guard("claim", "NEW.id", "claim", "claimed_by"),
        _guard("claim", "NEW.id", "review", "reviewed_by"),
        _guard("claim", "NEW.id", "approve", "approved_by"),
        _guard("claim", "NEW.id", "pay", "paid_by"),
        _when(
            "NEW.paid_by IS DISTINCT FROM OLD.paid_by",
            _look("contract", "s.subject", "pay_contract", "NEW.paid_by")
            + " FROM settlement_statement s WHERE s.id = NEW.statement AND s.kind = 'contract'",
        ),
    ),
    *_trigger(
        "duties_of_assessment", "assessment", "first_assessor, second_assessor, first_signed_at, second_signed_at",
        _when(
            "NEW.first_signed_at IS NOT NULL AND OLD.first_signed_at IS NULL",
            _look("person", "NEW.person", "assess", "NEW.first_assessor"),
        ),
        _when(
            "NEW.second_signed_at IS NOT NULL AND OLD.second_signed_at IS NULL",
            _look("person", "NEW.person", "assess", "NEW.second_assessor"),
        ),
    ),
    "CREATE UNIQUE INDEX separation_report_once ON separation_report (day, county)",
    "CREATE FUNCTION roles_go_together(held varchar[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT NOT ("
    + " OR ".join(
        f"('{role}' = ANY(held) AND held && ARRAY[{', '.join(repr(each) for each in others.split())}]::varchar[])"
        for role, others in BARRED_ROLES
    )
    + ") $$",
    "ALTER TABLE app_user ADD CONSTRAINT app_user_roles_check CHECK (roles_go_together(roles))",
    # An account that is linked to a carer later must not have judged what that carer did.
    *_trigger(
        "duties_of_account", "app_user", "carer",
        _when(
            "NEW.carer IS NOT NULL AND NEW.carer IS DISTINCT FROM OLD.carer",
            _look("visit", "v.id", "deliver", "NEW.id")
            + " FROM visit v WHERE (v.carer = NEW.carer OR v.partner = NEW.carer) AND v.started_at IS NOT NULL"
            " AND EXISTS (SELECT FROM duty d WHERE d.kind = 'visit' AND d.chain = v.id AND d.actor = NEW.id"
            " AND d.duty IN ('verify', 'spot_check', 'decide_check'))",
        ),
    ),
    "CREATE FUNCTION keep_past_duty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'what was done once stays done'; END $$",
    "CREATE TRIGGER past_duty_kept BEFORE UPDATE OR DELETE ON past_duty"
    " FOR EACH ROW EXECUTE FUNCTION keep_past_duty()",
    "CREATE TRIGGER past_duty_no_truncate BEFORE TRUNCATE ON past_duty"
    " FOR EACH STATEMENT EXECUTE FUNCTION keep_past_duty()",
    # The proof of a night is never changed.
    "CREATE FUNCTION keep_separation_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'the proof of a night is never changed'; END $$",
    "CREATE TRIGGER separation_report_kept BEFORE UPDATE OR DELETE ON separation_report"
    " FOR EACH ROW EXECUTE FUNCTION keep_separation_report()",
    "CREATE TRIGGER separation_report_no_truncate BEFORE TRUNCATE ON separation_report"
    " FOR EACH STATEMENT EXECUTE FUNCTION keep_separation_report()",
)  # fmt: skip


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
