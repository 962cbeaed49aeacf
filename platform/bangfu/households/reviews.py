"""Regular reviews of households: the clock, the list, and recording that nothing (or something) has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households import review_rules
from bangfu.households.kinship import refuse_relative
from bangfu.households.locking import locked
from bangfu.households.rules import layer_of
from bangfu.households.sealing import seal
from bangfu.households.tables import Household, HouseholdReview
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows
from bangfu.supervision import actions as supervision
from bangfu.supervision.actions import Timed

KIND = "household.review"


def next_after(
    category: str, since: date, today: date, income_stable: bool, able_bodied: bool, valid_until: date | None
) -> date:
    """The next review of a household whose category begins on `since`: never in the past."""
    return review_rules.first_review(
        since, today, category, income_stable=income_stable, able_bodied=able_bodied, valid_until=valid_until
    )


async def start_clocks(households: Sequence[UUID], today: date) -> None:
    """Give a clock to those of the households that are served and have none; joins the transaction."""
    rows = await Household.raw(
        "SELECT id, category, category_since, income_stable, able_bodied, valid_until FROM household"
        " WHERE id = ANY({}) AND next_review_on IS NULL AND status IN ('active', 'grace')",
        list(households),
    )
    days = [
        next_after(
            row["category"], row["category_since"] or today, today, row["income_stable"], row["able_bodied"],
            row["valid_until"],
        )
        for row in rows
    ]  # fmt: skip
    if rows:
        await Household.raw(
            "UPDATE household h SET next_review_on = n.day FROM unnest({}::uuid[], {}::date[]) AS n (id, day)"
            " WHERE h.id = n.id",
            [row["id"] for row in rows], days,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer found. `income_stable`, `able_bodied`: as they are now; they set the next period."""

    outcome: str
    reviewed_on: date
    note: str = ""
    income_stable: bool = True
    able_bodied: bool = False


async def record_review(actor: Actor, household: UUID, key: UUID, review: Review, at: datetime) -> None:
    """Note a review and move the clock; supervision hears of it. The same key again is the same review.

    Raises:
        NotYours: for a household of another area, or a key that stands for another household's review.
        NotAllowed: for a role that may not record it, and for a near relative.
        Refused: where the household has left.
        FormError: for a day in the future or before the last review; a change needs words.
    """
    await refuse_relative(actor, household, "household.review", at)
    async with transaction():
        row = await locked(actor, household)
        if not allows(actor.roles, "households.record"):
            raise NotAllowed
        if (known := await HouseholdReview.objects().get(HouseholdReview.id == key)) is not None:
            if known.household != household:
                raise NotYours
            return
        if row.status != "active":
            raise Refused(N_("This household is leaving or has left the register: it is not reviewed any more."))
        _check(review, row.reviewed_on, civil_date(at))
        next_on = review_rules.next_review(
            review.reviewed_on, row.category, income_stable=review.income_stable, able_bodied=review.able_bodied,
            valid_until=row.valid_until,
        )  # fmt: skip
        await HouseholdReview(
            id=key, household=household, due_on=row.next_review_on, reviewed_on=review.reviewed_on,
            outcome=review.outcome, note_enc=seal("household_review", "note_enc", key, review.note), next_on=next_on,
            reviewed_by=actor.user, recorded_at=at,
        ).save()  # fmt: skip
        await Household.update(
            {
                Household.reviewed_on: review.reviewed_on, Household.next_review_on: next_on,
                Household.income_stable: review.income_stable, Household.able_bodied: review.able_bodied,
                Household.review_watched: None, Household.version: row.version + 1, Household.updated_at: at,
            }
        ).where(Household.id == household)  # fmt: skip
        await supervision.settle(actor, KIND, household, at, evidence="household.reviewed")
        await audit.record(
            actor, "household.reviewed", "household", household, division=row.division, at=at,
            data={"outcome": review.outcome, "on": review.reviewed_on.isoformat(), "next": next_on.isoformat()},
        )  # fmt: skip


def _check(review: Review, last: date | None, today: date) -> None:
    if review.reviewed_on > today:
        raise FormError({"reviewed_on": (N_("A review cannot lie in the future."), {})})
    if last is not None and review.reviewed_on < last:
        message = N_("The last review was on {day}; a later one is recorded after it.")
        raise FormError({"reviewed_on": (message, {"day": last.isoformat()})})
    if review.outcome == "changed" and not review.note:
        raise FormError({"note": (N_("Please say what has changed."), {})})


async def stop_clock(actor: Actor, household: UUID, at: datetime, *, reason: str) -> None:
    """No review is due any more: the household has left; joins the transaction."""
    await Household.update({Household.next_review_on: None, Household.review_watched: None}).where(
        Household.id == household
    )
    await supervision.drop(actor, KIND, household, at, reason=reason)


async def bring_forward(household: UUID, due: date) -> None:
    """A review is due by this day at the latest, since something happened; joins the transaction."""
    await Household.raw(
        "UPDATE household SET next_review_on = least(coalesce(next_review_on, {}), {}), review_watched = NULL"
        " WHERE id = {}",
        due, due, household,
    )  # fmt: skip


async def watch_due(at: datetime, *, most: int = 500) -> int:
    """Hand reviews that are due within 30 days to supervision; the worker repeats this. Returns how many."""
    today = civil_date(at)
    rows = await Household.raw(
        "SELECT id, number, division, next_review_on FROM household WHERE status = 'active'"
        " AND next_review_on <= {} AND review_watched IS DISTINCT FROM next_review_on ORDER BY next_review_on LIMIT {}",
        today + timedelta(days=review_rules.SOON_DAYS), most,
    )  # fmt: skip
    for row in rows:
        async with transaction():
            await supervision.watch(SYSTEM, _timed(row), at)
            await Household.update({Household.review_watched: row["next_review_on"]}).where(
                (Household.id == row["id"]) & (Household.next_review_on == row["next_review_on"])
            )
    return len(rows)


def _timed(row: Mapping[str, Any]) -> Timed:
    household: UUID = row["id"]
    return Timed(
        kind=KIND, subject_type="household", subject=household, href=f"/households/{household}/review",
        division=row["division"], due_at=day_span(row["next_review_on"])[1] - timedelta(minutes=1),
        number=row["number"], unit="village", role="assist_coordinator", household=household,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """A household in the list of reviews, its name masked; `state` as review_rules.state_of."""

    id: UUID
    number: str
    head: str
    category: str
    layer: str
    place: str
    reviewed_on: date | None
    next_review_on: date
    state: str
    version: int


_LIST = (
    "SELECT h.id, h.number, h.head_name, h.category, h.reviewed_on, h.next_review_on, h.version,"
    " coalesce(t.name, '') || coalesce(d.name, '') AS place FROM household h LEFT JOIN division d ON d.code ="
    " h.division LEFT JOIN division t ON t.code = left(h.division, 9) || '000' WHERE"
)

_COUNT = "SELECT count(*) AS total, count(*) FILTER (WHERE h.next_review_on < {}) AS late FROM household h WHERE"


async def due(
    actor: Actor, filters: Mapping[str, str], today: date, limit: int, offset: int
) -> tuple[list[Due], int, int]:
    """One page of the households of the actor's scope whose review is due within 30 days, the longest overdue first;
    how many there are, and how many of them are late. `filters`: state (`late`), category, division (prefix)."""
    parts, values = ["h.status = 'active' AND h.next_review_on <= {}"], [today + timedelta(review_rules.SOON_DAYS)]
    scope = f"{actor.scope}%" if actor.scope else ""
    asked: list[tuple[str, Any]] = [("h.division LIKE {}", scope)]
    if category := filters.get("category"):
        asked.append(("h.category = {}", category))
    if (division := filters.get("division", "")).isdecimal():
        asked.append(("h.division LIKE {}", f"{division}%"))
    if filters.get("state") == "late":
        asked.append(("h.next_review_on < {}", today))
    where = " AND ".join([*parts, *(part for part, _ in asked)])
    bound = [*values, *(value for _, value in asked)]
    counted = await Household.raw(" ".join((_COUNT, where)), today, *bound)
    rows = await Household.raw(
        " ".join((_LIST, where, "ORDER BY h.next_review_on, h.number LIMIT {} OFFSET {}")), *bound, limit, offset
    )
    return [_due(row, today) for row in rows], counted[0]["total"], counted[0]["late"]


def _due(row: Mapping[str, Any], today: date) -> Due:
    return Due(
        row["id"], row["number"], mask_name(row["head_name"]), row["category"], layer_of(row["category"]),
        row["place"], row["reviewed_on"], row["next_review_on"], review_rules.state_of(row["next_review_on"], today),
        row["version"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Past:
    """A review that took place."""

    reviewed_on: date
    outcome: str
    who: str
    next_on: date | None
    due_on: date | None


async def past(household: UUID, limit: int = 20) -> list[Past]:
    """The reviews of a household, the newest first."""
    rows = await HouseholdReview.raw(
        "SELECT r.reviewed_on, r.outcome, coalesce(u.display_name, '') AS who, r.next_on, r.due_on"
        " FROM household_review r LEFT JOIN app_user u ON u.id = r.reviewed_by WHERE r.household = {}"
        " ORDER BY r.reviewed_on DESC, r.recorded_at DESC LIMIT {}",
        household, limit,
    )  # fmt: skip
    return [Past(**row) for row in rows]
