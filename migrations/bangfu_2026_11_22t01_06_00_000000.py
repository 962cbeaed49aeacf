"""Consent and privacy: references, checks, the one rule on what a ground covers, and the text that comes with it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from bangfu.shared.migrate import plain_sql

ID = "2026-11-22T01:06:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "consent and privacy"

PURPOSES = "ARRAY['service', 'share_provider', 'minor_data', 'photo', 'location', 'publicity']"

TEXT_ZH = """您好！为帮您申请和安排服务类社会救助，我们需要使用您（或您监护的人）的个人信息。请听我们读完或自己读完，再决定是否同意。

一、用来做什么。只用于您勾选的事项：安排服务；把姓名、地址、电话、服务内容和安全提示提供给接单的承接机构或志愿者；处理未成年人信息；\
服务时拍照留证；服务人员上门签到定位；按规定公示。没有勾选的，不用。
二、用哪些信息。家庭成员、住址、电话、证件号码、救助类别、自理能力和照护所需的健康情况。收入、证件号码、病历不提供给承接机构。
三、怎样保管。证件号码、电话、住址、银行账号和健康情况加密保存；谁看过、为什么看，都有记录。保存期限按档案规定执行。
四、您的权利。您可以查阅、复制、更正自己的信息，可以随时撤回同意，不需要说明理由。撤回后立即停止提供给他人，撤回前的合法记录依法保留。\
撤回不影响您依法享受的社会救助待遇。
五、未满14周岁的孩子，由父母或者其他监护人同意。
六、怎样联系我们。可向村（居）民委员会、乡镇（街道）社会救助经办机构或者区（县）民政部门提出。"""
TEXT_EN = """Hello! To apply for and arrange social assistance services for you we need to use personal data of yours \
(or of the person in your care). Please listen while we read this, or read it yourself, and decide then.

1. What for. Only for what you tick: arranging services; giving name, address, phone, the service and safety notes to \
the provider or volunteer who takes the task; using data of minors; photos as proof of the service; the position of \
the carer at check-in; publication as the rules ask. What is not ticked is not done.
2. Which data. Members of the household, address, phone, document numbers, category of assistance, self-care and health \
as far as care needs it. Income, document numbers and medical records are not given to providers.
3. How they are kept. Document numbers, phones, addresses, bank accounts and health are stored encrypted; who read them \
and why is recorded. They are kept as long as the rules on files say.
4. Your rights. You may read, copy and correct your data, and withdraw this consent at any time without a reason. From \
then on nothing is given to others; lawful records made before are kept. Your assistance does not depend on it.
5. For a child under 14 a parent or another guardian consents.
6. Whom to ask. The village or neighbourhood committee, the township's assistance office, or the civil affairs bureau."""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


STATEMENTS = (
    "ALTER TABLE consent_withdrawal ADD CONSTRAINT consent_withdrawal_consent_fk FOREIGN KEY (consent)"
    " REFERENCES consent (id) ON DELETE CASCADE",
    "ALTER TABLE consent_withdrawal ADD CONSTRAINT consent_withdrawal_household_fk FOREIGN KEY (household)"
    " REFERENCES household (id) ON DELETE CASCADE",
    "ALTER TABLE consent_withdrawal ADD CONSTRAINT consent_withdrawal_recorded_by_fk FOREIGN KEY (recorded_by)"
    " REFERENCES app_user (id)",
    "ALTER TABLE consent_text ADD CONSTRAINT consent_text_created_by_fk FOREIGN KEY (created_by)"
    " REFERENCES app_user (id)",
    "ALTER TABLE consent_text ADD CONSTRAINT consent_text_published_by_fk FOREIGN KEY (published_by)"
    " REFERENCES app_user (id)",
    "ALTER TABLE consent_text ADD CONSTRAINT consent_text_status_check CHECK (status IN ('draft', 'published'))",
    "ALTER TABLE consent_text ADD CONSTRAINT consent_text_complete_check CHECK (status = 'draft'"
    " OR (zh <> '' AND en <> '' AND cardinality(purposes) > 0 AND valid_from IS NOT NULL))",
    "ALTER TABLE privacy_request ADD CONSTRAINT privacy_request_household_fk FOREIGN KEY (household)"
    " REFERENCES household (id)",
    "ALTER TABLE privacy_request ADD CONSTRAINT privacy_request_person_fk FOREIGN KEY (person) REFERENCES person (id)",
    "ALTER TABLE privacy_request ADD CONSTRAINT privacy_request_created_by_fk FOREIGN KEY (created_by)"
    " REFERENCES app_user (id)",
    "ALTER TABLE privacy_request ADD CONSTRAINT privacy_request_closed_by_fk FOREIGN KEY (closed_by)"
    " REFERENCES app_user (id)",
    "ALTER TABLE privacy_request ADD CONSTRAINT privacy_request_status_check"
    " CHECK (status IN ('open', 'answered', 'refused'))",
    "ALTER TABLE privacy_request ADD CONSTRAINT privacy_request_kind_check CHECK (kind IN ('access', 'correction'))",
    "CREATE SEQUENCE privacy_request_number",
    # a published text stays word for word what people consented to
    "CREATE FUNCTION keep_published_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF OLD.status = 'published' THEN RAISE EXCEPTION 'a published consent text is never changed'"
    " USING ERRCODE = 'restrict_violation'; END IF;"
    " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER consent_text_published BEFORE UPDATE OR DELETE ON consent_text"
    " FOR EACH ROW EXECUTE FUNCTION keep_published_text()",
    # whom a ground is asked for: the named member, else the head
    "CREATE FUNCTION ground_subject(home uuid, about uuid) RETURNS uuid LANGUAGE sql STABLE AS $$"
    " SELECT coalesce(about, (SELECT p.id FROM person p WHERE p.household = home AND p.is_head ORDER BY p.id LIMIT 1))"
    " $$",
    # whether one consent or statutory ground covers a purpose on a day, for a member or the whole household
    "CREATE FUNCTION consent_covers(c consent, purpose text, on_day date, subject uuid) RETURNS boolean"
    " LANGUAGE sql STABLE AS $$ SELECT c.withdrawn_at IS NULL AND (c.given_on IS NULL OR c.given_on <= on_day)"
    " AND (c.valid_until IS NULL OR c.valid_until >= on_day) AND (c.person IS NULL OR c.person = subject)"
    " AND CASE c.ground WHEN 'statutory' THEN purpose IN ('service', 'share_provider', 'minor_data')"
    " ELSE purpose = ANY (c.purposes) END $$",
    # a child under 14 has its own purpose beside the asked one (PIPL art. 31)
    "CREATE FUNCTION has_ground(home uuid, purpose text, on_day date, about uuid) RETURNS boolean"
    " LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM consent c WHERE c.household = home"
    " AND consent_covers(c, purpose, on_day, ground_subject(home, about)))"
    " AND (NOT EXISTS (SELECT 1 FROM person p WHERE p.id = ground_subject(home, about)"
    " AND p.birth_date > on_day - interval '14 years')"
    " OR EXISTS (SELECT 1 FROM consent c WHERE c.household = home"
    " AND consent_covers(c, 'minor_data', on_day, ground_subject(home, about)))) $$",
    "INSERT INTO consent_text (id, version, zh, en, purposes, valid_from, status, published_at) VALUES"  # noqa: S608
    f" (gen_random_uuid(), '2026-1', {_quoted(TEXT_ZH)}, {_quoted(TEXT_EN)}, {PURPOSES}, DATE '2025-01-01',"
    " 'published', now())",
)


async def forwards() -> MigrationManager:
    return plain_sql(ID, DESCRIPTION, STATEMENTS)
