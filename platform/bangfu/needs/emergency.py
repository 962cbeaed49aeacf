"""Help first, papers later (先行救助, DOMAIN.md 8.1): a need is confirmed at once, papers follow in 10 working days."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.consent_actions import record_ground
from bangfu.households.consents import ground_for
from bangfu.households.facts import Ground
from bangfu.households.sealing import seal, unseal
from bangfu.households.tables import Consent
from bangfu.needs import deciding
from bangfu.needs.actions import on_move
from bangfu.needs.moves import locked, locked_for
from bangfu.needs.tables import EmergencyPaper, Need
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, drop, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day

KIND: Final = "emergency.papers"
PAPERS_WORKING_DAYS: Final = 10
"""DOMAIN.md 8.1: documents within 10 working days."""
PAPERS: Final = ("application", "identity", "event", "visit", "approval", "consent")
STATUTE: Final = (
    "《中华人民共和国个人信息保护法》第十三条第一款第（三）项、第（四）项"
    "（履行法定职责；紧急情况下为保护自然人的生命健康和财产安全所必需）"
)
PURPOSES: Final = ("service", "share_provider", "minor_data")
ADDERS: Final = frozenset({"assist_coordinator", "child_director", "social_worker", "township_officer"})


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the list; `reference` says where it is kept, "" while it is missing."""

    kind: str
    reference: str
    recorded_at: datetime | None
    done: bool


async def papers_of(need: UUID, household: UUID, today: date) -> list[Paper]:
    """The list of papers with what is there; a consent that is recorded with the household counts by itself."""
    rows = await EmergencyPaper.raw("SELECT * FROM emergency_paper WHERE need = {}", need)
    there = {row["kind"]: row for row in rows}
    consented = await Consent.raw(
        "SELECT recorded_at FROM consent WHERE household = {} AND ground = 'consent' AND withdrawn_at IS NULL"
        " AND (given_on IS NULL OR given_on <= {}) ORDER BY recorded_at DESC LIMIT 1",
        household, today,
    )  # fmt: skip
    found = []
    for kind in PAPERS:
        row = there.get(kind)
        by_consent = consented[0]["recorded_at"] if kind == "consent" and consented else None
        reference = unseal("emergency_paper", row, "reference_enc") if row else ""
        found.append(Paper(kind, reference, row["recorded_at"] if row else by_consent, bool(row or by_consent)))
    return found


async def help_first(actor: Actor, need: UUID, why: str, at: datetime) -> None:
    """submitted -> confirmed without waiting for papers or a consent, on the statutory ground of an emergency; the
    papers are due after 10 working days and supervision watches them. A repeat changes nothing.

    Raises:
        NotYours: for a need of another area.
        NotAllowed: by role, or for whoever recorded or submitted it.
        Refused: if the need is no emergency, or in another state.
    """
    known = await Need.objects().get(Need.id == need)
    if known is None or not actor.sees(known.division):
        raise NotYours
    if known.papers:
        return
    if not actor.has("township_officer"):
        raise NotAllowed
    await deciding.check_decider(actor, need, at)
    due = end_of_working_day(at, PAPERS_WORKING_DAYS, await current_calendar())
    async with transaction():
        row = await locked_for(actor, need)
        if row.papers:
            return
        if not row.emergency:
            raise Refused(N_("Only a need that was recorded as an emergency is helped before its papers are there."))
        ground = await _ground(actor, row, at)
        await deciding.confirm_need(actor, need, ground, at)
        await Need.update({Need.papers: "due", Need.papers_due_at: due}).where(Need.id == need)
        await audit.record(
            actor, "need.helped_first", "need", need, division=row.division, reason=why, at=at,
            data={"number": row.number, "due": due.isoformat(), "household": str(row.household)},
        )  # fmt: skip
        await watch(actor, _timed(row, due), at)
        await _complete(actor, need, at)


async def add_paper(actor: Actor, need: UUID, kind: str, reference: str, at: datetime) -> None:
    """Note that a paper came in and where it is kept; the last one ends the clock. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed: by area and role.
        Refused: if no papers are due.
        FormError: for a paper that is not on the list.
    """
    if kind not in PAPERS:
        raise FormError({"kind": (N_("Please choose one of the list."), {})})
    async with transaction():
        row = await locked_for(actor, need)
        if not actor.has(*ADDERS):
            raise NotAllowed
        there = EmergencyPaper.exists().where((EmergencyPaper.need == need) & (EmergencyPaper.kind == kind))
        if await there:
            return
        if row.papers != "due":
            raise Refused(N_("No papers are due for this need."))
        paper = uuid4()
        await EmergencyPaper(
            id=paper, need=need, kind=kind, recorded_by=actor.user, recorded_at=at,
            reference_enc=seal("emergency_paper", "reference_enc", paper, reference),
        ).save()  # fmt: skip
        await audit.record(
            actor, "need.paper_added", "need", need, division=row.division, at=at,
            data={"number": row.number, "paper": kind, "household": str(row.household)},
        )  # fmt: skip
        await _complete(actor, need, at)


async def check_papers(actor: Actor, need: UUID, at: datetime) -> bool:
    """End the clock if every paper is there by now (a consent may have come in on the household's page)."""
    async with transaction():
        row = await locked_for(actor, need)
        return row.papers == "done" or await _complete(actor, need, at)


async def _complete(actor: Actor, need: UUID, at: datetime) -> bool:
    row = await locked(need)
    if row.papers != "due" or not all(paper.done for paper in await papers_of(need, row.household, civil_date(at))):
        return False
    await Need.update({Need.papers: "done"}).where(Need.id == need)
    await audit.record(
        actor, "need.papers_complete", "need", need, division=row.division, at=at,
        data={"number": row.number, "household": str(row.household)},
    )  # fmt: skip
    await settle(actor, KIND, need, at, evidence="need.papers_complete")
    return True


async def _ground(actor: Actor, row: Need, at: datetime) -> UUID:
    """A ground that covers the need already, or the statutory one of an emergency."""
    today = civil_date(at)
    found = await ground_for(row.household, "service", today, row.person, hold=True)
    if found is not None:
        return found
    key = uuid4()
    ground = Ground("statutory", statute=STATUTE, given_on=today, purposes=PURPOSES)
    await record_ground(actor, row.household, key, ground, at)
    return key


def _timed(row: Need, due: datetime) -> Timed:
    return Timed(
        KIND, "need", row.id, f"/needs/{row.id}", row.division, due, number=row.number, role="township_officer",
        household=row.household,
    )  # fmt: skip


async def _forget_cancelled(actor: Actor, need: UUID, action: str, at: datetime) -> None:
    """A need that is cancelled owes no papers any more."""
    if action == "cancel":
        await Need.update({Need.papers: ""}).where((Need.id == need) & (Need.papers == "due"))
        await drop(actor, KIND, need, at, reason="need.cancelled")


on_move(_forget_cancelled)
