"""Answering offers and ending assignments (DOMAIN.md 8.5): each verb is one transaction that joins an outer one.

A repeat by the person who already did it changes nothing; any other transition that the table does not list is refused.
Offering stands in offering.py, expiry in expiring.py; both are part of this module's names.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from bangfu.accounts.queries import managers_of, user_of_carer, users_with
from bangfu.contracts.actions import release
from bangfu.dispatch import rules
from bangfu.dispatch.grounds import check_ground, without_ground
from bangfu.dispatch.moves import CHECKS, ENDED, Problem, check_actor, locked, move, own, tell_ended
from bangfu.dispatch.offering import OfferInput, make_offer
from bangfu.dispatch.tables import Assignment
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.consents import Follower, on_withdrawal
from bangfu.messages.actions import send
from bangfu.needs import actions as needs
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.i18n import sentence

__all__ = ["CHECKS", "ENDED", "OfferInput", "accept", "cancel", "decline", "make_offer", "problems_of", "withdraw"]


class Because:
    """Several sentences as one lazily translated parameter."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)

    def __str__(self) -> str:
        return " ".join(sentence(message, params) for message, params in self.problems)


async def accept(actor: Actor, assignment: UUID, carer: UUID | None, at: datetime) -> None:
    """Take the task: the need becomes assigned. A manager may name another carer of the organisation, who must pass
    every hard rule; without a name the matched carer serves.

    Raises:
        NotYours: if it is another's task, or the carer is not one of the organisation's own.
        Refused: if it was answered otherwise, the time is over, or the other carer breaks a rule.
    """
    async with transaction():
        row = await locked(assignment)
        if own(actor, row) and row.status == "accepted" and carer in {None, row.carer}:
            return
        step = rules.transition(row.status, "accept") if own(actor, row) else _not_mine()
        check_actor(actor, row, step)
        rules.check_time(step, row.deadline, at)
        serving = row.matched_carer if carer is None else carer
        await check_ground(row.need, row.carer_kind, at)
        await _guard_care(row.need, serving)
        if serving != row.matched_carer:
            await _check_other(row, serving, at)
        elif problems := await problems_of(row.need, serving, at):
            raise Refused(N_("The matched carer cannot serve any more. {why}"), why=Because(problems))
        await needs.mark_assigned(actor, row.need, serving, at)
        await move(
            actor, row, step, at, carer=serving, answered_by=actor.user, answered_at=at,
            data={"other_carer": serving != row.matched_carer},
        )  # fmt: skip
        await _tell_dispatchers(row, "accepted")


async def _guard_care(need: UUID, carer: UUID) -> None:
    """Who assessed a person does not care for them (DOMAIN.md 8.11): said as that, before any other reason.

    Raises:
        asyncpg.CheckViolationError: "separation_of_duties", as the database's own guard words it.
    """
    await Assignment.raw(
        "SELECT guard_duty('person', n.person, 'care', u.id) FROM need n JOIN app_user u ON u.carer = {}"
        " WHERE n.id = {} AND n.person IS NOT NULL",
        carer, need,
    )  # fmt: skip


async def decline(actor: Actor, assignment: UUID, reason: str, text: str, at: datetime) -> None:
    """Refuse the task: the reservation is given back, the need stays in matching, the dispatchers hear of it.

    A volunteer gives no reason (DOMAIN.md 7); whatever is sent along is not kept.

    Raises:
        NotYours: if it is another's task.
        FormError: if an organisation or a social worker gives no reason of the list (or "other" without a text).
        Refused: if it was answered otherwise, or the time is over.
    """
    async with transaction():
        row = await locked(assignment)
        if own(actor, row) and row.status == "declined" and row.answered_by == actor.user:
            return
        step = rules.transition(row.status, "decline") if own(actor, row) else _not_mine()
        check_actor(actor, row, step)
        rules.check_time(step, row.deadline, at)
        reason, text = _reason(step, row, reason, text, rules.DECLINE_REASONS)
        await release(actor, row.id, at)
        await move(
            actor, row, step, at, reason=reason, answered_by=actor.user, answered_at=at, answer_reason=reason,
            answer_text=text,
        )  # fmt: skip
        await tell_ended(row, "declined", at)
        await _tell_dispatchers(row, "declined")


async def withdraw(actor: Actor, assignment: UUID, reason: str, text: str, at: datetime) -> None:
    """Give an accepted task back: the need goes back to matching. Notice of 24 hours is asked for where possible; less
    is written down, not forbidden (DOMAIN.md 8.5).

    Raises:
        NotYours, NotAllowed, FormError, Refused: as for `decline`.
    """
    async with transaction():
        row = await locked(assignment)
        if own(actor, row) and row.status == "withdrawn":
            return
        step = rules.transition(row.status, "withdraw") if own(actor, row) else _not_mine()
        check_actor(actor, row, step)
        reason, text = _reason(step, row, reason, text, rules.WITHDRAW_REASONS)
        await release(actor, row.id, at)
        await needs.back_to_matching(actor, row.need, at)
        await move(actor, row, step, at, reason=reason, answer_reason=reason, answer_text=text)
        await tell_ended(row, "withdrawn", at)
        await _tell_dispatchers(row, "withdrawn")


async def cancel(actor: Actor, assignment: UUID, reason: str, text: str, at: datetime) -> None:
    """End an offer or an assignment from the station's side; the need waits for a new match.

    Raises:
        NotYours: outside the dispatcher's divisions.
        FormError: without a reason of the list.
        Refused: if the assignment has ended otherwise.
    """
    async with transaction():
        row = await locked(assignment)
        if not actor.sees(row.division):
            raise NotYours
        if row.status == "cancelled":
            return
        step = rules.transition(row.status, "cancel")
        check_actor(actor, row, step)
        reason, text = _reason(step, row, reason, text, rules.CANCEL_REASONS)
        await _cancel(actor, row, step, reason, text, at)
        await needs.back_to_matching(actor, row.need, at)


async def _cancel(actor: Actor, row: Assignment, step: rules.Transition, reason: str, text: str, at: datetime) -> None:
    await release(actor, row.id, at)
    await move(actor, row, step, at, reason=reason, answer_reason=reason, answer_text=text)
    await _tell_server(row, "cancelled")


async def on_need_moved(actor: Actor, need: UUID, action: str, at: datetime) -> None:
    """A need that a person cancels or closes takes its open assignment with it: the task in service is completed when
    the need is closed, everything else is cancelled (a reaction: needs.actions.on_move)."""
    if action not in {"cancel", "close"}:
        return
    rows = await Assignment.raw(
        "SELECT id FROM assignment WHERE need = {} AND status IN ('offered', 'accepted', 'scheduled', 'active')", need
    )
    for found in rows:
        row = await locked(found["id"])
        if action == "close" and rules.may(row.status, "complete", SYSTEM.roles):
            await release(actor, row.id, at)
            await move(SYSTEM, row, rules.transition(row.status, "complete"), at)
            await _tell_server(row, "completed")
            continue
        await _cancel(SYSTEM, row, rules.transition(row.status, "cancel"), "need_cancelled", "", at)


async def _hold(household: UUID) -> None:
    await Assignment.raw(
        "SELECT id FROM assignment WHERE household = {} AND status IN ('offered', 'accepted', 'scheduled', 'active')"
        " ORDER BY id FOR UPDATE",
        household,
    )


async def end_without_ground(actor: Actor, household: UUID, at: datetime) -> None:
    """After a withdrawal: offers and services that no ground covers end, their needs wait for a new ground; what a
    statutory ground covers goes on (DOMAIN.md 9.1)."""
    for assignment in await without_ground(household, at):
        row = await locked(assignment)
        await _cancel(SYSTEM, row, rules.transition(row.status, "cancel"), "consent_withdrawn", "", at)
        await needs.lose_ground(actor, row.need, at)


async def problems_of(need: UUID, carer: UUID, at: datetime) -> list[Problem]:
    """Why the pair breaks a hard rule, by every registered check, as coarse as who has not accepted may know it."""
    return [rules.coarse(message, params) for check in CHECKS for message, params in await check(need, carer, at)]


async def _check_other(row: Assignment, carer: UUID, at: datetime) -> None:
    rows = await Assignment.raw(
        "SELECT number FROM carer WHERE id = {} AND organization = {} AND kind = 'worker' AND active",
        carer, row.organization,
    )  # fmt: skip
    if not rows or row.carer_kind != "worker":
        raise NotYours
    if not CHECKS:
        raise Refused(N_("Another carer cannot be checked here; accept with the matched carer or decline."))
    if problems := await problems_of(row.need, carer, at):
        raise Refused(
            N_("Carer {number} cannot take this task. {why}"), number=rows[0]["number"], why=Because(problems)
        )


def _reason(step: rules.Transition, row: Assignment, reason: str, text: str, codes: tuple[str, ...]) -> tuple[str, str]:
    if not rules.reason_needed(step, row.carer_kind):
        return "", ""
    if reason not in codes:
        raise FormError({"reason": (N_("Please choose a reason."), {})})
    if reason == "other" and not text.strip():
        raise FormError({"remark": (N_("Please say why in a few words."), {})})
    return reason, text.strip()


def _not_mine() -> rules.Transition:
    raise NotYours


async def _tell_dispatchers(row: Assignment, kind: str) -> None:
    users = await users_with("station_dispatcher", row.division)
    await send(users, kind, f"/assignments/{row.id}", {"number": row.number})


async def _tell_server(row: Assignment, kind: str) -> None:
    if row.organization is not None:
        users, href = await managers_of(row.organization), f"/tasks/{row.id}"
    else:
        users, href = await user_of_carer(row.carer), f"/my-tasks/{row.id}"
    await send(users, kind, href, {"number": row.number})


needs.on_move(on_need_moved)
on_withdrawal(Follower(_hold, end_without_ground))
