"""Coverage: people in special difficulty supported at home who have an agreement in force, of all (target 100 %).

Who counts: of a household in the category 特困 whose support mode is "at home", the members for whom the assistance was
granted, or its head where nobody is named (DOMAIN.md 1.1, 4.1; PRODUCT.md: 全面签订关爱照料协议).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.agreements.tables import CareAgreement
from bangfu.shared.actor import Actor
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.masking import mask_name

_PEOPLE = (
    "WITH one AS (SELECT p.id, p.name, p.household, h.number, h.division, h.category_since, h.support_mode,"
    " coalesce(nullif(p.selfcare_level, ''), h.selfcare_level) AS level FROM household h"
    " JOIN person p ON p.household = h.id AND p.left_on IS NULL WHERE h.category = 'tekun'"
    " AND h.status IN ('active', 'grace') AND h.division LIKE {}"
    " AND (p.assisted OR (p.is_head AND NOT EXISTS (SELECT 1 FROM person q WHERE q.household = h.id AND q.assisted"
    " AND q.left_on IS NULL)))), seen AS (SELECT one.*, EXISTS (SELECT 1 FROM care_agreement a WHERE a.person = one.id"
    " AND ((a.status IN ('active', 'renewal_due')) OR (a.status = 'renewed' AND a.ends_on >= {}::date)))"
    " AS covered FROM one WHERE one.support_mode = 'dispersed')"
)


@dataclass(frozen=True, slots=True)
class Share:
    """A township or a village: people with an agreement in force, of all."""

    code: str
    name: str
    township: str
    all: int
    covered: int

    @property
    def missing(self) -> int:
        return self.all - self.covered

    @property
    def percent(self) -> str:
        """Percent, rounded down to a tenth where it is not whole: 100 only where nobody is missing."""
        whole, tenth = divmod(self.covered * 1000 // self.all, 10) if self.all else (0, 0)
        return (f"{whole}.{tenth} %" if tenth else f"{whole} %") if self.all else "—"


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody without an agreement in force; `days` since the household came into the category."""

    person: UUID
    name: str
    household: UUID
    household_number: str
    division_name: str
    township_name: str
    level: str
    days: int | None
    open: UUID | None
    open_number: str
    signed: int


async def shares(actor: Actor, today: date, level: int) -> list[Share]:
    """One row a township (level 9) or village (level 12: digits of the code), by code.

    Args:
        level: 9 or 12.
    """
    rows = await CareAgreement.raw(
        _PEOPLE  # noqa: S608 (constants)
        + " SELECT rpad(left(s.division, {}::int), 12, '0') AS code, coalesce(d.name, '') AS name,"
        " coalesce(t.name, '') AS township, count(*) AS every, count(*) FILTER (WHERE s.covered) AS covered FROM seen s"
        " LEFT JOIN division d ON d.code = rpad(left(s.division, {}::int), 12, '0')"
        " LEFT JOIN division t ON t.code = rpad(left(s.division, 9), 12, '0') GROUP BY 1, 2, 3 ORDER BY 1",
        *_scope(actor, today), level, level,
    )  # fmt: skip
    return [Share(row["code"], row["name"], row["township"], row["every"], row["covered"]) for row in rows]


async def missing(actor: Actor, division: str, today: date, limit: int, offset: int) -> tuple[list[Missing], int]:
    """One page of those without an agreement in force, the longest waiting first."""
    rows = await CareAgreement.raw(
        _PEOPLE  # noqa: S608 (constants)
        + " SELECT s.*, coalesce(d.name, '') AS division_name, coalesce(t.name, '') AS township_name,"
        " a.id AS open, coalesce(a.number, '') AS open_number, (SELECT count(*) FROM agreement_party y"
        " WHERE y.agreement = a.id AND y.signed_at IS NOT NULL) AS signed, count(*) OVER () AS total FROM seen s"
        " LEFT JOIN care_agreement a ON a.person = s.id AND a.status IN ('draft', 'party_signing')"
        " LEFT JOIN division d ON d.code = s.division"
        " LEFT JOIN division t ON t.code = rpad(left(s.division, 9), 12, '0')"
        " WHERE NOT s.covered AND s.division LIKE {} ORDER BY s.category_since NULLS LAST, s.number, s.id"
        " LIMIT {} OFFSET {}",
        *_scope(actor, today), below(division), limit, offset,
    )  # fmt: skip
    return [_missing(row, today) for row in rows], rows[0]["total"] if rows else 0


async def without_mode(actor: Actor) -> int:
    """Households in the category whose support mode nobody entered: they are in no count yet."""
    rows = await CareAgreement.raw(
        "SELECT count(*) AS n FROM household WHERE category = 'tekun' AND status IN ('active', 'grace')"
        " AND support_mode = '' AND division LIKE {}",
        _scope(actor, date.min)[0],
    )
    found: int = rows[0]["n"]
    return found


def total(rows: Sequence[Share]) -> Share:
    """All together."""
    return Share("", "", "", sum(row.all for row in rows), sum(row.covered for row in rows))


def below(division: str) -> str:
    """The LIKE pattern of what lies in a division; of everything where none is given."""
    return f"{division_prefix(division.ljust(12, '0'))}%" if division.isdecimal() else "%"


def _scope(actor: Actor, today: date) -> list[Any]:
    return [f"{actor.scope}%" if actor.scope else "", today]


def _missing(row: Mapping[str, Any], today: date) -> Missing:
    since = row["category_since"]
    return Missing(
        row["id"], mask_name(row["name"]), row["household"], row["number"], row["division_name"], row["township_name"],
        row["level"], (today - since).days if since else None, row["open"], row["open_number"], row["signed"],
    )  # fmt: skip
