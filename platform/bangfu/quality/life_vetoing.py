"""A veto: proposed by the bureau or by a check that found forgery, heard, decided by the lead (DOMAIN.md 6.4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.quality import life_veto_rules as rules
from bangfu.quality.life import revise
from bangfu.quality.life_charging import SUBJECT
from bangfu.quality.life_following import open_follow
from bangfu.quality.life_moves import check_own, check_sees, locked, locked_row, move, repeated, seal
from bangfu.quality.life_tables import ScoreVeto
from bangfu.quality.life_telling import HEARING, VETO, day_of, drop, settle, tell_office, tell_provider, watch_veto
from bangfu.quality.tables import QuarterScore
from bangfu.shared import audit, files
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.supervision.calendar import current_calendar, end_of_working_day

DEFENCE, MINUTES = "defence", "minutes"
DECIDE_DAYS: Final = 5
"""Working days after the hearing in which the lead decides [D]."""


async def summon(actor: Actor, veto: UUID, hearing: datetime, place: str, at: datetime) -> None:
    """proposed (or summoned: another day) -> summoned by the bureau: the provider hears of the charge and the day.

    Raises:
        FormError: for a day that leaves less than three working days, or without a place.
    """
    async with transaction():
        row = await _entered(actor, veto)
        calendar = await current_calendar()
        earliest = calendar.add_working_days(civil_date(at), rules.LEAST_NOTICE)
        faults: dict[str, Any] = {}
        if sentence := rules.why_not_hearing(civil_date(hearing), earliest):
            faults["hearing"] = (sentence, {"days": rules.LEAST_NOTICE, "earliest": earliest.isoformat()})
        if not place.strip():
            faults["place"] = (N_("Please fill this in."), {})
        if faults:
            raise FormError(faults)
        await move(
            actor, row, "summon", at, data={"hearing": hearing.isoformat()}, hearing_at=hearing,
            place_enc=seal(SUBJECT, "place_enc", row.id, place), summoned_by=actor.user, summoned_at=at,
        )  # fmt: skip
        await watch_veto(row, HEARING, "bureau_officer", day_span(civil_date(hearing))[1], at)
        await tell_provider(
            row.organization, "veto_hearing", f"/my-vetoes/{row.id}", number=row.number, day=day_of(hearing)
        )


async def defend(actor: Actor, veto: UUID, text: str, papers: Sequence[Looked], at: datetime) -> None:
    """What the provider says in writing, with its files, until the bureau's lead decides; a later text counts.

    Raises:
        NotYours: for another organisation's. FormError: without words. Refused: before the summons, or once decided.
    """
    async with transaction():
        row: ScoreVeto = await locked_row(ScoreVeto, veto)
        check_own(actor, row.organization)
        if row.status not in {"summoned", "heard"}:
            raise Refused(N_("The provider answers between the summons and the decision."))
        if not text.strip():
            raise FormError({"text": (N_("Please write what you have to say."), {})})
        for looked in papers:
            await files.keep(actor, SUBJECT, row.id, DEFENCE, looked, at)
        await ScoreVeto.update(
            {"said_enc": seal(SUBJECT, "said_enc", row.id, text), "said_by": actor.user, "said_at": at}
        ).where(ScoreVeto.id == row.id)
        await audit.record(
            actor, "score_veto.defended", SUBJECT, row.id, division=row.division,
            data={"number": row.number, "files": len(papers)}, at=at,
        )  # fmt: skip
        await tell_office(row.division, "veto_defended", f"/vetoes/{row.id}", "bureau_officer", number=row.number)


async def hear(actor: Actor, veto: UUID, minutes: str, absent: bool, paper: Looked | None, at: datetime) -> None:
    """summoned -> heard, on the day or after it: the minutes, or that nobody came.

    Raises:
        FormError: without minutes. Refused: before the day.
    """
    async with transaction():
        row = await _entered(actor, veto)
        if await repeated(actor, row, "hear"):
            return
        rules.VETO_MACHINE.step(row.status, "hear")
        if row.hearing_at is None or at < row.hearing_at:
            raise Refused(N_("The hearing is still to come."))
        if not minutes.strip():
            raise FormError({"minutes": (N_("Please write what was said, or that nobody came."), {})})
        if paper is not None:
            await files.keep(actor, SUBJECT, row.id, MINUTES, paper, at)
        await _heard(actor, row, minutes, absent, at)


async def hear_absent(veto: UUID, at: datetime) -> bool:
    """summoned -> heard by the clock: the day is over and nobody recorded it; what was written counts.

    Returns:
        False while the day is not over.
    """
    async with transaction():
        row: ScoreVeto = await locked_row(ScoreVeto, veto)
        if row.status != "summoned" or row.hearing_at is None or at < _lapse(row.hearing_at):
            return False
        await _heard(SYSTEM, row, "", row.said_at is None, at)
        return True


async def decide(actor: Actor, veto: UUID, confirmed: bool, text: str, at: datetime) -> int | None:
    """heard -> confirmed or dismissed by the bureau's lead alone.

    Confirming it makes the quarter's band poor by a new revision (if its facts are frozen already), leaves the named
    units unpaid, and opens the contract's review, the proposal to bar, and the report where a crime is suspected.

    Returns:
        The revision that it made; None where there is none to make.

    Raises:
        NotYours, NotAllowed: of another division; for everybody but the lead. FormError: without a reason.
        Refused: before the hearing.
    """
    async with transaction():
        row = await _entered(actor, veto)
        action = "confirm" if confirmed else "dismiss"
        if await repeated(actor, row, action):
            return None
        if not text.strip():
            raise FormError({"text": (N_("Please say why in a few words."), {})})
        score = await _score_of(row)
        await move(
            actor, row, action, at, data={"ground": row.ground, "visits": len(row.visits)},
            decision_enc=seal(SUBJECT, "decision_enc", row.id, text), decided_by=actor.user, decided_at=at,
        )  # fmt: skip
        await settle(actor, VETO, row.id, at, evidence=f"score_veto.{'confirmed' if confirmed else 'dismissed'}")
        await drop(actor, HEARING, row.id, at, reason="")
        href = f"/my-vetoes/{row.id}"
        if not confirmed:
            await tell_provider(row.organization, "veto_dismissed", href, number=row.number)
            return None
        await tell_provider(row.organization, "veto_confirmed", href, number=row.number)
        await _consequences(row, at)
        return await revise(actor, score, "veto", at) if score is not None else None


async def _consequences(row: ScoreVeto, at: datetime) -> None:
    """Contract review, blacklist proposal, report to the authority (DOMAIN.md 6.4)."""
    about: dict[str, Any] = {"veto": row.id, "subject_number": row.subject_number}
    kinds = [("report", "bureau_officer")] if row.crime else []
    if row.kind == "contract":
        kinds += [("contract_review", "bureau_lead"), ("blacklist", "bureau_lead")]
    for kind, role in kinds:
        follow = await open_follow(row, kind, role, rules.REVIEW_DAYS, at, **about)
        await tell_office(
            row.division, f"{kind}_opened", f"/rectifications/{follow.id}", role, number=row.subject_number,
            day=day_of(follow.due_at),
        )  # fmt: skip


async def _score_of(row: ScoreVeto) -> QuarterScore | None:
    found = await QuarterScore.objects().get(
        (QuarterScore.kind == row.kind) & (QuarterScore.subject == row.subject) & (QuarterScore.year == row.year)
        & (QuarterScore.quarter == row.quarter)
    )  # fmt: skip
    return await locked(found.id) if found is not None else None


async def _entered(actor: Actor, veto: UUID) -> ScoreVeto:
    found = await ScoreVeto.objects().get(ScoreVeto.id == veto)
    if found is None:
        raise NotYours
    check_sees(actor, found.division)
    await audit.hold(found.division)
    await _score_of(found)
    row: ScoreVeto = await locked_row(ScoreVeto, veto)
    return row


async def _heard(actor: Actor, row: ScoreVeto, minutes: str, absent: bool, at: datetime) -> None:
    await move(
        actor, row, "hear", at, data={"absent": absent}, heard_enc=seal(SUBJECT, "heard_enc", row.id, minutes),
        absent=absent, heard_by=actor.user, heard_at=at,
    )  # fmt: skip
    await settle(actor, HEARING, row.id, at, evidence="score_veto.heard")
    until = end_of_working_day(at, DECIDE_DAYS, await current_calendar())
    await watch_veto(row, VETO, "bureau_lead", until, at)
    await tell_office(row.division, "veto_heard", f"/vetoes/{row.id}", "bureau_lead", number=row.number)


def _lapse(hearing: datetime) -> datetime:
    """The end of the day after the hearing's: until then the bureau may still write the minutes."""
    return day_span(civil_date(hearing))[1] + (day_span(civil_date(hearing))[1] - day_span(civil_date(hearing))[0])
