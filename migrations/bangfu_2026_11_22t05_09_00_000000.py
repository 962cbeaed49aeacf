"""Care agreements: references, checks, one open and one in force a person, seven roles, rates that never change."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T05:09:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "agreements"

REFERENCES = (
    ("care_agreement", "household", "household"),
    ("care_agreement", "person", "person"),
    ("care_agreement", "assessment", "assessment"),
    ("care_agreement", "organization", "organization"),
    ("care_agreement", "carer", "carer"),
    ("care_agreement", "rate", "care_rate"),
    ("care_agreement", "guided_by", "app_user"),
    ("care_agreement", "previous", "care_agreement"),
    ("care_agreement", "outdated_by", "assessment"),
    ("care_agreement", "ended_by_leaving", "person_leaving"),
    ("care_agreement", "created_by", "app_user"),
    ("care_agreement_line", "agreement", "care_agreement"),
    ("agreement_party", "agreement", "care_agreement"),
    ("agreement_party", "organization", "organization"),
    ("agreement_party", "signed_by", "app_user"),
    ("agreement_party", "recorded_by", "app_user"),
    ("agreement_party", "file", "stored_file"),
    ("care_base", "created_by", "app_user"),
    ("care_base", "published_by", "app_user"),
    ("care_rate_sheet", "created_by", "app_user"),
    ("care_rate_sheet", "published_by", "app_user"),
    ("care_rate", "sheet", "care_rate_sheet"),
)
_LEVEL = "selfcare_level IN ('full_self', 'semi', 'full_care')"
_MODE = "support_mode IN ('dispersed', 'centralized')"
_PUBLISHED = "created_by IS NULL OR published_by IS NULL OR created_by <> published_by"
CHECKS = (
    (
        "care_agreement",
        "status",
        "status IN ('draft', 'party_signing', 'active', 'renewal_due', 'renewed', 'expired', 'terminated')",
    ),
    ("care_agreement", "level", _LEVEL),
    ("care_agreement", "mode", _MODE),
    ("care_agreement", "term", "ends_on >= starts_on AND ends_on < starts_on + interval '12 months'"),
    ("care_agreement", "pay", "pay_month IS NULL OR pay_month >= 0"),
    ("care_agreement", "frozen", "status IN ('draft', 'terminated') OR document_hash <> ''"),
    (
        "care_agreement",
        "active",
        "status NOT IN ('active', 'renewal_due', 'renewed') OR activated_at IS NOT NULL",
    ),
    ("care_agreement", "ended", "status <> 'terminated' OR (ended_on IS NOT NULL AND end_reason <> '')"),
    (
        "care_agreement",
        "end_reason",
        "end_reason IN ('', 'death', 'admission', 'level', 'breach', 'caregiver', 'discarded', 'left', 'other')",
    ),
    ("care_agreement_line", "amounts", "times BETWEEN 1 AND 100 AND minutes BETWEEN 5 AND 1440"),
    ("care_agreement_line", "per", "per IN ('day', 'week', 'month', 'quarter')"),
    (
        "agreement_party",
        "role",
        "role IN ('county_government', 'township_government', 'civil_affairs_bureau', 'village', 'institution',"
        " 'caregiver', 'person')",
    ),
    ("agreement_party", "method", "method IN ('', 'scan', 'thumbprint', 'electronic')"),
    ("agreement_party", "capacity", "capacity IN ('self', 'guardian', 'agent')"),
    (
        "agreement_party",
        "signed",
        "(signed_at IS NULL AND method = '') OR (signed_at IS NOT NULL AND signed_hash <> '' AND ("
        "(method = 'electronic' AND signed_by IS NOT NULL) OR (method = 'scan' AND file IS NOT NULL)"
        " OR (method = 'thumbprint' AND file IS NOT NULL AND witness_enc <> '')))",
    ),
    ("care_base", "kind", "kind IN ('disabled_subsidy', 'minimum_wage')"),
    ("care_base", "amount", "amount > 0"),
    ("care_base", "status", "status IN ('draft', 'published', 'withdrawn')"),
    ("care_base", "two_people", _PUBLISHED),
    ("care_rate_sheet", "status", "status IN ('draft', 'published', 'withdrawn')"),
    ("care_rate_sheet", "two_people", _PUBLISHED),
    ("care_rate", "mode", _MODE),
    ("care_rate", "level", _LEVEL),
    ("care_rate", "basis", "basis IN ('disabled_subsidy', 'minimum_wage')"),
    ("care_rate", "factor", "factor >= 0"),
)
STATEMENTS = (
    "ALTER TABLE care_agreement ADD CONSTRAINT care_agreement_division_fk FOREIGN KEY (division)"
    " REFERENCES division (code) ON DELETE RESTRICT",
    "CREATE UNIQUE INDEX care_agreement_one_open ON care_agreement (person) WHERE status IN ('draft', 'party_signing')",
    "CREATE UNIQUE INDEX care_agreement_one_in_force ON care_agreement (person)"
    " WHERE status IN ('active', 'renewal_due')",
    "CREATE INDEX care_agreement_list ON care_agreement (division varchar_pattern_ops, status, ends_on)",
    "CREATE UNIQUE INDEX agreement_party_once ON agreement_party (agreement, role)",
    "CREATE UNIQUE INDEX care_rate_once ON care_rate (sheet, support_mode, selfcare_level)",
    "CREATE UNIQUE INDEX care_rate_sheet_once ON care_rate_sheet (division_prefix, valid_from)"
    " WHERE status = 'published'",
    "CREATE UNIQUE INDEX care_base_once ON care_base (division_prefix, kind, valid_from) WHERE status = 'published'",
    "CREATE SEQUENCE care_agreement_number",
    """CREATE FUNCTION keep_published_rates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' AND (TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'published rates never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$""",
    "CREATE TRIGGER care_base_immutable BEFORE UPDATE OR DELETE ON care_base"
    " FOR EACH ROW EXECUTE FUNCTION keep_published_rates()",
    "CREATE TRIGGER care_rate_sheet_immutable BEFORE UPDATE OR DELETE ON care_rate_sheet"
    " FOR EACH ROW EXECUTE FUNCTION keep_published_rates()",
    """CREATE FUNCTION keep_rates_of_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM care_rate_sheet WHERE id = coalesce(NEW.sheet, OLD.sheet) AND status = 'published')
            OR (TG_OP = 'UPDATE' AND NEW.sheet <> OLD.sheet) THEN
        RAISE EXCEPTION 'published rates never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$""",
    "CREATE TRIGGER care_rate_immutable BEFORE INSERT OR UPDATE OR DELETE ON care_rate"
    " FOR EACH ROW EXECUTE FUNCTION keep_rates_of_sheet()",
    """CREATE FUNCTION keep_signed_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.activated_at IS NOT NULL AND (NEW.document_hash <> OLD.document_hash OR NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on
            OR NEW.selfcare_level <> OLD.selfcare_level OR NEW.pay_month IS DISTINCT FROM OLD.pay_month
            OR NEW.activated_at IS DISTINCT FROM OLD.activated_at) THEN
        RAISE EXCEPTION 'a signed agreement keeps its content' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$""",
    "CREATE TRIGGER care_agreement_signed BEFORE UPDATE ON care_agreement"
    " FOR EACH ROW EXECUTE FUNCTION keep_signed_agreement()",
    """CREATE FUNCTION keep_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM care_agreement WHERE id = OLD.agreement AND activated_at IS NOT NULL)
            AND (TG_OP = 'DELETE' OR NEW.signed_hash <> OLD.signed_hash OR NEW.signed_at IS DISTINCT FROM OLD.signed_at
            OR NEW.duties <> OLD.duties OR NEW.method <> OLD.method) THEN
        RAISE EXCEPTION 'a signature on an agreement in force is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$""",
    "CREATE TRIGGER agreement_party_kept BEFORE UPDATE OR DELETE ON agreement_party"
    " FOR EACH ROW EXECUTE FUNCTION keep_signature()",
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
