"""What follows the signature of a contract: references, checks, what is published stays as it is."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:06:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "contract life"

_USERS = {
    "contract_amendment": (
        "proposed_by", "buyer_agreed_by", "supplier_agreed_by", "checked_by", "approved_by", "buyer_signed_by",
        "supplier_signed_by", "published_by", "ended_by",
    ),
    "contract_milestone": ("set_by", "done_by", "confirmed_by"),
    "contract_subcontract": ("asked_by", "decided_by"),
    "contract_acceptance": ("made_by", "concluded_by", "published_by"),
    "contract_acceptance_member": ("account",),
}  # fmt: skip
REFERENCES = (
    *((table, column, "app_user") for table, columns in _USERS.items() for column in columns),
    ("contract_amendment", "contract", "contract"),
    ("contract_amendment_line", "amendment", "contract_amendment"),
    ("contract_amendment_line", "line", "contract_line"),
    ("contract_amendment_line", "item", "budget_item"),
    ("contract_milestone", "contract", "contract"),
    ("contract_subcontract", "contract", "contract"),
    ("contract_subcontract", "organization", "organization"),
    ("contract_acceptance", "contract", "contract"),
    ("contract_acceptance_member", "acceptance", "contract_acceptance"),
    ("contract_acceptance_finding", "acceptance", "contract_acceptance"),
)
CHECKS = (
    (
        "contract_amendment",
        "status",
        "status IN ('proposed', 'checked', 'approved', 'signed', 'published', 'refused', 'withdrawn')",
    ),
    ("contract_amendment", "kind", "kind IN ('quantity', 'terms')"),
    ("contract_amendment", "side", "proposed_side IN ('buyer', 'supplier')"),
    ("contract_amendment", "added", "added >= 0 AND added >= amount"),
    ("contract_amendment", "terms", "(kind = 'terms') = (term <> '') AND (kind = 'quantity' OR amount = 0)"),
    (
        "contract_amendment",
        "two_people",
        "checked_by IS DISTINCT FROM proposed_by AND (approved_by IS NULL OR (approved_by <> proposed_by"
        " AND approved_by IS DISTINCT FROM checked_by))",
    ),
    ("contract_amendment", "checked", "status IN ('proposed', 'refused', 'withdrawn') OR checked_by IS NOT NULL"),
    (
        "contract_amendment",
        "approved",
        "status NOT IN ('approved', 'signed', 'published') OR approved_by IS NOT NULL",
    ),
    (
        "contract_amendment",
        "signed",
        "status NOT IN ('signed', 'published') OR (buyer_signed_at IS NOT NULL AND supplier_signed_at IS NOT NULL)",
    ),
    ("contract_amendment", "published", "(status = 'published') = (published_on IS NOT NULL)"),
    (
        "contract_amendment",
        "agreed",
        "kind = 'quantity' OR status IN ('proposed', 'refused', 'withdrawn')"
        " OR (buyer_agreed_at IS NOT NULL AND supplier_agreed_at IS NOT NULL)",
    ),
    ("contract_amendment_line", "direction", "units <> 0 AND sign(units) * amount >= 0"),
    ("contract_milestone", "status", "status IN ('open', 'done', 'confirmed', 'dropped')"),
    ("contract_milestone", "side", "side IN ('buyer', 'supplier')"),
    ("contract_milestone", "two_people", "confirmed_by IS NULL OR confirmed_by <> done_by"),
    ("contract_milestone", "confirmed", "status <> 'confirmed' OR (confirmed_by IS NOT NULL AND done_by IS NOT NULL)"),
    ("contract_subcontract", "status", "status IN ('asked', 'consented', 'refused', 'ended')"),
    ("contract_subcontract", "share", "share > 0 AND share < 0.5"),
    ("contract_subcontract", "two_people", "decided_by IS DISTINCT FROM asked_by"),
    ("contract_acceptance", "status", "status IN ('draft', 'concluded', 'published')"),
    ("contract_acceptance", "kind", "(kind = 'final' AND period = 0) OR (kind = 'yearly' AND period > 0)"),
    ("contract_acceptance", "result", "result IN ('', 'passed', 'passed_remedied', 'failed')"),
    ("contract_acceptance", "concluded", "status = 'draft' OR (result <> '' AND concluded_by IS NOT NULL)"),
    ("contract_acceptance", "published", "(status = 'published') = (published_on IS NOT NULL)"),
    ("contract_acceptance", "opinions", "asked >= 0 AND content >= 0 AND content <= asked"),
    (
        "contract_acceptance_member",
        "capacity",
        "capacity IN ('recipient', 'buyer', 'township', 'expert', 'finance', 'other')",
    ),
    ("contract_acceptance_finding", "aspect", "aspect IN ('technical', 'service', 'safety')"),
    ("contract_acceptance_finding", "finding", "finding IN ('', 'met', 'partly', 'not_met')"),
)
STATEMENTS = (
    "CREATE UNIQUE INDEX contract_amendment_once ON contract_amendment (contract, number)",
    "CREATE UNIQUE INDEX contract_amendment_line_once ON contract_amendment_line (amendment, line)",
    "CREATE UNIQUE INDEX contract_acceptance_once ON contract_acceptance (contract, kind, period)",
    "CREATE UNIQUE INDEX contract_subcontract_once ON contract_subcontract (contract, organization)"
    " WHERE status IN ('asked', 'consented')",
    "CREATE INDEX contract_milestone_due ON contract_milestone (due_on) WHERE status = 'open'",
    """CREATE FUNCTION keep_published_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' THEN
        RAISE EXCEPTION 'what is published stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$""",
    "CREATE TRIGGER contract_amendment_immutable BEFORE UPDATE OR DELETE ON contract_amendment"
    " FOR EACH ROW EXECUTE FUNCTION keep_published_life()",
    "CREATE TRIGGER contract_acceptance_immutable BEFORE UPDATE OR DELETE ON contract_acceptance"
    " FOR EACH ROW EXECUTE FUNCTION keep_published_life()",
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
