"""Freezing a quarter's facts and what they score: once per subject and quarter, however often asked (DOMAIN.md 8.9).

A revision holds the facts' canonical text, its SHA-256 and the figures computed from it; a trigger keeps it as it is.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, NotYours, Refused
from bangfu.quality import life_facts, score_rules, snapshot, standard_rules, standards
from bangfu.quality.counting import Counted, count
from bangfu.quality.gathering import gather
from bangfu.quality.score_rules import Scored
from bangfu.quality.snapshot import Snapshot
from bangfu.quality.subjects import subject_of
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, quarter_span
from bangfu.shared.database import transaction

REASONS: Final = ("freeze", "appeal", "review", "veto", "correction", "dispute")
GATHERED: Final = ("freeze", "correction")
"""Revisions whose facts were read from the database; the others put single facts of such a one right."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a snapshot comes to: its counts with every case behind them, and the score."""

    counted: Counted
    scored: Scored


def figures_of(facts: Snapshot) -> Figures:
    """Counts and score of a snapshot, by its own standard. Nothing but the snapshot is looked at."""
    counted = count(facts)
    return Figures(counted, score_rules.score(counted.counts, standard_rules.of_data(facts.standard)))


def points_of(scored: Scored) -> dict[str, dict[str, Any]]:
    """Indicator -> applicable, numerator, denominator, share and points as exact fractions in text."""
    return {
        each.code: {
            "applicable": each.points is not None, "weight": str(each.weight), "numerator": str(each.numerator),
            "denominator": str(each.denominator), "share": _text(each.share), "points": _text(each.points),
        }
        for each in scored.indicators
    }  # fmt: skip


def columns_of(text: str) -> dict[str, Any]:
    """The columns of a revision that follow from its text alone: what `proving` compares."""
    scored = figures_of(snapshot.read(text)).scored
    return {
        "facts_hash": snapshot.hash_of(text), "scored": scored.scored, "points": points_of(scored),
        "score_value": scored.score if scored.score is not None else Decimal("0.0"), "band": scored.band,
        "final_band": scored.final_band, "caps": list(scored.caps),
    }  # fmt: skip


async def freeze(actor: Actor, kind: str, subject: UUID, year: int, quarter: int, at: datetime) -> UUID:
    """Freeze a quarter that is over. Asked again, or by two at once, there is one score.

    Returns:
        The id of the score.

    Raises:
        NotYours: for no such subject.
        Refused: while the quarter runs.
    """
    if civil_date(at) <= quarter_span(year, quarter)[1]:
        raise Refused(N_("The quarter is not over yet."))
    if (found := await _existing(kind, subject, year, quarter)) is not None:
        return found
    facts = await gather(kind, subject, year, quarter, at)
    about = await subject_of(kind, subject)
    async with transaction():
        await audit.hold(about.division)
        await QuarterScore.raw(
            "SELECT pg_advisory_xact_lock(hashtextextended({}, 13))", f"{kind}:{subject}:{year}:{quarter}"
        )
        if (found := await _existing(kind, subject, year, quarter)) is not None:
            return found
        score = uuid4()
        await QuarterScore(
            id=score, kind=kind, subject=subject, number=about.number, organization=about.organization,
            carer=about.carer, division=about.division, year=year, quarter=quarter, frozen_at=at,
        ).save()  # fmt: skip
        await _revise(actor, score, about.division, 1, facts, "freeze", at)
    return score


async def refreeze(actor: Actor, score: UUID, reason: str, at: datetime) -> int:
    """Another revision of a score, in the caller's transaction if there is one.

    `correction` reads the facts from the database anew; the other reasons put right what decided appeals, confirmed
    vetoes and decided doubts about visits say of the facts that were gathered last. Facts that stay the same make no
    revision.

    Returns:
        The number of the revision that counts now.
    """
    if reason not in REASONS:
        raise ValueError(reason)
    async with transaction():
        row = await QuarterScore.objects().where(QuarterScore.id == score).first()
        if row is None:
            raise NotYours
        await audit.hold(row.division)
        row = await QuarterScore.objects().where(QuarterScore.id == score).first().lock_rows("NO KEY UPDATE")
        facts = await life_facts.corrected(score, await _base(row, reason, at))
        text = snapshot.text_of(facts)
        current = await ScoreRevision.objects().get(
            (ScoreRevision.score == score) & (ScoreRevision.revision == row.revision)
        )
        if current is not None and current.facts == text:
            return int(row.revision)
        number = int(row.revision) + 1
        await _revise(actor, score, row.division, number, facts, reason, at)
        await QuarterScore.update({QuarterScore.revision: number, QuarterScore.version: row.version + 1}).where(
            QuarterScore.id == score
        )
    return number


async def _base(row: QuarterScore, reason: str, at: datetime) -> Snapshot:
    if reason in GATHERED:
        return await gather(row.kind, row.subject, row.year, row.quarter, at)
    found = (
        await ScoreRevision.objects()
        .where((ScoreRevision.score == row.id) & ScoreRevision.reason.is_in(list(GATHERED)))
        .order_by(ScoreRevision.revision, ascending=False)
        .first()
    )
    if found is None:
        raise Refused(N_("The facts of this quarter are not frozen yet."))
    return snapshot.read(found.facts)


async def _existing(kind: str, subject: UUID, year: int, quarter: int) -> UUID | None:
    row = await QuarterScore.objects().get(
        (QuarterScore.kind == kind) & (QuarterScore.subject == subject) & (QuarterScore.year == year)
        & (QuarterScore.quarter == quarter)
    )  # fmt: skip
    return row.id if row is not None else None


async def _revise(
    actor: Actor, score: UUID, division: str, number: int, facts: Snapshot, reason: str, at: datetime
) -> None:
    text = snapshot.text_of(facts)
    columns = columns_of(text)
    standard = await standards.numbered(facts.standard["code"], facts.standard["version"])
    changed = {**columns, "points": json.dumps(columns["points"]), "caps": json.dumps(columns["caps"])}
    await ScoreRevision(
        id=uuid4(), score=score, revision=number, standard=standard, facts=text, reason=reason, made_by=actor.user,
        made_at=at, **changed,
    ).save()  # fmt: skip
    data = {
        "revision": number, "facts_hash": columns["facts_hash"], "score": str(columns["score_value"]),
        "band": columns["band"], "final_band": columns["final_band"], "reason": reason,
    }  # fmt: skip
    await audit.record(actor, "quarter_score.frozen" if number == 1 else "quarter_score.revised", "quarter_score",
                       score, division=division, at=at, data=data)  # fmt: skip


def _text(value: Fraction | None) -> str:
    return "" if value is None else str(value)
