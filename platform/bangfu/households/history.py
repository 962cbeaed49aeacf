"""A household's category in time: a change closes the present span and opens a new one; corrections append."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households import reviews, spans
from bangfu.households.kinship import refuse_relative
from bangfu.households.locking import locked
from bangfu.households.rules import layer_of
from bangfu.households.spans import Rewrite, Span, Standing
from bangfu.households.status_rules import SERVED
from bangfu.households.tables import Household, HouseholdCategory
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

Recategorised = Callable[[UUID, str], Awaitable[None]]
_reactions: list[Recategorised] = []


def on_category(reaction: Recategorised) -> None:
    """Let a later feature follow a change of category: called with (household, category) in the transaction."""
    if reaction not in _reactions:
        _reactions.append(reaction)


@dataclass(frozen=True, slots=True)
class SpanView:
    """A span as the page shows it; `counts` is False for one that a correction replaced."""

    id: UUID
    category: str
    layer: str
    admission_mode: str
    support_mode: str
    starts_on: date
    ends_on: date | None
    reason: str
    decided_by: str
    decided_at: datetime
    counts: bool


async def spans_of(household: UUID) -> list[SpanView]:
    """The whole history, the newest first, replaced spans after the one that took their place."""
    rows = await HouseholdCategory.raw(
        "SELECT c.*, coalesce(u.display_name, '') AS who FROM household_category c LEFT JOIN app_user u"
        " ON u.id = c.decided_by WHERE c.household = {}"
        " ORDER BY starts_on DESC, replaced_at IS NOT NULL, decided_at DESC",
        household,
    )  # fmt: skip
    return [
        SpanView(
            row["id"], row["category"], layer_of(row["category"]), row["admission_mode"], row["support_mode"],
            row["starts_on"], row["ends_on"], row["reason"], row["who"], row["decided_at"], row["replaced_at"] is None,
        )
        for row in rows
    ]  # fmt: skip


async def span_of(household: UUID, span: UUID) -> SpanView:
    """One span of this household.

    Raises:
        NotYours: if there is none.
    """
    found = next((one for one in await spans_of(household) if one.id == span), None)
    if found is None:
        raise NotYours
    return found


async def open_first(actor: Actor, household: UUID, standing: Standing, since: date, at: datetime) -> None:
    """The first span of a new household, in the transaction that records it."""
    await _write(actor, household, Rewrite(added=(Span(None, standing, since),)), "", at)


async def change_category(
    actor: Actor, household: UUID, version: int, new: Standing, on: date, reason: str, at: datetime, *,
    valid_until: date | None = None,
) -> None:  # fmt: skip
    """Another category (or mode) from a day on. `valid_until`: the last day of an emergency.

    Raises:
        NotYours: for a household of another area.
        NotAllowed: for a role that may not decide on it, and for a near relative.
        Refused: if somebody changed the household after the form was opened, or it is no longer in the register.
        FormError: for an impossible day, or where nothing changes.
    """
    await refuse_relative(actor, household, "household.recategorise", at)
    async with transaction():
        row = await _to_change(actor, household, version)
        today = civil_date(at)
        rewrite = spans.change(await _present(actor, row, at), new, on, today)
        if valid_until is not None and valid_until < on:
            raise FormError({"valid_until": (N_("The last day cannot lie before the first."), {})})
        await _write(actor, household, rewrite, reason, at)
        await _take_over(row, new, on, valid_until, at)
        await audit.record(
            actor, "household.recategorised", "household", household, division=row.division, reason=reason, at=at,
            data={"from": row.category, "to": new.category, "since": on.isoformat()},
            before={"category": row.category, "version": row.version},
            after={"category": new.category, "version": row.version + 1},
        )  # fmt: skip


async def correct_category(
    actor: Actor, household: UUID, span: UUID, new: Standing, starts_on: date, reason: str, at: datetime
) -> None:
    """Another category or another first day for one span of the history; what stood there before is kept as replaced.

    Raises:
        NotYours: for a household of another area, or a span of another household.
        NotAllowed: for a role that may not decide on it, and for a near relative.
        Refused: if the span was corrected already.
        FormError: for a day that the neighbours do not leave room for.
    """
    await refuse_relative(actor, household, "household.correct_category", at)
    async with transaction():
        row = await _to_change(actor, household, None)
        found = await HouseholdCategory.objects().get(HouseholdCategory.id == span)
        if found is None or found.household != household:
            raise NotYours
        if found.replaced_at is not None:
            raise Refused(N_("This part of the history was corrected already. Look at the page again."))
        known = await _counting(household)
        rewrite = spans.correct(known, span, new, starts_on, civil_date(at))
        await _write(actor, household, rewrite, reason, at)
        if found.ends_on is None:
            await _take_over(row, new, starts_on, row.valid_until, at)
        await audit.record(
            actor, "household.category_corrected", "household", household, division=row.division, reason=reason, at=at,
            data={"from": found.category, "to": new.category, "since": starts_on.isoformat(), "span": span},
        )  # fmt: skip


async def follow(actor: Actor, households: Sequence[UUID], at: datetime) -> None:
    """Bring histories and review clocks in step with households that a list or a sample wrote; joins the transaction.

    A household without a history gets its first span; one whose category differs from its present span gets a new one
    from `category_since`, or from today where that lies before the present span.
    """
    rows = await Household.raw(
        "SELECT h.id, h.category, h.admission_mode, h.support_mode, h.category_since, c.starts_on, c.id AS span"
        " FROM household h LEFT JOIN household_category c ON c.household = h.id AND c.replaced_at IS NULL"
        " AND c.ends_on IS NULL WHERE h.id = ANY({}) AND (c.id IS NULL OR (c.category, c.admission_mode,"
        " c.support_mode) IS DISTINCT FROM (h.category, h.admission_mode, h.support_mode))",
        list(households),
    )  # fmt: skip
    today, first = civil_date(at), []
    for row in rows:
        since = min(row["category_since"] or today, today)
        standing = Standing(row["category"], row["admission_mode"], row["support_mode"])
        if row["span"] is None:
            first.append((row["id"], standing, since))
            continue
        on = since if since > row["starts_on"] else max(today, row["starts_on"])
        old = Span(row["span"], Standing(""), row["starts_on"])
        await _write(actor, row["id"], spans.change(old, standing, on, max(today, on)), "", at)
        for react in _reactions:
            await react(row["id"], row["category"])
    await _open_many(actor, first, at)
    await reviews.start_clocks(households, today)


async def _open_many(actor: Actor, first: Sequence[tuple[UUID, Standing, date]], at: datetime) -> None:
    if not first:
        return
    await HouseholdCategory.raw(
        "INSERT INTO household_category (id, household, category, admission_mode, support_mode, starts_on, decided_by,"
        " decided_at) SELECT gen_random_uuid(), h, c, a, s, d, {}, {} FROM unnest({}::uuid[], {}::varchar[],"
        " {}::varchar[], {}::varchar[], {}::date[]) AS n (h, c, a, s, d)",
        actor.user, at, [home for home, _, _ in first], [what.category for _, what, _ in first],
        [what.admission_mode for _, what, _ in first], [what.support_mode for _, what, _ in first],
        [since for _, _, since in first],
    )  # fmt: skip


async def _to_change(actor: Actor, household: UUID, version: int | None) -> Household:
    row = await locked(actor, household)
    if not allows(actor.roles, "households.status"):
        raise NotAllowed
    if version is not None and row.version != version:
        raise Refused(
            N_("Somebody changed this household after you opened the form. Compare with its page and save again.")
        )
    if row.status not in SERVED:
        raise Refused(N_("This household has left the register. Take it in again before you change it."))
    return row


async def _counting(household: UUID) -> list[Span]:
    rows = await HouseholdCategory.raw(
        "SELECT * FROM household_category WHERE household = {} AND replaced_at IS NULL ORDER BY starts_on", household
    )
    return [
        Span(
            row["id"], Standing(row["category"], row["admission_mode"], row["support_mode"]), row["starts_on"],
            row["ends_on"],
        )
        for row in rows
    ]  # fmt: skip


async def _present(actor: Actor, row: Household, at: datetime) -> Span:
    """The open span; a household that was written without one gets it now."""
    known = await _counting(row.id)
    if known and known[-1].ends_on is None:
        return known[-1]
    since = row.category_since or civil_date(row.created_at)
    await open_first(actor, row.id, Standing(row.category, row.admission_mode, row.support_mode), since, at)
    return (await _counting(row.id))[-1]


async def _write(actor: Actor, household: UUID, rewrite: Rewrite, reason: str, at: datetime) -> None:
    for span in rewrite.replaced:
        await HouseholdCategory.update({HouseholdCategory.replaced_at: at}).where(HouseholdCategory.id == span.id)
    for span in rewrite.closed:
        await HouseholdCategory.update({HouseholdCategory.ends_on: span.ends_on}).where(HouseholdCategory.id == span.id)
    for span in rewrite.added:
        await HouseholdCategory(
            id=uuid4(), household=household, category=span.standing.category,
            admission_mode=span.standing.admission_mode, support_mode=span.standing.support_mode,
            starts_on=span.starts_on, ends_on=span.ends_on, reason=reason, decided_by=actor.user, decided_at=at,
        ).save()  # fmt: skip


async def _take_over(row: Household, new: Standing, since: date, valid_until: date | None, at: datetime) -> None:
    """The household's own columns, its review clock, and the later features."""
    until = valid_until if new.category == "emergency" else None
    next_on = reviews.next_after(new.category, since, civil_date(at), row.income_stable, row.able_bodied, until)
    await Household.update(
        {
            Household.category: new.category, Household.admission_mode: new.admission_mode,
            Household.support_mode: new.support_mode, Household.category_since: since, Household.valid_until: until,
            Household.next_review_on: next_on, Household.version: row.version + 1, Household.updated_at: at,
        }
    ).where(Household.id == row.id)  # fmt: skip
    for react in _reactions:
        await react(row.id, new.category)
