"""What follows from a final band, by itself: rectification, hold, review of the contract's end (DOMAIN.md 6.6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.quality import life_follow_rules as rules
from bangfu.quality import life_hooks
from bangfu.quality.life_moves import check_own, check_sees, locked_row, move, repeated, seal
from bangfu.quality.life_tables import ScoreFollow, ScoreNote
from bangfu.quality.life_telling import (
    CHECK,
    FOLLOW,
    RECTIFY,
    day_of,
    drop,
    settle,
    tell_office,
    tell_provider,
    watch_follow,
)
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared import audit, files
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.shared.numbering import fresh_number
from bangfu.supervision.calendar import current_calendar, end_of_working_day

SUBJECT, EVIDENCE = "score_follow", "evidence"
_ENDED = sorted(rules.ENDED)


async def follow_up(row: QuarterScore, revision: ScoreRevision, at: datetime) -> None:
    """Open what the final band of a score brings, and drop what it no longer brings; repeating it changes nothing."""
    brings = rules.follows(row.kind, revision.final_band, await bands_before(row))
    wanted = {
        "rectification": brings.rectification, "termination_review": brings.termination,
        "subsidy_review": brings.subsidy,
    }  # fmt: skip
    for kind, follows in wanted.items():
        ended = ["dropped"] if kind == "subsidy_review" else _ENDED  # the township looks at it once
        known = await ScoreFollow.objects().get(
            (ScoreFollow.score == row.id) & (ScoreFollow.kind == kind) & ScoreFollow.status.not_in(ended)
        )
        if follows and known is None:
            await _open_for(row, kind, at, holds=kind == "rectification" and brings.holds)
        elif follows and known is not None and kind == "rectification" and known.holds != brings.holds:
            await ScoreFollow.update({"holds": brings.holds}).where(ScoreFollow.id == known.id)
        elif not follows and known is not None and known.status not in _ENDED:
            await drop_row(known, at)


async def subsidy_decided(actor: Actor, row: QuarterScore, outcome: str, text: str, at: datetime) -> None:
    """Show among what follows from a score what the township decided about the money of a caregiver's 差. The one
    review is settlement's; it may come before the score is final. The score is locked.

    Args:
        outcome: applied or spared.
    """
    follow = await ScoreFollow.objects().get(
        (ScoreFollow.score == row.id) & (ScoreFollow.kind == "subsidy_review") & (ScoreFollow.status != "dropped")
    )
    follow = follow or await _open_for(row, "subsidy_review", at, holds=False)
    said = rules.SUBSIDY[outcome]
    await move(
        actor, follow, "decide", at, data={"kind": follow.kind, "outcome": said}, outcome=said,
        outcome_enc=seal(SUBJECT, "outcome_enc", follow.id, text), decided_by=actor.user, decided_at=at,
    )  # fmt: skip


async def bands_before(row: QuarterScore) -> list[str]:
    """The final bands of the three quarters before a score's own, of the same subject, the nearest first; "" where a
    quarter has none."""
    found = await QuarterScore.raw(
        "SELECT s.year, s.quarter, r.final_band FROM quarter_score s JOIN score_revision r ON r.score = s.id"
        " AND r.revision = s.revision WHERE s.kind = {} AND s.subject = {} AND s.status = 'final'",
        row.kind, row.subject,
    )  # fmt: skip
    bands = {(each["year"], each["quarter"]): each["final_band"] for each in found}
    return [bands.get(each, "") for each in rules.quarters_before(row.year, row.quarter)]


async def open_follow(about: Any, kind: str, role: str, days: int, at: datetime, **columns: Any) -> ScoreFollow:
    """One matter with its deadline in working days. `about`: a score or a veto (their common columns are taken)."""
    due = end_of_working_day(at, days, await current_calendar())
    follow = ScoreFollow(
        id=uuid4(), number=await fresh_number(ScoreFollow), kind=kind, organization=about.organization,
        division=about.division, year=about.year, quarter=about.quarter, subject_kind=about.kind,
        subject=about.subject, opened_at=at, due_at=due, **columns,
    )  # fmt: skip
    await follow.save()
    await audit.record(
        SYSTEM, "score_follow.opened", SUBJECT, follow.id, division=follow.division,
        data={"number": follow.number, "kind": kind, "due": due.isoformat(), "holds": follow.holds}, at=at,
    )  # fmt: skip
    if kind != "subsidy_review":  # the township's clock runs with the money
        await watch_follow(follow, RECTIFY if kind in rules.HANDED_IN else FOLLOW, role, due, at)
    return follow


async def _open_for(row: QuarterScore, kind: str, at: datetime, *, holds: bool) -> ScoreFollow:
    role = "bureau_lead" if kind == "termination_review" else ""
    days = rules.RECTIFY_DAYS if kind == "rectification" else rules.REVIEW_DAYS
    follow = await open_follow(row, kind, role, days, at, score=row.id, subject_number=row.number, holds=holds)
    told: dict[str, object] = {"number": row.number, "day": day_of(follow.due_at)}
    if kind == "rectification":
        href = f"/my-rectifications/{follow.id}"
        await tell_provider(row.organization, "rectify_hold" if holds else "rectify", href, carer=None, **told)
    elif role:
        await tell_office(row.division, f"{kind}_opened", f"/rectifications/{follow.id}", role, **told)
    return follow


async def drop_row(row: ScoreFollow, at: datetime) -> None:
    """A matter that fell away, because another revision counts."""
    await move(SYSTEM, row, "drop", at)
    for kind in (RECTIFY, CHECK, FOLLOW):
        await drop(SYSTEM, kind, row.id, at, reason="")


async def hand_in(actor: Actor, follow: UUID, plan: str, evidence: Sequence[Looked], at: datetime) -> None:
    """open or returned -> handed_in by the provider: what was put right, and files that show it.

    Raises:
        NotYours: for another organisation's.
        FormError: without a plan or any file.
    """
    async with transaction():
        row = await _locked(follow)
        check_own(actor, row.organization)
        if await repeated(actor, row, "hand_in"):
            return
        kept = (await files.files_of(SUBJECT, [row.id], EVIDENCE))[row.id]
        faults: dict[str, Any] = {}
        if not plan.strip():
            faults["plan"] = (N_("Please write what went wrong, what you changed, and by when."), {})
        if not evidence and not kept:
            faults["file"] = (N_("Please choose the file that shows it."), {})
        if faults:
            raise FormError(faults)
        for looked in evidence:
            await files.keep(actor, SUBJECT, row.id, EVIDENCE, looked, at)
        await move(
            actor, row, "hand_in", at, data={"kind": row.kind, "files": len(evidence)},
            plan_enc=seal(SUBJECT, "plan_enc", row.id, plan), handed_in_by=actor.user, handed_in_at=at,
        )  # fmt: skip
        await settle(actor, RECTIFY, row.id, at, evidence="score_follow.handed_in")
        due = end_of_working_day(at, rules.CHECK_DAYS, await current_calendar())
        await watch_follow(row, CHECK, "bureau_officer", due, at)
        await tell_office(row.division, "rectified", f"/rectifications/{row.id}", "bureau_officer", number=row.number)


async def judge(actor: Actor, follow: UUID, accepted: bool, text: str, at: datetime) -> None:
    """handed_in -> done or returned, after the follow-up check, by an officer who did not confirm the score.

    A rectification that is accepted ends the hold of new services, and of the performance part, at once.

    Raises:
        NotYours: of another division. FormError: without what the check found. Refused: for who scored.
    """
    if not text.strip():
        raise FormError({"text": (N_("Please write what the follow-up check found."), {})})
    async with transaction():
        row = await _locked(follow)
        check_sees(actor, row.division)
        action = "accept" if accepted else "return"
        if await repeated(actor, row, action):
            return
        score = await QuarterScore.objects().get(QuarterScore.id == row.score) if row.score else None
        if sentence := rules.why_not_check(score.confirmed_by if score else None, row.handed_in_by, actor.user):
            raise Refused(sentence)
        await note(actor, row.id, action, text, at)
        ended: dict[str, Any] = {"decided_by": actor.user, "decided_at": at, "outcome": "accepted"} if accepted else {}
        await move(actor, row, action, at, data={"kind": row.kind, "holds": row.holds}, **ended)
        await settle(actor, CHECK, row.id, at, evidence=f"score_follow.{'accepted' if accepted else 'returned'}")
        if not accepted:
            due = end_of_working_day(at, rules.CHECK_DAYS, await current_calendar())
            await ScoreFollow.update({"due_at": due}).where(ScoreFollow.id == row.id)
            await watch_follow(row, RECTIFY, "", due, at)
        elif score is not None and row.holds:
            await life_hooks.happened("rectified", actor, score, at)
        kind = "rectify_accepted" if accepted else "rectify_returned"
        await tell_provider(row.organization, kind, f"/my-rectifications/{row.id}", number=row.number)


async def note(actor: Actor, subject: UUID, event: str, text: str, at: datetime) -> None:
    """Keep what a person wrote with a step, sealed."""
    key = uuid4()
    await ScoreNote(
        id=key, subject=subject, event=event, text_enc=seal("score_note", "text_enc", key, text),
        written_by=actor.user, at=at,
    ).save()  # fmt: skip


async def _locked(follow: UUID) -> ScoreFollow:
    row = await locked_row(ScoreFollow, follow)
    if row is None:
        raise NotYours
    found: ScoreFollow = row
    return found
