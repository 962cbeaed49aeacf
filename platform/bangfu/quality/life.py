"""A score from frozen to final: confirmed by one person, published by another, final by the clock (DOMAIN.md 8.9)."""

from datetime import datetime
from uuid import UUID

from bangfu.errors import N_, FormError, Refused, for_second_duty
from bangfu.providers.register import assessor_conflict
from bangfu.quality import life_facts, life_hooks, snapshot
from bangfu.quality.freezing import refreeze
from bangfu.quality.life_appeal_rules import ENDED
from bangfu.quality.life_following import follow_up, note
from bangfu.quality.life_moves import after_quarter, check_sees, locked, move, repeated
from bangfu.quality.life_rules import APPEAL_DAYS, PUBLISH_DAYS, enough_checks, why_not_publish
from bangfu.quality.life_tables import ScoreAppeal
from bangfu.quality.life_telling import PUBLISH, day_of, settle, tell_office, tell_provider, watch_publish
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.supervision.calendar import current_calendar, end_of_working_day

LONGEST = 2000


async def revision_of(score: QuarterScore, number: int | None = None) -> ScoreRevision:
    """The revision of a score that counts now, or another one.

    Raises:
        Refused: if there is none: nothing was frozen.
    """
    wanted = score.revision if number is None else number
    found: ScoreRevision | None = await ScoreRevision.objects().get(
        (ScoreRevision.score == score.id) & (ScoreRevision.revision == wanted)
    )
    if found is None:
        raise Refused(N_("The facts of this quarter are not frozen yet."))
    return found


def checks_of(revision: ScoreRevision) -> tuple[int, int]:
    """Spot checks done (passed or failed) and required, as frozen."""
    facts = snapshot.read(revision.facts)
    return sum(check.result in {"pass", "fail"} for check in facts.checks), facts.checks_required


async def begun(score: UUID, at: datetime) -> None:
    """What follows when a quarter was frozen: the clock of its publication, and the word to who scores. Joins the
    caller's transaction."""
    row = await locked(score)
    await watch_publish(row, after_quarter(row.year, row.quarter, PUBLISH_DAYS, await current_calendar()), at)
    await tell_office(
        row.division, "score_frozen", f"/scores/{row.id}", "assessor", "bureau_officer", number=row.number,
        quarter=f"{row.year}Q{row.quarter}",
    )  # fmt: skip


async def confirm(actor: Actor, score: UUID, at: datetime, revision: int | None = None) -> None:
    """frozen -> scored by an assessor or a bureau officer: the arithmetic and the facts behind it were looked at.

    Args:
        revision: what the person saw; another one by now is refused.

    Raises:
        NotYours, NotAllowed, Refused: of another division, for other roles; with fewer checks than required, for an
            assessor's body with a tie to the provider, or when the facts were counted anew meanwhile.
    """
    async with transaction():
        row = await _entered(actor, score)
        if await repeated(actor, row, "confirm"):
            return
        if revision is not None and revision != row.revision:
            raise Refused(N_("The facts were counted anew meanwhile. Please look at them again."))
        done, required = checks_of(await revision_of(row))
        if not enough_checks(done, required):
            raise Refused(
                N_("{done} of {required} spot checks are done: the quarter cannot be closed yet."),
                done=done, required=required,
            )  # fmt: skip
        await _check_independent(actor, row, at)
        await move(
            actor, row, "confirm", at, data={"revision": row.revision, "checks": done, "required": required},
            confirmed_by=actor.user, confirmed_at=at,
        )  # fmt: skip
        await tell_office(row.division, "score_to_publish", f"/scores/{row.id}", "bureau_officer", number=row.number)


async def recount(actor: Actor, score: UUID, at: datetime) -> int:
    """Gather the facts anew before anybody has confirmed them (checks were missing, say): the next revision.

    Returns:
        The revision that counts now.
    """
    async with transaction():
        row = await _entered(actor, score)
        await move(actor, row, "recount", at, data={"revision": row.revision})
        return await refreeze(actor, row.id, "correction", at)


async def give_back(actor: Actor, score: UUID, text: str, at: datetime) -> None:
    """scored -> frozen by another officer, with what is wrong; who confirmed it hears of it.

    Raises:
        FormError: without a reason.
    """
    if not text.strip():
        raise FormError({"return_text": (N_("Please say why in a few words."), {})})
    async with transaction():
        row = await _entered(actor, score)
        if await repeated(actor, row, "return"):
            return
        if sentence := why_not_publish(row.confirmed_by, actor.user):
            raise for_second_duty(Refused(sentence), "publish")
        await note(actor, row.id, "return", text, at)
        await move(actor, row, "return", at, confirmed_by=None, confirmed_at=None)
        await tell_office(
            row.division, "score_returned", f"/scores/{row.id}", "assessor", "bureau_officer", number=row.number
        )


async def publish(actor: Actor, score: UUID, at: datetime) -> datetime:
    """scored -> published_prelim by an officer who did not confirm it: the provider has seven working days to object.

    Returns:
        Until when it may object.

    Raises:
        Refused: for who confirmed it.
    """
    async with transaction():
        row = await _entered(actor, score)
        if await repeated(actor, row, "publish") and row.appeal_until is not None:
            return row.appeal_until
        if sentence := why_not_publish(row.confirmed_by, actor.user):
            raise for_second_duty(Refused(sentence), "publish")
        until = end_of_working_day(at, APPEAL_DAYS, await current_calendar())
        await move(
            actor, row, "publish", at, data={"revision": row.revision, "until": until.isoformat()},
            published_by=actor.user, published_at=at, appeal_until=until,
        )  # fmt: skip
        await settle(actor, PUBLISH, row.id, at, evidence="quarter_score.published")
        await tell_provider(
            row.organization,
            "score_published",
            f"/my-scores/{row.id}",
            carer=row.carer,
            number=row.number,
            day=day_of(until),
        )
        await life_hooks.happened("published_prelim", actor, row, at)
        return until


async def finish(score: UUID, at: datetime) -> bool:
    """published_prelim or appealed -> final by the clock; what a band brings follows by itself.

    What became of visits that were disputed when the facts were frozen, or since, is frozen first as one more revision:
    it frees or drops what was held of them.

    Returns:
        False while the window is open, an appeal is not settled, or a visit is still disputed.
    """
    async with transaction():
        row = await _entered(SYSTEM, score)
        if row.status not in {"published_prelim", "appealed"} or row.appeal_until is None or at <= row.appeal_until:
            return False
        if await _open_appeals(row, at) or await _in_doubt(row):
            return False
        if await refreeze(SYSTEM, row.id, "dispute", at) != row.revision:
            row = await locked(row.id)
            await life_hooks.happened("revised", SYSTEM, row, at)
        await move(SYSTEM, row, "finish", at, data={"revision": row.revision}, final_at=at)
        await life_hooks.happened("final", SYSTEM, row, at)
        await follow_up(row, await revision_of(row), at)
        await tell_provider(row.organization, "score_final", f"/my-scores/{row.id}", carer=row.carer, number=row.number)
        return True


async def revise(actor: Actor, row: QuarterScore, reason: str, at: datetime) -> int:
    """Freeze a locked score's facts anew (appeal, review, veto): the next revision, and what it brings if it was final.

    Returns:
        The revision that counts now.
    """
    number = await refreeze(actor, row.id, reason, at)
    row = await locked(row.id)
    await life_hooks.happened("revised", actor, row, at)
    if row.status == "final":
        await follow_up(row, await revision_of(row), at)
    return number


async def _entered(actor: Actor, score: UUID) -> QuarterScore:
    found = await QuarterScore.objects().get(QuarterScore.id == score)
    check_sees(actor, found.division if found is not None else "")
    await audit.hold(found.division if found is not None else "")
    return await locked(score)


async def _open_appeals(row: QuarterScore, at: datetime) -> bool:
    """Whether an appeal waits for somebody: decided ones only while the provider may still ask for the review."""
    appeals = await ScoreAppeal.objects().where(ScoreAppeal.score == row.id)
    return any(
        each.status not in ENDED
        and not (each.status == "decided" and each.ask_until is not None and each.ask_until < at)
        for each in appeals
    )


async def _in_doubt(row: QuarterScore) -> bool:
    return await life_facts.in_doubt(snapshot.read((await revision_of(row)).facts))


async def _check_independent(actor: Actor, row: QuarterScore, at: datetime) -> None:
    """An assessor's body had no contract with the provider within twelve months (DOMAIN.md 8.11)."""
    if not actor.has("assessor") or row.organization is None or actor.organization is None:
        return
    if await assessor_conflict(actor.organization, row.organization, civil_date(at)):
        raise Refused(N_("Your organisation has a tie to this provider: somebody else assesses it."))
