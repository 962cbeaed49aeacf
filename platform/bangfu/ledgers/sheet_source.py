# ruff: noqa: S608 (every SELECT is put together from constants)
"""One household on one sheet (一户一档): members, grounds, needs, services, the period's visits, assessments.

Only for who may know who complained. Nothing confidential stands on it, no assessment that is restricted or of a child,
and no complaint that goes past anybody of the offices: those are the sheet's readers.
"""

from typing import Final

from bangfu.assessments.moves import OF_CHILD
from bangfu.ledgers.sources import Column, Source, day_of, served

_WHERE: Final = "{seen} AND h.merged_into IS NULL"


def _part(
    place: int, section: str, tables: str, condition: str, *, key: str, number: str = "''", item: str = "''",
    who: str = "''", day: str = "NULL::date", until: str = "NULL::date", minutes: str = "NULL::int", state: str = "''",
) -> str:  # fmt: skip
    return (
        f"SELECT '{section}:' || {key} AS key, h.id AS home, h.division, {place} AS place, '{section}' AS section,"
        f" {number}::text AS number, {item} AS item, {who}::text AS who, {day} AS day, {until} AS until,"
        f" {minutes} AS minutes, {state} AS state FROM household h {tables} WHERE {_WHERE} AND {condition}"
    )


def _both(document: str) -> str:
    """A text that stands in two languages in a document."""
    return f"'=' || ({document}->>'zh') || '|' || ({document}->>'en')"


_GIVEN: Final = f"coalesce(c.given_on, {day_of('c.recorded_at')})"
_BEGUN: Final = f"coalesce(a.starts_on, {day_of('a.offered_at')})"
_TITLE: Final = "e->'title'"
_PARTS: Final = (
    _part(
        1, "home", "LEFT JOIN division d ON d.code = h.division", "true", key="h.id", number="h.number",
        item="concat_ws(' · ', 'household_category:' || h.category, CASE WHEN h.selfcare_level <> '' THEN"
             " 'selfcare_level:' || h.selfcare_level END, d.name)",
        who="h.head_name", day="h.category_since", until="h.next_review_on", state="'household_status:' || h.status",
    ),
    _part(
        2, "member", "JOIN person p ON p.household = h.id", "p.left_on IS NULL", key="p.id",
        item="'relation:' || p.relation", who="p.name",
        state="CASE WHEN p.selfcare_level <> '' THEN 'selfcare_level:' || p.selfcare_level ELSE '' END",
    ),
    _part(
        3, "ground", "JOIN consent c ON c.household = h.id", f"{_GIVEN} <= :last", key="c.id",
        item="concat_ws(' · ', 'consent_ground:' || c.ground, (SELECT string_agg('consent_purpose:' || p, ' · ')"
             " FROM unnest(c.purposes) p))",
        who="c.giver", day=_GIVEN, until="c.valid_until",
        state="'ledger_ground:' || CASE WHEN c.withdrawn_at IS NULL THEN 'given' ELSE 'withdrawn' END",
    ),
    _part(
        4, "need", "JOIN need n ON n.household = h.id", "n.status <> 'draft' AND n.created_at < :end", key="n.id",
        number="n.number", item="concat_ws(' · ', 'service:' || n.service, 'priority:' || n.priority)",
        day=day_of("n.created_at"), state="'need_status:' || n.status",
    ),
    _part(
        5, "task", "JOIN assignment a ON a.household = h.id LEFT JOIN carer k ON k.id = a.carer",
        f"{_BEGUN} <= :last AND a.status NOT IN ('offered', 'declined', 'expired', 'withdrawn')", key="a.id",
        number="a.number", item="concat_ws(' · ', 'service:' || a.service, 'carer_kind:' || a.carer_kind)",
        who="coalesce(k.name, '')", day=_BEGUN, until=day_of("a.ended_at"),
        state="'assignment_status:' || a.status",
    ),
    _part(
        6, "visit", "JOIN visit v ON v.household = h.id JOIN carer k ON k.id = v.carer",
        "v.status <> 'cancelled' AND v.planned_start >= :start AND v.planned_start < :end", key="v.id",
        number="v.number", item="'service:' || v.service", who="k.name", day=day_of("v.planned_start"),
        minutes=served("v"), state="'visit_status:' || v.status",
    ),
    _part(
        7, "assessment", "JOIN assessment a ON a.household = h.id JOIN assessment_form f ON f.id = a.form"
        " JOIN person p ON p.id = a.person",
        f"a.restricted = '' AND NOT {OF_CHILD} AND a.status <> 'void' AND a.completed_at IS NOT NULL"
        " AND a.assessed_on <= :last",
        key="a.id", number="a.number", item=_both("f.document->'title'"), who="p.name", day="a.assessed_on",
        until="a.valid_until",
        state=f"coalesce((SELECT {_both(_TITLE)} FROM jsonb_array_elements(f.document->'levels') e"
              " WHERE e->>'code' = a.final_level LIMIT 1), '')",
    ),
    _part(
        8, "complaint", "JOIN complaint q ON q.household = h.id",
        "q.intake = 'complaint' AND q.level = 'township' AND NOT q.confidential AND NOT EXISTS"
        " (SELECT 1 FROM app_user u WHERE u.id = ANY(q.excluded) AND u.scope <> '')"
        " AND NOT q.anonymous AND NOT q.discipline AND q.entered_at < :end",
        key="q.id", number="q.number", item="concat_ws(' · ', CASE WHEN q.kind <> '' THEN 'complaint_kind:' || q.kind"
        " END, CASE WHEN q.result <> '' THEN 'complaint_result:' || q.result END)",
        day=day_of("q.entered_at"), until=day_of("q.closed_at"), state="'complaint_status:' || q.status",
    ),
)  # fmt: skip
SHEET: Final = Source(
    "household_sheet", "一户一档", "A household's file", ("complaints.identity",), " UNION ALL ".join(_PARTS),
    (
        Column("home", "家庭", "Household", "id"),
        Column("section", "类别", "Part", "word", "ledger_section"), Column("number", "编号", "Number"),
        Column("item", "事项", "Matter", "coded"), Column("who", "姓名", "Name", "name"),
        Column("day", "日期", "Day", "date"), Column("until", "截止日期", "Until", "date"),
        Column("minutes", "服务时长（分钟）", "Minutes served", "minutes"),
        Column("state", "状态或结论", "State or result", "coded"),
    ),
    "h.division", "", ("home",), order=("place", "day", "number"), needs="home",
)  # fmt: skip
