"""Reads of the pages about scores: the office's statistics, few stars with words, a provider's own figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.feedback import policy, rules
from bangfu.feedback.rules import Voice
from bangfu.feedback.tables import Rating
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import quarter_span
from bangfu.shared.masking import mask_name

MANY_HOMES: Final = 3
"""From so many homes on, scores of one device are worth a look [D]."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the voices about one contract or agreement say together. `mean` and `spread` are None below the least
    number of respondents."""

    kind: str
    subject: UUID
    number: str
    organization_name: str
    respondents: int
    mean: str | None
    spread: dict[int, int] | None
    sources: Mapping[str, int]


def shown_mean(mean: Fraction | None) -> str | None:
    """Two decimals, half-up."""
    if mean is None:
        return None
    hundredths = (mean * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d}"


async def figures(
    year: int, quarter: int, *, scope: str = "", organization: UUID | None = None, user: UUID | None = None
) -> list[Figures]:
    """The figures of a quarter, of an area (`scope`, without subjects that `user` serves) or of an organisation."""
    where, values = ("r.division LIKE {} AND NOT feedback_side({}, r.kind, r.subject, NULL, r.year, r.quarter)",
                     [f"{scope}%" if scope else "", user])  # fmt: skip
    if organization is not None:
        where, values = "{} = ANY(feedback_bodies(r.kind, r.subject))", [organization]
    rows = await Rating.raw(
        "SELECT kind, subject, number, organization_name, array_agg(stars_sum) AS sums, array_agg(n) AS counts,"
        " sum(own)::int AS own, sum(guardian)::int AS guardian, sum(caller)::int AS caller FROM (SELECT r.kind,"
        " r.subject, r.household, coalesce(k.number, a.number, '') AS number, coalesce(o.name, '') AS"
        " organization_name, sum(r.stars)::int AS stars_sum, count(*)::int AS n,"
        " count(*) FILTER (WHERE r.source = 'self') AS own, count(*) FILTER (WHERE r.source = 'guardian') AS guardian,"
        " count(*) FILTER (WHERE r.source = 'caller') AS caller FROM rating r"
        " LEFT JOIN contract k ON k.id = r.subject AND r.kind = 'contract'"
        " LEFT JOIN care_agreement a ON a.id = r.subject AND r.kind = 'agreement'"
        " LEFT JOIN organization o ON o.id = coalesce(k.supplier, a.organization)"
        " WHERE r.year = {} AND r.quarter = {} AND NOT r.replaced AND WHOSE"
        " GROUP BY 1, 2, 3, 4, 5) s GROUP BY 1, 2, 3, 4 ORDER BY kind, number, subject".replace("WHOSE", where),
        year, quarter, *values,
    )  # fmt: skip
    least = policy.in_force(quarter_span(year, quarter)[0]).least
    return [_figures(row, least) for row in rows]


def _figures(row: Mapping[str, Any], least: int) -> Figures:
    voices = [Voice(stars, count) for stars, count in zip(row["sums"], row["counts"], strict=True)]
    enough = len(voices) >= least
    return Figures(
        row["kind"], row["subject"], row["number"], row["organization_name"], len(voices),
        shown_mean(rules.mean_of(voices)) if enough else None, rules.spread(voices, least),
        {"self": row["own"], "guardian": row["guardian"], "caller": row["caller"]} if enough else {},
    )  # fmt: skip


async def low_ones(actor: Actor, year: int, quarter: int) -> list[dict[str, Any]]:
    """Few stars with words in the actor's area, the latest first: id, stars, day, number, village; no words here."""
    low = policy.in_force(quarter_span(year, quarter)[0]).low_stars
    rows: list[dict[str, Any]] = await Rating.raw(
        "SELECT r.id, r.stars, r.day, r.source, coalesce(k.number, a.number, '') AS number, coalesce(d.name, '')"
        " AS village FROM rating r LEFT JOIN contract k ON k.id = r.subject LEFT JOIN care_agreement a"
        " ON a.id = r.subject LEFT JOIN division d ON d.code = r.division WHERE r.year = {} AND r.quarter = {}"
        " AND r.has_words AND r.stars <= {} AND NOT r.replaced AND r.division LIKE {}"
        " AND NOT feedback_side({}, r.kind, r.subject, r.household, r.year, r.quarter) ORDER BY r.at DESC LIMIT 100",
        year, quarter, low, f"{actor.scope}%" if actor.scope else "", actor.user,
    )  # fmt: skip
    return rows


async def one_device(actor: Actor, year: int, quarter: int) -> list[dict[str, Any]]:
    """Devices from which scores of several homes came: the mark, homes, scores, mean; a hint, no proof (an aide's
    phone that many borrowed looks the same)."""
    rows: list[dict[str, Any]] = await Rating.raw(
        "SELECT traits, count(DISTINCT household) AS homes, count(*) AS scores, round(avg(stars), 2)::text AS mean"
        " FROM rating WHERE year = {} AND quarter = {} AND traits <> '' AND division LIKE {} AND NOT replaced"
        " GROUP BY traits HAVING count(DISTINCT household) >= {} ORDER BY homes DESC, traits LIMIT 20",
        year, quarter, f"{actor.scope}%" if actor.scope else "", MANY_HOMES,
    )  # fmt: skip
    return rows


async def score_for(actor: Actor, rating: UUID) -> dict[str, Any]:
    """One score with its words. The auditor reads no words of people.

    Raises:
        NotYours: for another area, or who serves.
    """
    rows: list[dict[str, Any]] = await Rating.raw(
        "SELECT r.*, h.number AS household_number, h.head_name, coalesce(k.number, a.number, '') AS number,"
        " coalesce(o.name, '') AS organization_name, coalesce(d.name, '') AS village,"
        " coalesce(u.display_name, '') AS entered_name,"
        " feedback_side({}, r.kind, r.subject, r.household, r.year, r.quarter) AS own_side FROM rating r"
        " JOIN household h ON h.id = r.household LEFT JOIN contract k ON k.id = r.subject"
        " LEFT JOIN care_agreement a ON a.id = r.subject"
        " LEFT JOIN organization o ON o.id = coalesce(k.supplier, a.organization)"
        " LEFT JOIN division d ON d.code = r.division LEFT JOIN app_user u ON u.id = r.entered_by WHERE r.id = {}",
        actor.user, rating,
    )  # fmt: skip
    if not rows or not actor.sees(rows[0]["division"]) or rows[0]["own_side"]:
        raise NotYours
    row = rows[0]
    words = "" if actor.has("auditor") else unseal("rating", row, "words_enc")
    return {**row, "head_name": mask_name(row["head_name"]), "words": words}


async def calls_of_organization(organization: UUID, year: int, quarter: int) -> list[dict[str, Any]]:
    """Reached and confirmed call-backs of an organisation's contracts and agreements; None below the least number."""
    rows = await Rating.raw(
        "SELECT r.kind, r.subject, r.number, count(c.id) FILTER (WHERE c.status = 'done') AS reached,"
        " count(c.id) FILTER (WHERE c.confirmed) AS confirmed FROM callback_round r JOIN callback c ON c.round = r.id"
        " WHERE {} = ANY(feedback_bodies(r.kind, r.subject)) AND r.year = {} AND r.quarter = {}"
        " GROUP BY r.id ORDER BY r.kind, r.number",
        organization, year, quarter,
    )  # fmt: skip
    least = policy.in_force(quarter_span(year, quarter)[0]).least
    return [row if row["reached"] >= least else {**row, "reached": None, "confirmed": None} for row in rows]


async def duties_seen(
    year: int, quarter: int, *, agreement: UUID | None = None, organization: UUID | None = None
) -> tuple[int, dict[str, dict[str, int]]]:
    """How many observations there are, and role of a party -> answer -> how often."""
    rows = await Rating.raw(
        "SELECT o.answers FROM process_observation o WHERE o.year = {} AND o.quarter = {}"
        " AND ({}::uuid IS NULL OR o.agreement = {}::uuid)"
        " AND ({}::uuid IS NULL OR {}::uuid = ANY(feedback_bodies('agreement', o.agreement)))",
        year, quarter, agreement, agreement, organization, organization,
    )  # fmt: skip
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        for role, answer in json.loads(row["answers"]).items():
            counts = found.setdefault(role, {})
            counts[answer] = counts.get(answer, 0) + 1
    return len(rows), found
