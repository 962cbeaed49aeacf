"""The tables of the catalogue: items and norms in versions, what a service usually takes, decisions on proposals."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class CatalogueItem(Table, tablename="catalogue_item"):
    """One version of an item of the catalogue; a published version never changes (a trigger sees to it).

    The five elements (供给主体、对象范围、服务内容、运行机制、保障措施) stand in both languages.
    """

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(16, index=True)
    version = Integer(default=1)
    service = Varchar(24, index=True)
    area = Varchar(16, index=True)
    """One of the seven groups: rules.AREAS."""
    zh = Varchar(60)
    en = Varchar(100)
    unit = Varchar(8)
    minutes = Integer()
    kinds = Array(base_column=Varchar(16), default=list)
    """Who may deliver it: worker, social_worker, volunteer."""
    targets = Array(base_column=Varchar(24), default=list)
    provider_zh = Text(default="")
    provider_en = Text(default="")
    scope_zh = Text(default="")
    scope_en = Text(default="")
    content_zh = Text(default="")
    content_en = Text(default="")
    mechanism_zh = Text(default="")
    mechanism_en = Text(default="")
    safeguards_zh = Text(default="")
    safeguards_en = Text(default="")
    terms = Text(default="")
    """What a search finds it by, between spaces: shared.names.search_terms of the names, and the code."""
    status = Varchar(12, default="draft", index=True)
    valid_from = Date(null=True, default=None)
    note = Text(default="")
    """Why this version was made."""
    made_by = UUID(null=True, default=None)
    changed_by = UUID(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    retired_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())
    row_version = Integer(default=1)


class ServiceNorm(Table, tablename="service_norm"):
    """One version of a frequency norm (DOMAIN.md 2.2): for whom, how often, how long, on what basis."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(48, index=True)
    version = Integer(default=1)
    service = Varchar(24, index=True)
    target = Varchar(32)
    """A code of rules.TARGETS."""
    times = Integer()
    period = Varchar(12)
    """week, two_weeks, month or quarter."""
    minutes = Integer(default=0)
    """Per visit; 0 leaves it to the service."""
    within_hours = Integer(default=0)
    """After a major change or a red colour a contact is due within these hours; 0 for none."""
    on_request = Boolean(default=False)
    policy_version = Varchar(24, default="")
    basis_zh = Text(default="")
    basis_en = Text(default="")
    source = Varchar(24, default="")
    """The mark of its provenance, as in DOMAIN.md: [D], [F:NMG] ..."""
    status = Varchar(12, default="draft", index=True)
    valid_from = Date(null=True, default=None)
    note = Text(default="")
    made_by = UUID(null=True, default=None)
    changed_by = UUID(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    retired_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())
    row_version = Integer(default=1)


class ServiceDefault(Table, tablename="service_default"):
    """One version of what a kind of service usually takes; publishing it changes the row of `service`."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    code = Varchar(24, index=True)
    version = Integer(default=1)
    minutes = Integer()
    visits = Integer()
    kinds = Array(base_column=Varchar(16), default=list)
    qualifications = JSONB(default="[]")
    status = Varchar(12, default="draft", index=True)
    valid_from = Date(null=True, default=None)
    note = Text(default="")
    made_by = UUID(null=True, default=None)
    changed_by = UUID(null=True, default=None)
    submitted_by = UUID(null=True, default=None)
    published_by = UUID(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    retired_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz(default=TimestamptzNow())
    row_version = Integer(default=1)


class NormProposal(Table, tablename="norm_proposal"):
    """What a worker decided about a need that the norms propose; kept, and asked again when the facts change."""

    id: UUID = UUID(primary_key=True, default=UUID4())
    household = UUID(index=True)
    person = UUID(null=True, default=None)
    division = Varchar(12, index=True)
    service = Varchar(24)
    norm = Varchar(48)
    """The code of the strictest norm; "health" where the code itself would tell about the person's health."""
    fingerprint = Varchar(64)
    """Which norms in which versions called for it; another fingerprint is another question."""
    decision = Varchar(12)
    """accepted, changed or declined."""
    reason = Varchar(24, default="")
    words_enc = Text(default="")
    revisit_on = Date(null=True, default=None)
    need = UUID(null=True, default=None)
    visits = Integer(default=0)
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(default=TimestamptzNow())
