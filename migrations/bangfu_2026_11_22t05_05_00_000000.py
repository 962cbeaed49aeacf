"""Contracts: references, checks, numbers, the people kept apart, and a contract for every line of an older list."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "contracts"

REFERENCES = (
    ("contract", "buyer", "organization"),
    ("contract", "supplier", "organization"),
    ("contract", "supplier_checked_by", "app_user"),
    ("contract", "drafted_by", "app_user"),
    ("contract", "checked_by", "app_user"),
    ("contract", "submitted_by", "app_user"),
    ("contract", "approved_by", "app_user"),
    ("contract", "manager", "app_user"),
    ("contract_party", "contract", "contract"),
    ("contract_party", "organization", "organization"),
    ("contract_party", "recorded_by", "app_user"),
    ("contract_note", "contract", "contract"),
    ("contract_note", "written_by", "app_user"),
    ("contract_line", "contract", "contract"),
    ("line_funding", "line", "contract_line"),
    ("line_funding", "item", "budget_item"),
    ("line_quota", "line", "contract_line"),
)
CHECKS = (
    (
        "contract",
        "status",
        "status IN ('draft', 'budget_checked', 'under_approval', 'returned', 'approved', 'signed', 'published',"
        " 'active', 'suspended', 'accepting', 'closed', 'terminated', 'void')",
    ),
    ("contract", "kind", "kind IN ('procurement', 'commission')"),
    (
        "contract",
        "method",
        "method IN ('', 'open_tender', 'invited_tender', 'competitive_negotiation', 'competitive_consultation',"
        " 'inquiry', 'single_source', 'below_threshold')",
    ),
    ("contract", "term", "starts_on <= ends_on"),
    ("contract", "total", "total >= 0"),
    (
        "contract",
        "shares",
        "perf_share BETWEEN 0 AND 1 AND advance_share BETWEEN 0 AND 1 AND bond_share BETWEEN 0 AND 1"
        " AND spot_check_share BETWEEN 0 AND 1",
    ),
    ("contract", "days", "payment_days BETWEEN 0 AND 3650 AND acceptance_days BETWEEN 0 AND 3650"),
    ("contract", "pay_period", "pay_period IN ('month', 'quarter', 'half_year', 'once')"),
    ("contract", "bond_form", "bond_form IN ('none', 'guarantee', 'insurance', 'transfer', 'cash')"),
    ("contract", "subcontracting", "subcontracting IN ('none', 'consent')"),
    # DOMAIN.md 8.11: who drafts neither checks nor approves, who checks does not approve.
    ("contract", "drafter_checks", "checked_by IS NULL OR drafted_by IS NULL OR checked_by <> drafted_by"),
    ("contract", "drafter_approves", "approved_by IS NULL OR drafted_by IS NULL OR approved_by <> drafted_by"),
    ("contract", "checker_approves", "approved_by IS NULL OR checked_by IS NULL OR approved_by <> checked_by"),
    ("contract", "submitter_approves", "approved_by IS NULL OR submitted_by IS NULL OR approved_by <> submitted_by"),
    ("contract", "writer_checks", "checked_by IS NULL OR NOT checked_by = ANY (edited_by)"),
    ("contract", "writer_approves", "approved_by IS NULL OR NOT approved_by = ANY (edited_by)"),
    (
        "contract",
        "approved",
        "imported OR status IN ('draft', 'budget_checked', 'under_approval', 'returned', 'void')"
        " OR (drafted_by IS NOT NULL AND checked_by IS NOT NULL AND approved_by IS NOT NULL)",
    ),
    (
        "contract",
        "signed",
        "imported OR status NOT IN ('signed', 'published', 'active', 'suspended', 'accepting', 'closed')"
        " OR signed_on IS NOT NULL",
    ),
    ("contract_party", "role", "role IN ('buyer', 'supplier', 'city_bureau', 'county_bureau', 'agency')"),
    ("contract_line", "status", "status IN ('draft', 'active', 'suspended', 'ended')"),
    ("line_funding", "amount", "amount >= 0"),
    ("line_quota", "amount", "max_units >= 0"),
)
BACKFILL = """
INSERT INTO contract (id, number, kind, project, division, supplier, status, starts_on, ends_on, total, imported,
                      scope, edited_by, created_at, updated_at)
SELECT gen_random_uuid(), l.contract_number, 'procurement', l.contract_number,
       coalesce((SELECT d.code FROM division d WHERE d.code = rpad(left(o.division, 6), 12, '0')), o.division),
       l.organization,
       CASE WHEN max(l.ends_on) < (now() AT TIME ZONE 'Asia/Shanghai')::date THEN 'closed' ELSE 'active' END,
       min(l.starts_on), max(l.ends_on), sum(l.max_amount), true, '{}', '{}', min(l.created_at), now()
FROM contract_line l JOIN organization o ON o.id = l.organization WHERE l.contract IS NULL
GROUP BY l.contract_number, l.organization, o.division
"""
STATEMENTS = (
    BACKFILL.strip(),
    "UPDATE contract_line l SET contract = c.id FROM contract c WHERE l.contract IS NULL AND c.imported"
    " AND c.number = l.contract_number AND c.supplier = l.organization",
    "INSERT INTO contract_party (id, contract, role, organization) SELECT gen_random_uuid(), id, 'supplier', supplier"
    " FROM contract WHERE imported",
    # One number is one contract; only numbers of lists may stand for one contract with each of several suppliers.
    "CREATE UNIQUE INDEX contract_number_once ON contract (number) WHERE NOT imported",
    "CREATE UNIQUE INDEX contract_number_and_supplier ON contract (number, supplier)",
    "CREATE INDEX contract_list ON contract (division varchar_pattern_ops, status, created_at)",
    "CREATE UNIQUE INDEX contract_party_once ON contract_party (contract, role)",
    "CREATE UNIQUE INDEX line_funding_once ON line_funding (line, item)",
    "CREATE UNIQUE INDEX line_quota_once ON line_quota (line, division)",
    "CREATE SEQUENCE contract_number",
    "CREATE TRIGGER contract_note_append_only BEFORE UPDATE OR DELETE ON contract_note"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER contract_note_no_truncate BEFORE TRUNCATE ON contract_note"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def statements() -> tuple[str, ...]:
    return (
        *STATEMENTS[:3],
        *(
            f'ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk FOREIGN KEY ("{column}")'
            f" REFERENCES {target} (id) ON DELETE RESTRICT"
            for table, column, target in REFERENCES
        ),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_check CHECK ({rule})" for table, name, rule in CHECKS),
        *STATEMENTS[3:],
    )


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, statements())
