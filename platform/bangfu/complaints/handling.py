"""The handler's steps: take on, pass on, begin, contact, plan, ask, hear, add evidence, give to somebody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.accounts.queries import managers_of
from bangfu.accounts.tables import User
from bangfu.complaints import routing, rules
from bangfu.complaints.moves import (
    ACCEPT,
    ANSWER,
    CLOCKS,
    CONTACT,
    PLAN,
    add_entry,
    change,
    change_hands,
    due_after,
    end_clocks,
    locked,
    move,
    note,
    tell,
)  # fmt: skip
from bangfu.complaints.seeing import may_take, sealed, sees
from bangfu.complaints.tables import Complaint
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep
from bangfu.supervision import actions as supervision

NOT_HANDLER: Final = N_("Somebody else handles this complaint.")


@dataclass(frozen=True, slots=True)
class Set:
    """What the officer sets when taking a complaint on."""

    severity: str
    kind: str = ""
    petition: bool = False
    confidential: bool = False


async def accept(actor: Actor, complaint: UUID, given: Set, at: datetime) -> None:
    """received -> accepted: the severity is set and its clocks run; who takes it on handles it. A repeat by the same
    person changes nothing.

    Raises:
        NotYours, NotAllowed: by sight, role and level.
        Refused: for the target's side, who served or checked the visit, and by state.
    """
    async with transaction():
        row = await as_taker(actor, complaint)
        if row.status == "accepted" and row.handler == actor.user:
            return
        rules.MACHINE.step(row.status, "accept")
        if barred := await routing.barred(actor.me, row):
            raise Refused(barred)
        limits = rules.limits_of(given.severity, given.petition)
        start = at if given.petition else row.entered_at
        await move(
            actor, row, "accept", at, severity=given.severity, kind=given.kind or row.kind, petition=given.petition,
            confidential=row.confidential or given.confidential, accepted_by=actor.user, accepted_at=at,
            handler=actor.user, close_due=await due_after(start, limits.close, limits.by_days),
        )  # fmt: skip
        await end_clocks(actor, row, at, "accepted", ACCEPT)
        await change_hands(row, at)


async def route(actor: Actor, complaint: UUID, action: str, code: str, text: str, at: datetime) -> None:
    """received -> transferred (`transfer`) or not_accepted (`refuse`): the right route is told within two working
    days. Repeat and Raises as `accept`; FormError without the route."""
    if code not in rules.ROUTES or not text.strip():
        raise FormError({"route": (N_("Please choose the right route, and say in the text what to do there."), {})})
    async with transaction():
        row = await as_taker(actor, complaint)
        if row.status in ("transferred", "not_accepted") and row.routed_by == actor.user:
            return
        rules.MACHINE.step(row.status, action)
        if barred := await routing.barred(actor.me, row):
            raise Refused(barred)
        words = sealed("route_enc", row.id, text)
        await move(actor, row, action, at, route=code, route_enc=words, routed_by=actor.user, routed_at=at)
        for kind in CLOCKS:
            await supervision.settle(actor, kind, row.id, at, evidence=f"complaint.{row.status}")


async def begin(actor: Actor, complaint: UUID, at: datetime) -> None:
    """accepted -> investigating by its handler. Raises as `as_handler`."""
    async with transaction():
        row = await as_handler(actor, complaint)
        if row.status == "investigating":
            return
        await move(actor, row, "investigate", at)


async def give(actor: Actor, complaint: UUID, user: UUID, at: datetime) -> None:
    """Give an open case to somebody else of its level (by its handler or the lead), or take one that nobody has.

    Raises:
        NotYours, NotAllowed: by sight, role and level; Refused: if that person may not handle it, or it is over.
    """
    async with transaction():
        row = await _seen(actor, complaint)
        own = row.handler == actor.user or actor.has("bureau_lead") or row.handler is None
        if not (may_take(actor, row) and own):
            raise NotAllowed
        if row.status not in rules.OPEN or row.status == "received":
            raise Refused(N_("This complaint is not in anybody's hands now."))
        if row.handler == user:
            return
        if not may_take(await _as_actor(user), row):
            raise Refused(N_("This person does not take complaints of this kind and area."))
        if barred := await routing.barred(user, row):
            raise Refused(barred)
        await change(row, at, handler=user)
        await note(actor, row, "given", at, to=str(user))
        await change_hands(row, at)
        await tell(row, [user], "complaint_given")


async def _as_actor(user: UUID) -> Actor:
    rows = await User.raw("SELECT username, display_name, roles, scope FROM app_user WHERE id = {} AND active", user)
    if not rows:
        raise Refused(N_("This person does not take complaints of this kind and area."))
    one = rows[0]
    return Actor(user, one["username"], one["display_name"], frozenset(one["roles"]), one["scope"])


async def contacted(actor: Actor, complaint: UUID, what: str, text: str, at: datetime, key: UUID) -> None:
    """The complainant was called (`contact`), or there is a plan (`plan`): the clocks of a critical complaint end.

    Raises: as `as_handler`; FormError without words.
    """
    _need(text, "contact_text")
    async with transaction():
        row = await as_handler(actor, complaint)
        if await add_entry(actor, row, what, at, text=text, key=key):
            column = "contacted_at" if what == "contact" else "planned_at"
            if getattr(row, column) is None:
                await change(row, at, **{column: at})
            await note(actor, row, what, at)
            await end_clocks(actor, row, at, what, CONTACT if what == "contact" else PLAN)


async def ask(actor: Actor, complaint: UUID, question: str, days: int, at: datetime) -> None:
    """Ask the organisation: it reads this text and nothing else of the complaint, and answers within the working days.

    Raises:
        Refused: where it is about no organisation, or was asked in this round; FormError without a question.
    """
    _need(question, "question")
    async with transaction():
        row = await as_handler(actor, complaint)
        _investigating(row)
        if row.organization is None:
            raise Refused(N_("No organisation is linked: hear the other side yourself and write it down."))
        if row.asked_at is not None:
            raise Refused(N_("The organisation was asked already."))
        due = await due_after(at, days, by_days=False)
        await change(row, at, question_enc=sealed("question_enc", row.id, question), asked_at=at, answer_due=due)
        await note(actor, row, "asked", at, days=days)
        timed = supervision.Timed(
            kind=ANSWER, subject_type="complaint", subject=row.id, href=f"/my-complaints/{row.id}",
            division=row.division, due_at=due, number=row.number, unit="organization", organization=row.organization,
            role="provider_manager",
        )  # fmt: skip
        await supervision.watch(SYSTEM, timed, at)
        params = {"number": row.number, "deadline": due.date().isoformat()}
        await send(await managers_of(row.organization), "complaint_asked", f"/my-complaints/{row.id}", params)


async def hear(actor: Actor, complaint: UUID, side: str, code: str, text: str, at: datetime, key: UUID) -> None:
    """Write down what a side said, or that an anonymous complainant cannot be reached (`unreachable`).

    Raises: as `as_handler`; FormError without a way or words.
    """
    ways = (*rules.HEARD_BY, "unreachable") if side == "complainant" else rules.HEARD_BY
    if code not in ways:
        raise FormError({f"{side}_way": (N_("Please choose one of the list."), {})})
    if code != "unreachable":
        _need(text, f"{side}_text")
    async with transaction():
        row = await as_handler(actor, complaint)
        _investigating(row)
        if code == "unreachable" and not row.anonymous:
            raise FormError({"complainant_way": (N_("There is a name or phone: please talk to the complainant."), {})})
        if await add_entry(actor, row, "hearing", at, side=side, code=code, text=text, key=key):
            await note(actor, row, "heard", at, side=side, way=code)


async def add_evidence(
    actor: Actor, complaint: UUID, code: str, text: str, scan: Looked | None, at: datetime, key: UUID
) -> None:
    """Add a piece of evidence with its words and, if there is one, its file.

    Raises: as `as_handler`; FormError without a kind or words.
    """
    if code not in rules.EVIDENCE:
        raise FormError({"evidence_kind": (N_("Please choose one of the list."), {})})
    _need(text, "evidence_text")
    async with transaction():
        row = await as_handler(actor, complaint)
        _investigating(row)
        file = await keep(actor, "complaint", row.id, "evidence", scan, at) if scan else None
        if await add_entry(actor, row, "evidence", at, code=code, text=text, file=file, key=key):
            await note(actor, row, "evidence", at, kind=code)


async def as_taker(actor: Actor, complaint: UUID) -> Complaint:
    """The locked complaint, for somebody of its level.

    Raises:
        NotYours: if the person does not see it.
        NotAllowed: if it is of another level.
    """
    row = await _seen(actor, complaint)
    if not may_take(actor, row):
        raise NotAllowed
    return row


async def as_handler(actor: Actor, complaint: UUID) -> Complaint:
    """The locked complaint, for its handler, who still has no link to the target.

    Raises:
        NotYours: if the person does not see it.
        NotAllowed: for anybody else.
        Refused: if the handler has become barred.
    """
    row = await _seen(actor, complaint)
    if row.handler != actor.user:
        raise NotAllowed(NOT_HANDLER)
    if barred := await routing.barred(actor.me, row):
        raise Refused(barred)
    return row


async def _seen(actor: Actor, complaint: UUID) -> Complaint:
    row = await locked(complaint)
    if not await sees(actor, complaint):
        raise NotYours
    return row


def _investigating(row: Complaint) -> None:
    if row.status != "investigating":
        raise Refused(N_("Begin the inquiry first; after the decision nothing is added."))


def _need(text: str, field: str) -> None:
    if not text.strip():
        raise FormError({field: (N_("Please fill this in."), {})})
