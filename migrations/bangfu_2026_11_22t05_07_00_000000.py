"""Budgets and purchase lists: references, checks, the cap as the database sees it, ledgers that only grow.

Lines of contracts that came in by lists before are taken over: a fund without a total, an item "taken over", and one
commitment for each year of the line's term (rules.year_shares in SQL).
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:07:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "budgets and purchasing"

REFERENCES = (
    ("fund", "entered_by", "app_user"),
    ("fund", "confirmed_by", "app_user"),
    ("fund", "created_by", "app_user"),
    ("fund", "proposal", "fund_total"),
    ("fund_total", "fund", "fund"),
    ("fund_total", "proposal", "fund_total"),
    ("fund_total", "recorded_by", "app_user"),
    ("budget_item", "fund", "fund"),
    ("budget_item", "created_by", "app_user"),
    ("commitment", "item", "budget_item"),
    ("commitment", "fund", "fund"),
    ("commitment", "contract", "contract"),
    ("commitment", "line", "contract_line"),
    ("commitment", "recorded_by", "app_user"),
    ("purchase_plan", "drafted_by", "app_user"),
    ("purchase_plan", "changed_by", "app_user"),
    ("purchase_plan", "submitted_by", "app_user"),
    ("purchase_plan", "approved_by", "app_user"),
    ("purchase_item", "plan", "purchase_plan"),
    ("purchase_item", "budget_item", "budget_item"),
    ("purchase_item", "created_by", "app_user"),
    ("contract", "plan_item", "purchase_item"),
)
SOURCES = "('special_assistance_fund', 'work_budget', 'lottery', 'charity', 'general_budget')"
CHECKS = (
    ("fund", "source", f"source IN {SOURCES}"),
    ("fund", "year", "year BETWEEN 2000 AND 2100"),
    ("fund", "total", "total >= 0"),
    ("fund", "cap_share", "(source = 'special_assistance_fund') = (cap_share IS NOT NULL)"),
    ("fund", "cap", "cap_share BETWEEN 0 AND 1"),
    ("fund", "confirmed", "total IS NULL OR confirmed_by IS NOT NULL"),
    ("fund", "two_people", "entered_by IS NULL OR confirmed_by IS NULL OR entered_by <> confirmed_by"),
    ("fund_total", "kind", "kind IN ('proposed', 'confirmed', 'refused')"),
    ("fund_total", "answers", "(kind = 'proposed') = (proposal = id)"),
    ("fund_total", "amount", "amount >= 0"),
    ("budget_item", "amount", "amount >= 0"),
    ("budget_item", "code", "code <> ''"),
    ("commitment", "kind", "(kind = 'committed' AND amount > 0) OR (kind = 'released' AND amount < 0)"),
    ("purchase_plan", "status", "status IN ('draft', 'submitted', 'approved', 'closed')"),
    ("purchase_plan", "year", "year BETWEEN 2000 AND 2100"),
    ("purchase_plan", "approved", "status NOT IN ('approved', 'closed') OR approved_by IS NOT NULL"),
    (
        "purchase_plan",
        "two_people",
        "approved_by IS NULL OR (approved_by IS DISTINCT FROM drafted_by AND approved_by IS DISTINCT FROM changed_by"
        " AND approved_by IS DISTINCT FROM submitted_by)",
    ),
    ("purchase_item", "source", f"fund_source IN {SOURCES}"),
    ("purchase_item", "units", "units > 0"),
    ("purchase_item", "prices", "0 <= price_low AND price_low <= price_high"),
)
DIVISIONS = ("fund", "purchase_plan")
GUARD_COMMITMENT = """
CREATE FUNCTION guard_commitment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ceiling numeric;
BEGIN
    SELECT trunc(total * cap_share, 2) INTO ceiling FROM fund WHERE id = NEW.fund FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT 1 FROM budget_item WHERE id = NEW.item AND fund = NEW.fund) THEN
        RAISE EXCEPTION 'the item is of another fund' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'released' THEN
        IF (SELECT coalesce(sum(amount), 0) FROM commitment WHERE contract = NEW.contract AND line = NEW.line
                AND item = NEW.item) + NEW.amount < 0 THEN
            RAISE EXCEPTION 'more would be released than is committed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (SELECT coalesce(sum(amount), 0) FROM commitment WHERE fund = NEW.fund) + NEW.amount > ceiling THEN
        RAISE EXCEPTION 'the cap of the fund would be passed' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT coalesce(sum(amount), 0) FROM commitment WHERE item = NEW.item) + NEW.amount
            > (SELECT amount FROM budget_item WHERE id = NEW.item) THEN
        RAISE EXCEPTION 'the budget item does not cover it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
GUARD_ITEM = """
CREATE FUNCTION guard_budget_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM fund WHERE id = NEW.fund FOR NO KEY UPDATE;
    IF TG_OP = 'UPDATE' AND (NEW.fund <> OLD.fund
            OR NEW.amount < (SELECT coalesce(sum(amount), 0) FROM commitment WHERE item = NEW.id)) THEN
        RAISE EXCEPTION 'more is committed from the item' USING ERRCODE = 'check_violation';
    END IF;
    IF (TG_OP = 'INSERT' OR NEW.amount > OLD.amount)
            AND (SELECT coalesce(sum(amount), 0) FROM budget_item WHERE fund = NEW.fund AND id <> NEW.id) + NEW.amount
                > (SELECT total FROM fund WHERE id = NEW.fund) THEN
        RAISE EXCEPTION 'the items would come to more than the fund' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
GUARD_TOTAL = """
CREATE FUNCTION guard_fund_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.total IS NULL AND OLD.total IS NOT NULL THEN
        RAISE EXCEPTION 'a confirmed total stays' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.total < (SELECT coalesce(sum(amount), 0) FROM budget_item WHERE fund = NEW.id) THEN
        RAISE EXCEPTION 'the items come to more than the total' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
PARTS = """
CREATE TEMPORARY TABLE taken_over ON COMMIT DROP AS
SELECT l.id AS line, l.contract, rpad(left(c.division, 6), 12, '0') AS county, l.fund_source AS source, y.year,
       CASE WHEN y.year = extract(year FROM l.ends_on) THEN l.max_amount
            ELSE trunc(l.max_amount * (make_date(y.year, 12, 31) - l.starts_on + 1)
                       / (l.ends_on - l.starts_on + 1), 2) END
       - CASE WHEN y.year = extract(year FROM l.starts_on) THEN 0
              ELSE trunc(l.max_amount * (make_date(y.year - 1, 12, 31) - l.starts_on + 1)
                         / (l.ends_on - l.starts_on + 1), 2) END AS amount
FROM contract_line l JOIN contract c ON c.id = l.contract,
     generate_series(extract(year FROM l.starts_on)::int, extract(year FROM l.ends_on)::int) AS y(year)
WHERE c.imported AND l.max_amount > 0 AND l.starts_on <= l.ends_on
  AND EXISTS (SELECT 1 FROM division d WHERE d.code = rpad(left(c.division, 6), 12, '0'))
"""
BACKFILL = (
    PARTS.strip(),
    "DELETE FROM taken_over WHERE amount <= 0",
    "INSERT INTO fund (id, division, year, source, cap_share, basis, created_at, version)"
    " SELECT gen_random_uuid(), county, year, source,"
    " CASE WHEN source = 'special_assistance_fund' THEN 0.02 END, '', now(), 1"
    " FROM (SELECT DISTINCT county, year, source FROM taken_over) AS t",
    "INSERT INTO budget_item (id, fund, code, name, purpose, amount, active, created_at, version)"
    " SELECT gen_random_uuid(), f.id, 'TAKEN-OVER', '此前签订合同结转', '平台启用前已生效的合同，由清单导入',"
    " sum(t.amount), true, now(), 1 FROM taken_over t JOIN fund f ON f.division = t.county AND f.year = t.year"
    " AND f.source = t.source GROUP BY f.id",
    "INSERT INTO commitment (id, item, fund, contract, line, kind, amount, subject, override_reason, at)"
    " SELECT gen_random_uuid(), i.id, f.id, t.contract, t.line, 'committed', t.amount, t.contract, '', now()"
    " FROM taken_over t JOIN fund f ON f.division = t.county AND f.year = t.year AND f.source = t.source"
    " JOIN budget_item i ON i.fund = f.id AND i.code = 'TAKEN-OVER'",
    "INSERT INTO line_funding (id, line, item, amount) SELECT gen_random_uuid(), line, item, amount FROM commitment",
)
STATEMENTS = (
    "CREATE UNIQUE INDEX fund_once ON fund (division, year, source)",
    "CREATE UNIQUE INDEX budget_item_once ON budget_item (fund, code)",
    "CREATE UNIQUE INDEX fund_total_answered_once ON fund_total (proposal) WHERE kind <> 'proposed'",
    "CREATE UNIQUE INDEX commitment_once ON commitment (subject, line, item, kind)",
    "CREATE INDEX commitment_of_line ON commitment (contract, line)",
    "CREATE UNIQUE INDEX purchase_plan_once ON purchase_plan (division, year)",
    "CREATE INDEX contract_of_plan ON contract (plan_item) WHERE plan_item IS NOT NULL",
    "CREATE SEQUENCE purchase_plan_number",
    GUARD_COMMITMENT.strip(),
    GUARD_ITEM.strip(),
    GUARD_TOTAL.strip(),
    "CREATE TRIGGER commitment_guard BEFORE INSERT ON commitment FOR EACH ROW EXECUTE FUNCTION guard_commitment()",
    "CREATE TRIGGER budget_item_guard BEFORE INSERT OR UPDATE ON budget_item"
    " FOR EACH ROW EXECUTE FUNCTION guard_budget_item()",
    "CREATE TRIGGER fund_total_guard BEFORE UPDATE ON fund"
    " FOR EACH ROW WHEN (NEW.total IS DISTINCT FROM OLD.total) EXECUTE FUNCTION guard_fund_total()",
)
APPEND_ONLY = ("commitment", "fund_total")


def statements() -> tuple[str, ...]:
    """The rows that are taken over come first: a reference to rows just written cannot be added."""
    return (
        *BACKFILL,
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_division_fk FOREIGN KEY (division) REFERENCES division (code)"
            " ON DELETE RESTRICT"
            for table in DIVISIONS
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS,
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            for table in APPEND_ONLY
        ),
        *(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            for table in APPEND_ONLY
        ),
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
