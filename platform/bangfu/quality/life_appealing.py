"""Appeals against single indicators: opened by the provider, facts by the township, decided by somebody who did not
score (DOMAIN.md 6.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError, NotYours, Refused, for_second_duty
from bangfu.quality import life_appeal_rules as rules
from bangfu.quality import life_hooks, snapshot
from bangfu.quality.freezing import refreeze
from bangfu.quality.gathering import gather
from bangfu.quality.life import revision_of
from bangfu.quality.life_correction_rules import Change, adopted, changes_of, check_times
from bangfu.quality.life_moves import carer_of, check_own, check_sees, locked, locked_row, move, repeated, seal
from bangfu.quality.life_rules import TOLD, why_not_decide
from bangfu.quality.life_tables import ScoreAppeal, ScoreCorrection
from bangfu.quality.life_telling import (
    DECIDE,
    FACTS,
    day_of,
    drop,
    settle,
    tell_office,
    tell_provider,
    watch_appeal,
)
from bangfu.quality.tables import QuarterScore
from bangfu.shared import audit, files
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked
from bangfu.shared.numbering import fresh_number
from bangfu.supervision.calendar import current_calendar, end_of_working_day

SUBJECT: Final = "score_appeal"
EVIDENCE, FACT_FILE, REVIEW_FILE = "evidence", "facts", "review"
MOST_FACTS: Final = 200
NOTHING_CHANGES: Final = N_("Nothing would change: say for at least one case how it is counted, or dismiss the appeal.")


@dataclass(frozen=True, slots=True)
class Objection:
    """What the provider says: the indicator, a code of the ground, the township (nine digits) that knows what
    happened, the frozen facts that it names, and words."""

    indicator: str
    ground: str
    township: str
    text: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a decision says about one named fact: a remedy of life_correction_rules; `visit` behind a window."""

    fact: str
    remedy: str
    visit: str = ""
    time: datetime | None = None


async def open_appeal(
    actor: Actor, key: UUID, score: UUID, said: Objection, evidence: Sequence[Looked], at: datetime
) -> UUID:
    """published_prelim (or appealed) -> appealed by the provider within its seven working days, with evidence.

    The same key again is the same appeal.

    Raises:
        NotYours: for another organisation's or caregiver's score, or one that is not published.
        FormError: naming what is missing. Refused: after the window, or for an indicator under appeal already.
    """
    async with transaction():
        row = await _own(actor, score)
        known = await ScoreAppeal.objects().get(ScoreAppeal.id == key)
        if known is not None:
            if known.score != row.id or known.opened_by != actor.user:
                raise NotYours
            return known.id
        _check_objection(said, evidence)
        if row.appeal_until is None or at > row.appeal_until:
            raise Refused(N_("The seven working days for objections are over: the score cannot be appealed any more."))
        await _check_once(row, said)
        await move(actor, row, "appeal", at, data={"indicator": said.indicator, "ground": said.ground})
        appeal = await _write(actor, key, row, said, at)
        for looked in evidence:
            await files.keep(actor, SUBJECT, key, EVIDENCE, looked, at)
        await watch_appeal(appeal, FACTS, appeal.facts_until, at)
        await watch_appeal(appeal, DECIDE, appeal.decide_until, at)
        href = f"/appeals/{key}"
        told: dict[str, object] = {"number": appeal.number, "day": day_of(appeal.facts_until)}
        await tell_office(said.township.ljust(12, "0"), "appeal_facts", href, "township_officer", **told)
        await tell_office(row.division, "appeal_opened", href, "bureau_officer", number=appeal.number)
        await life_hooks.happened("appealed", actor, row, at)
    return key


async def answer(actor: Actor, appeal: UUID, code: str, text: str, paper: Looked | None, at: datetime) -> None:
    """opened -> answered: the township says what happened; a late answer is still taken.

    Raises:
        NotYours: of another township. FormError: without the code and words. Refused: once it was decided.
    """
    async with transaction():
        row: ScoreAppeal = await locked_row(ScoreAppeal, appeal)
        check_sees(actor, row.township)
        if await repeated(actor, row, "answer"):
            return
        _check_words(("answer", code, rules.ANSWERS), ("answer_text", text))
        if paper is not None:
            await files.keep(actor, SUBJECT, row.id, FACT_FILE, paper, at)
        until = end_of_working_day(at, rules.DECIDE_DAYS, await current_calendar())
        await move(
            actor, row, "answer", at, data={"answer": code, "late": at > row.facts_until}, answer=code,
            answer_enc=seal(SUBJECT, "answer_enc", row.id, text), answered_by=actor.user, answered_at=at,
            decide_until=until,
        )  # fmt: skip
        await settle(actor, FACTS, row.id, at, evidence="score_appeal.answered")
        await watch_appeal(row, DECIDE, until, at)
        await tell_office(row.division, "appeal_answered", f"/appeals/{row.id}", "bureau_officer", number=row.number)


async def decide(
    actor: Actor, appeal: UUID, decision: str, text: str, remedies: Sequence[Remedy], at: datetime
) -> int | None:
    """opened (once the township is late) or answered -> decided, by an officer who did not confirm the score.

    What is upheld is put right by recorded corrections of the frozen facts, or stands already in the facts of their
    own feature (an excuse, a dispute); the facts are then frozen anew as the next revision.

    Returns:
        The revision that the decision made; None where it changed nothing.

    Raises:
        NotYours: of another division.
        Refused: for who scored or objected; before the township's time is over; when somebody decided meanwhile.
        FormError: without a decision or its reason.
    """
    async with transaction():
        row: ScoreAppeal = await locked_row(ScoreAppeal, appeal)
        check_sees(actor, row.division)
        if await repeated(actor, row, "decide"):
            return row.decided_revision
        score = await locked(row.score)
        if sentence := why_not_decide(score.confirmed_by, row.opened_by, actor.user):
            raise for_second_duty(Refused(sentence), "decide_appeal")
        rules.APPEAL_MACHINE.step(row.status, "decide")
        if row.status == "opened" and at <= row.facts_until:
            raise Refused(N_("The township has not answered yet; its time is not over."))
        _check_words(("decision", decision, rules.DECISIONS), ("decision_text", text))
        until = end_of_working_day(at, rules.ASK_DAYS, await current_calendar())
        await move(
            actor, row, "decide", at, data={"decision": decision, "indicator": row.indicator}, decision=decision,
            decision_enc=seal(SUBJECT, "decision_enc", row.id, text), decided_by=actor.user, decided_at=at,
            ask_until=until,
        )  # fmt: skip
        await settle(actor, DECIDE, row.id, at, evidence="score_appeal.decided")
        await drop(actor, FACTS, row.id, at, reason="")
        made = await put_right(actor, row, score, "appeal", remedies, at) if decision in rules.CHANGES else None
        if made is not None:
            await ScoreAppeal.update({"decided_revision": made}).where(ScoreAppeal.id == row.id)
        told: dict[str, object] = {"number": row.number, "day": day_of(until)}
        await tell_provider(
            row.organization, "appeal_decided", f"/my-scores/{row.score}/appeal", carer=score.carer, **told
        )
        return made


async def withdraw(actor: Actor, appeal: UUID, at: datetime) -> None:
    """opened or answered -> withdrawn by the provider.

    Raises:
        NotYours: for another organisation's.
    """
    async with transaction():
        row: ScoreAppeal = await locked_row(ScoreAppeal, appeal)
        check_own(actor, row.organization, await carer_of(row.score))
        if await repeated(actor, row, "withdraw"):
            return
        await move(actor, row, "withdraw", at, data={"indicator": row.indicator}, withdrawn_at=at)
        for kind in (FACTS, DECIDE):
            await drop(actor, kind, row.id, at, reason="")


async def put_right(
    actor: Actor, appeal: ScoreAppeal, score: QuarterScore, reason: str, remedies: Sequence[Remedy], at: datetime
) -> int:
    """Record the corrections (what the features' own acts put right since, and what the decision says of single facts)
    and freeze the facts anew.

    Returns:
        The next revision.

    Raises:
        Refused: for a remedy that the indicator does not know, or times that cannot be.
        FormError: where nothing would change: an appeal is not upheld in words alone.
    """
    facts = snapshot.read((await revision_of(score)).facts)
    now = await gather(score.kind, score.subject, score.year, score.quarter, at)
    found: list[Change] = adopted(facts, now, appeal.facts)
    for each in remedies:
        found += changes_of(facts, each.remedy, each.fact, each.visit, each.time)
    if sentence := check_times(found, facts):
        raise Refused(sentence)
    if not found and score.revision == appeal.revision:
        raise FormError({"decision": (NOTHING_CHANGES, {})})
    for place, change in enumerate(found):
        await ScoreCorrection(
            id=uuid4(), score=score.id, appeal=appeal.id, place=place, fact_kind=change.fact_kind, fact=change.fact,
            field=change.field, before=change.before[:48], after=change.after[:48], made_by=actor.user, made_at=at,
        ).save()  # fmt: skip
    made = await refreeze(actor, score.id, reason, at)
    await life_hooks.happened("revised", actor, await locked(score.id), at)
    return made


async def _own(actor: Actor, score: UUID) -> QuarterScore:
    found = await QuarterScore.objects().get(QuarterScore.id == score)
    if found is None or found.status not in TOLD:
        raise NotYours
    check_own(actor, found.organization, found.carer)
    await audit.hold(found.division)
    return await locked(score)


async def _write(actor: Actor, key: UUID, row: QuarterScore, said: Objection, at: datetime) -> ScoreAppeal:
    calendar = await current_calendar()
    facts_until = end_of_working_day(at, rules.FACT_DAYS, calendar)
    appeal = ScoreAppeal(
        id=key, number=await fresh_number(ScoreAppeal), score=row.id, revision=row.revision,
        organization=row.organization, division=row.division, township=said.township, indicator=said.indicator,
        ground=said.ground, facts=list(said.facts[:MOST_FACTS]), text_enc=seal(SUBJECT, "text_enc", key, said.text),
        opened_by=actor.user, opened_at=at, facts_until=facts_until,
        decide_until=end_of_working_day(at, rules.FACT_DAYS + rules.DECIDE_DAYS, calendar),
    )  # fmt: skip
    await appeal.save()
    await audit.record(
        actor, "score_appeal.opened", SUBJECT, key, division=row.division,
        data={
            "number": appeal.number, "score": str(row.id), "indicator": said.indicator, "ground": said.ground,
            "facts": len(said.facts), "until": facts_until.isoformat(),
        },
        at=at,
    )  # fmt: skip
    return appeal


async def _check_once(row: QuarterScore, said: Objection) -> None:
    same = (
        (ScoreAppeal.score == row.id) & (ScoreAppeal.indicator == said.indicator)
        & (ScoreAppeal.township == said.township) & (ScoreAppeal.status != "withdrawn")
    )  # fmt: skip
    if await ScoreAppeal.exists().where(same):
        raise Refused(N_("This indicator is appealed already; each one is decided once."))


def _check_objection(said: Objection, evidence: Sequence[Looked]) -> None:
    faults: dict[str, tuple[str, Mapping[str, object]]] = {}
    if said.indicator not in rules.INDICATORS:
        faults["indicator"] = (N_("Please choose one of the list."), {})
    if said.ground not in rules.GROUNDS:
        faults["ground"] = (N_("Please choose a reason."), {})
    if not said.township:
        faults["township"] = (N_("Please choose one of the list."), {})
    if not said.text.strip():
        faults["text"] = (N_("Please say why in a few words."), {})
    if not evidence:
        faults["file"] = (N_("Please choose the file that shows it."), {})
    if faults:
        raise FormError(faults)


def _check_words(choice: tuple[str, str, Sequence[str]], words: tuple[str, str]) -> None:
    faults: dict[str, Any] = {}
    name, code, codes = choice
    if code not in codes:
        faults[name] = (N_("Please choose one of the list."), {})
    if not words[1].strip():
        faults[words[0]] = (N_("Please say why in a few words."), {})
    if faults:
        raise FormError(faults)
