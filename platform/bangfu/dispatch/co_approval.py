"""Asking the township, and its answer, before a station sends a task to the agency that runs it (DOMAIN.md 8.11)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.dispatch import co_approval_rules as rules
from bangfu.dispatch.co_approval_tables import CoApproval
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction

TOWNSHIP_DIGITS = 9
MOST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Question:
    """One need that a plan gives to the agency; `others`: free carers of other providers that the plan knows."""

    need: UUID
    organization: UUID
    others: int = 0
    line: UUID | None = None


async def agencies_of(actor: Actor) -> frozenset[UUID]:
    """The agencies to which this dispatcher sends nothing without the township's consent: who runs the station of the
    account's organisation (or that organisation itself, where it is no station), else who runs the stations seated
    in the dispatcher's township."""
    if actor.organization is not None:
        rows = await CoApproval.raw("SELECT id, org_type, run_by FROM organization WHERE id = {}", actor.organization)
        return rules.agencies_of(rows[0] if rows else None, [])
    if len(actor.scope) < TOWNSHIP_DIGITS:
        return frozenset()
    rows = await CoApproval.raw(
        "SELECT DISTINCT run_by FROM organization WHERE org_type = {} AND run_by IS NOT NULL AND active"
        " AND division LIKE {}",
        rules.STATION, f"{actor.scope[:TOWNSHIP_DIGITS]}%",
    )  # fmt: skip
    return rules.agencies_of(None, [row["run_by"] for row in rows])


async def require_consent(actor: Actor, need: UUID, organization: UUID | None) -> None:
    """The township agreed that this need goes to the agency, where the dispatcher is the agency's own.

    Raises:
        Refused: if it has not; with what to do.
    """
    if organization is None or organization not in await agencies_of(actor):
        return
    states = await consents([need])
    state = states.get((need, organization), "")
    if state == "approved":
        return
    if state == "asked":
        raise Refused(N_("The township has not agreed yet that the agency that runs the station takes this need."))
    if state == "refused":
        raise Refused(N_("The township does not agree that the agency that runs the station takes this need."))
    raise Refused(
        N_("The agency runs the dispatching station itself; the township must agree first. Ask for it in the plan.")
    )


async def consents(needs: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    """(need, organisation) -> state of the latest question about the need as it is now: asked, approved, refused."""
    rows = await CoApproval.raw(
        "SELECT a.need, a.organization, a.status, a.need_key, n.household, n.person, n.service, n.visits, n.minutes,"
        " n.division FROM co_approval a JOIN need n ON n.id = a.need WHERE a.need = ANY({}::uuid[])"
        " AND a.status <> 'lapsed' ORDER BY a.asked_at, a.id",
        list(needs),
    )
    return {(row["need"], row["organization"]): row["status"] for row in rows if row["need_key"] == rules.need_key(row)}


async def ask(actor: Actor, questions: Sequence[Question], run: UUID | None, at: datetime) -> int:
    """Ask the township about needs that a plan gives to the agency. Needs that were asked about already, or that are
    not to be offered (any more), are passed over; so a repeat asks nothing twice.

    Returns:
        How many questions were put.

    Raises:
        NotAllowed: unless a dispatcher asks about the agency of the own station.
        NotYours: for a need outside of the dispatcher's divisions.
    """
    if not actor.has("station_dispatcher"):
        raise NotAllowed
    agencies = await agencies_of(actor)
    if any(question.organization not in agencies for question in questions):
        raise NotAllowed
    async with transaction():
        rows = await Need.raw(
            "SELECT * FROM need WHERE id = ANY({}::uuid[]) ORDER BY id FOR UPDATE",
            [question.need for question in questions],
        )
        needs = {row["id"]: row for row in rows}
        wanted = {question.need for question in questions}
        if not wanted <= needs.keys() or not all(actor.sees(need["division"]) for need in needs.values()):
            raise NotYours
        asked: Counter[str] = Counter()
        for question in sorted(questions, key=lambda each: each.need):
            need = needs[question.need]
            if need["status"] == "matching" and await _ask(actor, question, need, run, at):
                asked[need["division"][:TOWNSHIP_DIGITS].ljust(12, "0")] += 1
        for township, count in sorted(asked.items()):
            officers = set(await users_with("township_officer", township)) - {actor.user}
            await send(officers, "co_approval_asked", "/co-approvals", {"n": count})
        return asked.total()


async def _ask(actor: Actor, question: Question, need: dict[str, Any], run: UUID | None, at: datetime) -> bool:
    key = rules.need_key(need)
    for row in await CoApproval.raw(
        "SELECT id, status, need_key, division FROM co_approval WHERE need = {} AND organization = {}"
        " AND status IN ('asked', 'approved', 'refused') ORDER BY asked_at, id FOR UPDATE",
        question.need, question.organization,
    ):  # fmt: skip
        if row["need_key"] == key and row["status"] != "refused":
            return False
        if row["status"] != "refused":
            await _lapse(row, at)
    row_id = uuid4()
    await CoApproval(
        id=row_id, need=question.need, organization=question.organization, line=question.line, run=run,
        division=need["division"], others=question.others, need_key=key, status="asked", asked_by=actor.user,
        asked_at=at,
    ).save()  # fmt: skip
    await audit.record(
        actor, "co_approval.asked", "co_approval", row_id, division=need["division"], at=at,
        data={"need": question.need, "number": need["number"], "organization": question.organization, "run": run},
        after={"status": "asked"},
    )  # fmt: skip
    return True


async def decide(actor: Actor, asked: Sequence[UUID], action: str, reason: str, note: str, at: datetime) -> int:
    """Answer one or several questions: approve, or refuse with a reason. A repeat by the same officer changes nothing.

    Returns:
        How many were answered; those whose need has changed, or is not to be offered any more, lapse instead.

    Raises:
        NotYours: for a question of another area.
        NotAllowed: for who asked it, belongs to the agency, or is no township officer.
        FormError: for a refusal without a reason, or "other" without words.
        Refused: if it was answered otherwise.
    """
    if action == "refuse":
        _check_reason(reason, note)
    async with transaction():
        ids = sorted(asked)
        rows = await CoApproval.raw(
            "SELECT a.*, n.number, n.status AS need_status, n.household, n.person, n.service, n.visits, n.minutes,"
            " n.division AS need_division FROM co_approval a JOIN need n ON n.id = a.need"
            " WHERE a.id = ANY({}::uuid[]) ORDER BY a.id FOR UPDATE OF a",
            ids,
        )
        if len(rows) != len(set(ids)) or any(not actor.sees(row["division"]) for row in rows):
            raise NotYours
        done = [row for row in rows if await _decide(actor, row, action, reason, note, at)]
        for asker in sorted({row["asked_by"] for row in done}):
            mine = [row for row in done if row["asked_by"] == asker]
            href = f"/match/{mine[0]['run']}" if mine[0]["run"] else "/match"
            kind = "co_approval_approved" if action == "approve" else "co_approval_refused"
            await send([asker], kind, href, {"n": len(mine)})
        return len(done)


def _check_reason(reason: str, note: str) -> None:
    if reason not in rules.REASONS:
        raise FormError({"reason": (N_("Choose a reason."), {})})
    if reason == "other" and not note.strip():
        raise FormError({"note": (N_("For another reason, write it down in a few words."), {})})


async def _decide(actor: Actor, row: dict[str, Any], action: str, reason: str, note: str, at: datetime) -> bool:
    if row["decided_by"] == actor.user and row["status"] == {"approve": "approved", "refuse": "refused"}.get(action):
        return False
    step = rules.MACHINE.step(row["status"], action)
    if not rules.MACHINE.may(row["status"], action, actor.roles):
        raise NotAllowed
    if row["asked_by"] == actor.user or actor.organization == row["organization"]:
        raise NotAllowed
    if row["need_status"] != "matching" or row["need_key"] != rules.need_key(_need_of(row)):
        await _lapse(row, at)
        return False
    await CoApproval.raw(
        "UPDATE co_approval SET status = {}, reason = {}, note_enc = {}, decided_by = {}, decided_at = {},"
        " version = version + 1 WHERE id = {}",
        step.target, reason if action == "refuse" else "", _sealed(note, row["id"]), actor.user, at, row["id"],
    )  # fmt: skip
    await audit.record(
        actor, f"co_approval.{step.target}", "co_approval", row["id"], division=row["division"], at=at,
        reason=reason if action == "refuse" else "",
        data={"need": row["need"], "number": row["number"], "organization": row["organization"], "run": row["run"]},
        before={"status": row["status"]}, after={"status": step.target},
    )  # fmt: skip
    return True


def _need_of(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "division": row["need_division"]}


def _sealed(note: str, row: UUID) -> str:
    return encrypt(note.strip()[:MOST_NOTE], f"co_approval:note_enc:{row}") if note.strip() else ""


async def _lapse(row: dict[str, Any], at: datetime) -> None:
    step = rules.MACHINE.step(row["status"], "lapse")
    await CoApproval.raw(
        "UPDATE co_approval SET status = {}, version = version + 1 WHERE id = {}", step.target, row["id"]
    )
    await audit.record(
        SYSTEM, "co_approval.lapsed", "co_approval", row["id"], division=row["division"], at=at,
        before={"status": row["status"]}, after={"status": step.target},
    )  # fmt: skip


async def look_after(at: datetime) -> int:
    """End questions and consents that count no longer: the need has changed, is served, or is over."""
    async with transaction():
        rows = await CoApproval.raw(
            "SELECT a.*, n.household, n.person, n.service, n.visits, n.minutes, n.division AS need_division,"
            " n.status IN ('closed', 'cancelled', 'rejected') OR (a.status = 'asked' AND n.status <> 'matching')"
            " AS over FROM co_approval a JOIN need n ON n.id = a.need WHERE a.status IN ('asked', 'approved')"
            " ORDER BY a.id FOR UPDATE OF a SKIP LOCKED"
        )
        gone = [row for row in rows if row["over"] or row["need_key"] != rules.need_key(_need_of(row))]
        for row in gone:
            await _lapse(row, at)
        return len(gone)
