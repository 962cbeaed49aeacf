"""What other features say about a quarter, in the words of the snapshot: the one place where they are asked."""

from collections.abc import Callable, Collection
from datetime import date
from uuid import UUID

from bangfu.complaints import facts as complaints
from bangfu.feedback import facts as feedback
from bangfu.oversight import check_facts
from bangfu.oversight.check_tables import SpotCheck
from bangfu.oversight.draws import required_of
from bangfu.quality.snapshot import CallbackFact, CheckFact, ComplaintFact, RatingFact
from bangfu.quality.subjects import Subject

Number = Callable[[UUID], str]
"""Household -> its number within the snapshot, or its mark (voices)."""


async def checks(subject: Subject, year: int, quarter: int, visits: Collection[UUID]) -> tuple[CheckFact, ...]:
    """The spot checks of the quarter: a contract's by its draws; an agreement's those of its visits."""
    if subject.kind == "contract":
        found = await check_facts.checks_of(subject.id, year, quarter)
        return tuple(
            CheckFact(str(each.id), str(each.visit or ""), each.origin, each.result, each.reason) for each in found
        )
    rows = await SpotCheck.raw(
        "SELECT id, visit, origin, CASE WHEN status IN ('drawn', 'assigned') THEN '' ELSE result END AS result, reason"
        " FROM spot_check WHERE visit = ANY({}::uuid[]) ORDER BY id",
        list(visits),
    )
    return tuple(
        CheckFact(str(row["id"]), str(row["visit"]), row["origin"], row["result"], row["reason"]) for row in rows
    )


async def checks_required(subject: Subject, year: int, quarter: int) -> int:
    """How many checks the quarter needs before it can be closed; an agreement has no draw of its own."""
    if subject.kind != "contract":
        return 0
    return await required_of(subject.id, year, quarter)


async def draws(subject: Subject, year: int, quarter: int) -> tuple[str, ...]:
    """The rounds in which visits (or surveys) of a contract's quarter have been drawn by now."""
    if subject.kind != "contract":
        return ()
    rows = await SpotCheck.raw(
        "SELECT DISTINCT r.id::text AS id FROM draw_list l JOIN draw_round r ON r.id = l.round WHERE l.contract = {}"
        " AND l.year = {} AND l.quarter = {} AND r.status = 'drawn' ORDER BY 1",
        subject.id, year, quarter,
    )  # fmt: skip
    return tuple(row["id"] for row in rows)


async def ratings(subject: Subject, year: int, quarter: int, number: Number) -> tuple[RatingFact, ...]:
    """One voice for each household."""
    found = await feedback.ratings_of(subject.kind, subject.id, year, quarter)
    return tuple(RatingFact(number(each.household), each.stars_sum, each.stars_count) for each in found)


async def callbacks(subject: Subject, year: int, quarter: int, number: Number) -> tuple[CallbackFact, ...]:
    """The call-backs that ended."""
    found = await feedback.callbacks_of(subject.kind, subject.id, year, quarter)
    return tuple(CallbackFact(str(each.id), number(each.household), each.reached, each.confirmed) for each in found)


async def decided_complaints(subject: Subject, first: date, last: date) -> tuple[ComplaintFact, ...]:
    """The complaints that were decided in the quarter."""
    found = await complaints.decided_in(subject.kind, subject.id, first, last)
    return tuple(ComplaintFact(str(each.id), each.severity, each.result, each.self_reported) for each in found)
