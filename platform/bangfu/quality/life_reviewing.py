"""The one review of a decided appeal, by the city's bureau or a third party; what it says stands (DOMAIN.md 6.6)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bangfu.errors import N_, FormError, NotAllowed, Refused, for_second_duty
from bangfu.providers.register import assessor_conflict
from bangfu.quality import life_appeal_rules as rules
from bangfu.quality.life_appealing import REVIEW_FILE, SUBJECT, Remedy, put_right
from bangfu.quality.life_moves import carer_of, check_own, check_sees, locked, locked_row, move, repeated, seal
from bangfu.quality.life_rules import why_not_decide
from bangfu.quality.life_tables import ScoreAppeal
from bangfu.quality.life_telling import REVIEW, day_of, settle, tell_office, tell_provider, watch_appeal
from bangfu.quality.tables import QuarterScore
from bangfu.shared import files
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.supervision.calendar import current_calendar, end_of_working_day


async def ask_review(actor: Actor, appeal: UUID, text: str, at: datetime) -> None:
    """decided -> review_asked by the provider within seven working days; there is one review.

    Raises:
        NotYours: for another organisation's. FormError: without words. Refused: too late.
    """
    async with transaction():
        row: ScoreAppeal = await locked_row(ScoreAppeal, appeal)
        check_own(actor, row.organization, await carer_of(row.score))
        if await repeated(actor, row, "ask_review"):
            return
        rules.APPEAL_MACHINE.step(row.status, "ask_review")
        if not text.strip():
            raise FormError({"review_text": (N_("Please say why in a few words."), {})})
        if row.ask_until is not None and at > row.ask_until:
            raise Refused(N_("The time to ask for a review is over: the decision stands."))
        until = end_of_working_day(at, rules.REVIEW_DAYS, await current_calendar())
        await move(
            actor, row, "ask_review", at, data={"until": until.isoformat()}, asked_by=actor.user, asked_at=at,
            asked_enc=seal(SUBJECT, "asked_enc", row.id, text), review_until=until,
        )  # fmt: skip
        await watch_appeal(row, REVIEW, until, at)
        told: dict[str, object] = {"number": row.number, "day": day_of(until)}
        href = f"/appeals/{row.id}"
        await tell_office(row.division, "appeal_review", href, "bureau_officer", "assessor", **told)


async def review(
    actor: Actor, appeal: UUID, decision: str, text: str, remedies: Sequence[Remedy], paper: Looked | None, at: datetime
) -> int | None:
    """review_asked -> reviewed by an officer of the city's bureau, or by an assessor without a tie (third party), who
    took no part before. The last word: nothing but the courts comes after.

    Returns:
        The revision that the review made; None where it changed nothing.

    Raises:
        NotYours, NotAllowed: of another division; for an officer of the county itself.
        Refused: for who scored, published or decided. FormError: without a decision or its reason.
    """
    async with transaction():
        row: ScoreAppeal = await locked_row(ScoreAppeal, appeal)
        check_sees(actor, row.division)
        if await repeated(actor, row, "review"):
            return row.reviewed_revision
        score = await locked(row.score)
        rules.APPEAL_MACHINE.step(row.status, "review")
        await check_reviewer(actor, row, score, at)
        _check(decision, text)
        if paper is not None:
            await files.keep(actor, SUBJECT, row.id, REVIEW_FILE, paper, at)
        await move(
            actor, row, "review", at, data={"decision": decision, "indicator": row.indicator}, review=decision,
            reviewer="city" if actor.has("bureau_officer") else "third_party",
            review_enc=seal(SUBJECT, "review_enc", row.id, text), reviewed_by=actor.user, reviewed_at=at,
        )  # fmt: skip
        await settle(actor, REVIEW, row.id, at, evidence="score_appeal.reviewed")
        made = await put_right(actor, row, score, "review", remedies, at) if decision in rules.CHANGES else None
        if made is not None:
            await ScoreAppeal.update({"reviewed_revision": made}).where(ScoreAppeal.id == row.id)
        await tell_provider(
            row.organization, "appeal_reviewed", f"/my-scores/{row.score}/appeal", carer=score.carer, number=row.number
        )
        return made


async def check_reviewer(actor: Actor, row: ScoreAppeal, score: QuarterScore, at: datetime) -> None:
    """Whether a person may review.

    Raises:
        NotAllowed: for an officer of the county. Refused: for who took part before, or has a tie to the provider.
    """
    if actor.has("bureau_officer") and not rules.reviews_for_city(actor.scope):
        raise NotAllowed(N_("The city's bureau or a third party reviews, not the county that decided."))
    if sentence := why_not_decide(score.confirmed_by, row.opened_by, actor.user):
        raise for_second_duty(Refused(sentence), "decide_appeal")
    if actor.user in {row.decided_by, score.published_by}:
        sentence = N_("You took part in this score before: somebody else reviews it.")
        raise for_second_duty(Refused(sentence), "decide_appeal")
    if actor.has("assessor") and actor.organization is not None and row.organization is not None:
        scorer = await _organization_of(score.confirmed_by)
        if scorer == actor.organization or await assessor_conflict(
            actor.organization, row.organization, civil_date(at)
        ):
            raise Refused(N_("Your organisation has a tie to this score: another third party reviews it."))


async def _organization_of(user: UUID | None) -> UUID | None:
    rows = await QuarterScore.raw("SELECT organization FROM app_user WHERE id = {}", user) if user else []
    return rows[0]["organization"] if rows else None


def _check(decision: str, text: str) -> None:
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    if decision not in rules.DECISIONS:
        faults["decision"] = (N_("Please choose one of the list."), {})
    if not text.strip():
        faults["decision_text"] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)
