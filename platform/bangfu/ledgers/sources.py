# ruff: noqa: S608 (every SELECT is put together from constants of this module)
"""What ledgers are made of: registered views of rows, their columns, and who may read which (DOMAIN.md 9.2).

A source is one SELECT with named values. `{seen}` stands for the reader's rows: those of an area, or those of the
reader's organisation. Whatever names a person is of kind `name` and leaves this feature masked only.
"""

from dataclasses import dataclass
from typing import Final, Literal

from bangfu.shared.permissions import PERMISSIONS

Kind = Literal["text", "name", "coded", "id", "word", "date", "clock", "number", "minutes", "money", "figure", "yes"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source. `words` is the group of a code's words; `permission` narrows who is shown it."""

    code: str
    zh: str
    en: str
    kind: Kind = "text"
    words: str = ""
    permission: str = ""

    @property
    def counted(self) -> bool:
        """Whether it is a figure that can be added up."""
        return self.kind in {"number", "minutes", "money"}

    @property
    def figure(self) -> bool:
        """Whether it is a figure at all: rates and points are, and do not add up."""
        return self.counted or self.kind == "figure"


@dataclass(frozen=True, slots=True)
class Source:
    """A view of rows. `permissions`: one of them is needed. `area`, `organization`: the SQL that narrows the rows to
    a reader; an empty one hides the source from such readers."""

    key: str
    zh: str
    en: str
    permissions: tuple[str, ...]
    sql: str
    columns: tuple[Column, ...]
    area: str
    organization: str = ""
    filters: tuple[str, ...] = ()
    span: Literal["month", "quarter"] = "month"
    order: tuple[str, ...] = ()
    """The usual order, by names of the SELECT."""
    needs: str = ""
    """The filter without which there are no rows: whose sheet it is."""
    small: bool = False
    """Whether its rows are sums, few however many visits there are: a page reads them once."""
    issuers: frozenset[str] = PERMISSIONS["ledgers.issue"] - {"social_worker"}

    def column(self, code: str) -> Column:
        """The column with this code.

        Raises:
            KeyError: if there is none.
        """
        return next((each for each in self.columns if each.code == code), None) or _missing(code)


def _missing(code: str) -> Column:
    raise KeyError(code)


def day_of(instant: str) -> str:
    return f"({instant} AT TIME ZONE 'Asia/Shanghai')::date"


def served(visit: str) -> str:
    return (
        f"CASE WHEN {visit}.status IN {DONE} THEN"
        f" floor(extract(epoch FROM {visit}.ended_at - {visit}.started_at) / 60)::int END"
    )


DONE: Final = "('submitted', 'flagged', 'verified', 'disputed', 'settled')"
"""visits.life_rules.DELIVERED: a record says that it took place, and nobody has rejected that."""
PAID: Final = "('verified', 'disputed', 'settled')"
PLACE: Final = "LEFT JOIN division d ON d.code = {of} LEFT JOIN division t ON t.code = d.parent"
PLACES: Final = (
    Column("township", "乡镇（街道）", "Township"),
    Column("village", "村（社区）", "Village"),
)
HOME: Final = (Column("household", "家庭编号", "Household"), Column("head", "户主", "Head of household", "name"))

VISITS = Source(
    "visits", "上门服务", "Visits", ("visits.read", "visits.organization"),
    "SELECT v.id::text AS key, v.division, v.number, h.number AS household, h.head_name AS head,"
    " coalesce(t.name, '') AS township, coalesce(d.name, '') AS village, v.service,"
    f" {day_of('v.planned_start')} AS day, v.started_at AS arrived, v.ended_at AS departed, v.minutes,"
    f" {served('v')} AS served, c.number AS carer_number, c.name AS carer, v.carer_kind,"
    " coalesce(o.name, '') AS organization, v.status, v.evidence, coalesce(r.confirmation, '') <> '' AS confirmed,"
    f" CASE WHEN v.payable AND v.status IN {PAID} THEN v.unit_price ELSE 0 END AS amount"
    " FROM visit v JOIN household h ON h.id = v.household JOIN carer c ON c.id = v.carer"
    " LEFT JOIN organization o ON o.id = v.organization LEFT JOIN visit_record r ON r.visit = v.id "
    + PLACE.format(of="v.division")
    + " WHERE {seen} AND v.planned_start >= :start AND v.planned_start < :end",
    (
        Column("number", "服务编号", "Visit"), *PLACES, *HOME,
        Column("service", "服务项目", "Service", "word", "service"), Column("day", "日期", "Day", "date"),
        Column("arrived", "到达时间", "Arrived", "clock"), Column("departed", "离开时间", "Left", "clock"),
        Column("minutes", "标准时长（分钟）", "Standard minutes", "minutes"),
        Column("served", "服务时长（分钟）", "Minutes served", "minutes"),
        Column("carer_number", "服务人员编号", "Server's number"), Column("carer", "服务人员", "Server", "name"),
        Column("carer_kind", "人员类别", "Kind of server", "word", "carer_kind"),
        Column("organization", "承接机构", "Provider"), Column("status", "状态", "Status", "word", "visit_status"),
        Column("evidence", "到场凭证", "Evidence", "word", "evidence_class"),
        Column("confirmed", "对象确认", "Confirmed by the household", "yes"),
        Column("amount", "计费金额（元）", "Amount (yuan)", "money", permission="bundles.read"),
    ),
    "v.division", "v.organization", ("service", "status", "evidence", "carer_kind"),
    order=("division", "day", "number"), issuers=PERMISSIONS["ledgers.issue"],
)  # fmt: skip

HOUSEHOLDS = Source(
    "households", "救助家庭", "Households", ("households.read",),
    "SELECT h.id::text AS key, h.division, h.number AS household, h.head_name AS head,"
    " coalesce(t.name, '') AS township, coalesce(d.name, '') AS village, h.category, h.selfcare_level AS selfcare,"
    " h.status, h.reviewed_on, h.next_review_on, (SELECT count(*) FROM person p WHERE p.household = h.id"
    " AND p.left_on IS NULL) AS members, (SELECT count(*) FROM need n WHERE n.household = h.id AND n.status NOT IN"
    " ('draft', 'closed', 'rejected', 'cancelled')) AS needs,"
    " w.planned, w.done, w.verified, w.served, w.last_day FROM household h " + PLACE.format(of="h.division")
    + " LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE v.status <> 'cancelled') AS planned,"
    f" count(*) FILTER (WHERE v.status IN {DONE}) AS done, count(*) FILTER (WHERE v.status IN {PAID}) AS verified,"
    f" coalesce(sum({served('v')}), 0) AS served,"
    f" max({day_of('v.started_at')}) FILTER (WHERE v.status IN {DONE}) AS last_day FROM visit v"
    " WHERE v.household = h.id AND v.planned_start >= :start AND v.planned_start < :end) w ON true"
    " WHERE {seen} AND h.status IN ('active', 'grace')",
    (
        *HOME, *PLACES, Column("category", "救助类别", "Category", "word", "household_category"),
        Column("selfcare", "自理能力", "Self-care", "word", "selfcare_level"),
        Column("status", "登记状态", "Standing", "word", "household_status"),
        Column("members", "在册人数", "Members", "number"), Column("needs", "服务需求数", "Needs", "number"),
        Column("planned", "应服务次数", "Visits planned", "number"),
        Column("done", "已服务次数", "Visits done", "number"),
        Column("verified", "已核实次数", "Visits verified", "number"),
        Column("served", "服务时长（分钟）", "Minutes served", "minutes"),
        Column("last_day", "最近服务日期", "Last visit", "date"),
        Column("reviewed_on", "最近复核日期", "Last review", "date"),
        Column("next_review_on", "下次复核日期", "Next review", "date"),
    ),
    "h.division", "", ("category", "status", "household"), order=("division", "household"),
)  # fmt: skip

NEEDS = Source(
    "needs", "服务需求", "Needs", ("needs.read",),
    "SELECT n.id::text AS key, n.division, n.number, h.number AS household, h.head_name AS head,"
    " coalesce(t.name, '') AS township, coalesce(d.name, '') AS village, n.service, n.priority, n.visits, n.minutes,"
    f" n.status, {day_of('n.created_at')} AS day, {day_of('n.confirmed_at')} AS confirmed FROM need n"
    " JOIN household h ON h.id = n.household " + PLACE.format(of="n.division")
    + " WHERE {seen} AND n.created_at >= :start AND n.created_at < :end",
    (
        Column("number", "需求编号", "Need"), *HOME, *PLACES,
        Column("service", "服务项目", "Service", "word", "service"),
        Column("priority", "优先级", "Priority", "word", "priority"),
        Column("visits", "每四周次数", "Visits per four weeks", "number"),
        Column("minutes", "每次时长（分钟）", "Minutes a visit", "minutes"),
        Column("status", "状态", "Status", "word", "need_status"), Column("day", "登记日期", "Recorded", "date"),
        Column("confirmed", "确认日期", "Confirmed", "date"),
    ),
    "n.division", "", ("service", "status", "priority"), order=("division", "number"),
)  # fmt: skip
