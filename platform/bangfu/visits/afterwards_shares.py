"""How visits were proved: numbers by month, organisation and carer, and what of a carer's quarter is paid
(PRODUCT.md evaluator 5, DOMAIN.md 6.6)."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span, month_span, quarter_span
from bangfu.shared.kept import kept
from bangfu.visits import afterwards_rules as rules
from bangfu.visits.tables import Visit

COUNTED: Final = ("submitted", "flagged", "verified", "disputed", "settled")
"""What took place by its record and was not rejected (life_rules.DELIVERED)."""
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Share:
    """The delivered visits of one carer, of one organisation, or of all, by class of evidence."""

    carer: UUID | None = None
    carer_name: str = ""
    organization: UUID | None = None
    organization_name: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def percent(self, kind: str) -> str:
        """The share of a class with one digit."""
        return rules.percent(self.counts.get(kind, 0), self.total)

    @property
    def manual(self) -> str:
        """Attested and entered afterwards together: above 5 to 10 % auditors ask (PRODUCT.md fact 6)."""
        return rules.percent(self.counts.get("attested", 0) + self.counts.get("afterwards", 0), self.total)


def _whose(actor: Actor) -> tuple[str, Any]:
    if actor.has("provider_manager"):
        return "v.organization = {}", actor.organization
    return "v.division LIKE {}", f"{actor.scope}%" if actor.scope else ""


async def shares(
    actor: Actor, month: str, by: str, organization: UUID | None = None, limit: int | None = MOST
) -> list[Share]:
    """The month's visits by `carer` or `organization`, those with the most entered afterwards first.

    Args:
        month: 2026-11.
        limit: of a page; None for all of them.
    """
    condition, value = _whose(actor)
    first, last = _instants(month)
    who = (
        "v.carer, min(c.name) AS carer_name, min(v.organization::text)::uuid AS organization" if by == "carer"
        else "NULL::uuid AS carer, '' AS carer_name, v.organization"
    )  # fmt: skip
    classes = ", ".join(
        f"count(*) FILTER (WHERE v.status = ANY({{}}::varchar[]) AND v.evidence = '{kind}') AS {kind}"
        for kind in rules.CLASSES
    )
    rows = await Visit.raw(
        f"SELECT {who}, coalesce(min(o.name), '') AS organization_name, {classes},"  # noqa: S608 (constants)
        " count(*) FILTER (WHERE v.approval = 'waiting') AS waiting,"
        " count(*) FILTER (WHERE v.approval = 'refused') AS refused FROM visit v JOIN carer c ON c.id = v.carer"
        f" LEFT JOIN organization o ON o.id = v.organization WHERE {condition} AND v.planned_start >= {{}}"
        " AND v.planned_start < {} AND v.evidence <> '' AND ({}::uuid IS NULL OR v.organization = {}::uuid)"
        f" GROUP BY {'v.carer' if by == 'carer' else 'v.organization'}"
        " ORDER BY afterwards DESC, attested DESC, organization_name, carer_name LIMIT {}",
        *[list(COUNTED)] * len(rules.CLASSES), value, first, last, organization, organization, limit,
    )  # fmt: skip
    named = ("carer", "carer_name", "organization", "organization_name", "waiting", "refused")
    return [
        Share(**{name: row[name] for name in named}, counts={kind: row[kind] for kind in rules.CLASSES})
        for row in rows
    ]  # fmt: skip


def summed(found: Collection[Share]) -> Share:
    """All of them together."""
    return Share(
        counts={kind: sum(each.counts[kind] for each in found) for kind in rules.CLASSES},
        waiting=sum(each.waiting for each in found), refused=sum(each.refused for each in found),
    )  # fmt: skip


async def visits_behind(
    actor: Actor, month: str, evidence: str, carer: UUID | None, organization: UUID | None, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of the visits behind a number, in order of time, and how many there are."""
    condition, value = _whose(actor)
    first, last = _instants(month)
    where = (
        f"{condition} AND v.planned_start >= {{}} AND v.planned_start < {{}} AND v.evidence = {{}}"
        " AND v.status = ANY({}::varchar[]) AND ({}::uuid IS NULL OR v.carer = {}::uuid)"
        " AND ({}::uuid IS NULL OR v.organization = {}::uuid)"
    )
    values = [value, first, last, evidence, list(COUNTED), carer, carer, organization, organization]
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT v.id, v.number, v.service, v.status, v.evidence, v.approval, v.planned_start, v.started_at, v.ended_at,"  # noqa: S608 (constants)
        " c.name AS carer_name, coalesce(o.name, '') AS organization_name FROM visit v JOIN carer c ON c.id = v.carer"
        f" LEFT JOIN organization o ON o.id = v.organization WHERE {where}"
        " ORDER BY v.planned_start, v.number LIMIT {} OFFSET {}",
        *values, limit, offset,
    )  # fmt: skip

    async def count() -> int:
        found = await Visit.raw(f"SELECT count(*) AS n FROM visit v WHERE {where}", *values)  # noqa: S608 (constants)
        return int(found[0]["n"])

    if not offset and len(rows) < limit:
        return rows, len(rows)
    whose = (str(value), month, evidence, str(carer), str(organization))
    return rows, (await kept(("visits behind evidence", whose), int, count)).value


def _instants(month: str) -> tuple[datetime, datetime]:
    first, last = month_span(int(month[:4]), int(month[5:7]))
    return day_span(first)[0], day_span(last)[1]


async def held_back(
    carer: UUID, contract: UUID, year: int, quarter: int, checked: Collection[UUID] = ()
) -> rules.Weighed:
    """Which visits of a carer's quarter under a contract are not payable because too many were entered afterwards.

    Counted are verified and settled visits by their planned start; of those entered afterwards only approved ones ever
    become verified. A visit that is held has `payable` False with reason `afterwards_share` in the eyes of whoever
    settles; nothing is written.

    Args:
        checked: visits that a spot check has confirmed.
    """
    first, last = quarter_span(year, quarter)
    rows = await Visit.raw(
        "SELECT v.id, v.started_at, v.planned_start, v.evidence FROM visit v JOIN contract_line l"
        " ON l.id = v.contract_line WHERE v.carer = {} AND l.contract = {} AND v.status IN ('verified', 'settled')"
        " AND v.planned_start >= {} AND v.planned_start < {}",
        carer, contract, day_span(first)[0], day_span(last)[1],
    )  # fmt: skip
    visits = [
        rules.Delivered(
            row["id"], row["started_at"] or row["planned_start"], row["evidence"] == "afterwards", row["id"] in checked
        )
        for row in rows
    ]
    return rules.weigh(visits, await share_of_contract(contract))


async def share_of_contract(contract: UUID) -> Any:
    """The contract's term; the default where it says nothing."""
    rows = await Visit.raw("SELECT terms FROM contract WHERE id = {}", contract)
    terms = rows[0]["terms"] if rows else {}
    return rules.share_of(json.loads(terms) if isinstance(terms, str) else terms)


def month_of(text: str, today: date) -> str:
    """The month asked for as 2026-11; anything odd is the present one."""
    months = rules.months_back(today, 24)
    return text if text in months else months[0]
