"""Pages of appeals: the list with its clocks, one appeal for the offices, and the provider's objection page."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.quality import life_appeal_rules, life_appealing, life_reviewing, snapshot
from bangfu.quality.counting import count
from bangfu.quality.life import revision_of
from bangfu.quality.life_appealing import Objection, Remedy
from bangfu.quality.life_candidates import Case, cases_of, named_cases, townships_of
from bangfu.quality.life_correction_rules import TIMED
from bangfu.quality.life_history import revisions_since
from bangfu.quality.life_pages import LONGEST, acted, moment_of, posted_papers, tabs_at
from bangfu.quality.life_reading import appeals_for, clock_of, file_of, is_township, of_score, own, own_score, seen
from bangfu.quality.tables import QuarterScore
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page

_ONE: Final = "/appeals/{appeal:uuid}"
_MINE: Final = "/my-scores/{score:uuid}/appeal"
_OWN: Final = "/my-appeals/{appeal:uuid}"
TABLE: Final = "score_appeal"


@get("/appeals", guards=[requires("quality.read")])
async def list_appeals(request: Request) -> Page:
    """The objections of the area with what is due next and until when."""
    status = request.query_params.get("status", "open")
    status = status if status in {*life_appeal_rules.APPEAL_STATES, "open", "all"} else "open"
    rows = await appeals_for(request.actor, "" if status == "all" else status)
    return await page(
        request, "quality/life/appeals.html", rows=[{**row, "clock": clock_of(row)} for row in rows], state=status,
        at=now(), tabs=tabs_at("/appeals"), states=life_appeal_rules.APPEAL_STATES,
    )  # fmt: skip


@get(_ONE, guards=[requires("quality.read")])
async def show_appeal(request: Request, appeal: FromPath[UUID]) -> Page:
    """One appeal: what is said, what the facts are, who decides until when."""
    return await _show(request, appeal, None, None)


async def _show(request: Request, appeal: UUID, form: Form | None, error: FormError | None) -> Page:
    actor = request.actor
    row = await seen(actor, TABLE, appeal)
    score = await _score(row["score"])
    facts = snapshot.read((await revision_of(score)).facts)
    officer = allows(actor.roles, "quality.decide") and not is_township(actor)
    city = officer and life_appeal_rules.reviews_for_city(actor.scope)
    third = actor.has("assessor")
    mine = actor.user in {row["confirmed_by"], row["opened_by"]}
    late = row["facts_until"] < now()
    return await page(
        request, "quality/life/appeal.html", 422 if error else 200, a=row, score=score, at=now(), form=form or {},
        errors=error_texts(error.fields) if error else {}, clock=clock_of(row), officer=officer, mine=mine, late=late,
        cases=await named_cases(facts, row["indicator"], row["facts"]),
        may_answer=allows(actor.roles, "quality.facts") and row["status"] == "opened",
        may_decide=officer and not mine and (row["status"] == "answered" or (row["status"] == "opened" and late)),
        may_review=(city or third) and not mine and row["status"] == "review_asked"
        and actor.user not in {row["decided_by"], score.published_by},
        history=await revisions_since(score, row["revision"]), tabs=tabs_at("/appeals"),
    )  # fmt: skip


@post(f"{_ONE}/answer", guards=[requires("quality.facts")], status_code=200)
async def answer(request: Request, appeal: FromPath[UUID]) -> Page:
    """The township states the facts."""
    await seen(request.actor, TABLE, appeal)

    async def act(form: Form, at: datetime, posted: Any) -> None:
        code, text = form.choice("answer", life_appeal_rules.ANSWERS), form.text("answer_text", most=LONGEST)
        form.check()
        await life_appealing.answer(request.actor, appeal, code, text, await posted_scan(posted), at)

    return await _act(request, appeal, act, N_("The facts are stated; the bureau decides."))


@post(f"{_ONE}/decide", guards=[requires("quality.decide")], status_code=200)
async def decide(request: Request, appeal: FromPath[UUID]) -> Page:
    """The bureau decides, and says what of the facts is put right."""
    row = await seen(request.actor, TABLE, appeal)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        code, text = form.choice("decision", life_appeal_rules.DECISIONS), form.text("decision_text", most=LONGEST)
        remedies = await _remedies(form, row)
        form.check()
        await life_appealing.decide(request.actor, appeal, code, text, remedies, at)

    return await _act(request, appeal, act, N_("The appeal is decided; the provider was told."))


@post(f"{_ONE}/review", guards=[requires("quality.review")], status_code=200)
async def review(request: Request, appeal: FromPath[UUID]) -> Page:
    """The city's bureau or a third party reviews."""
    row = await seen(request.actor, TABLE, appeal)

    async def act(form: Form, at: datetime, posted: Any) -> None:
        code, text = form.choice("decision", life_appeal_rules.DECISIONS), form.text("decision_text", most=LONGEST)
        remedies = await _remedies(form, row)
        form.check()
        paper = await posted_scan(posted)
        await life_reviewing.review(request.actor, appeal, code, text, remedies, paper, at)

    return await _act(request, appeal, act, N_("The review is decided; the provider was told."))


async def _act(request: Request, appeal: UUID, act: Any, done: str) -> Page:
    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _show(request, appeal, form, error)

    return await acted(request, act, show, done, f"/appeals/{appeal}")


async def _remedies(form: Form, row: dict[str, Any]) -> list[Remedy]:
    """What the form says of each case: `remedy_<n>` and, for another time, `time_<n>`."""
    score = await _score(row["score"])
    facts = snapshot.read((await revision_of(score)).facts)
    found = []
    for n, case in enumerate(await named_cases(facts, row["indicator"], row["facts"])):
        remedy = form.choice(f"remedy_{n}", case.remedies, required=False)
        if not remedy or remedy not in case.remedies:
            continue
        time = moment_of(form, f"time_{n}") if remedy in TIMED else None
        if remedy in TIMED and time is None:
            form.fault(f"time_{n}", N_("Please enter the day."))
        found.append(Remedy(case.id, remedy, case.visit, time))
    return found


@get(f"{_ONE}/files/{{file:uuid}}", guards=[requires("quality.read")])
async def appeal_file(request: Request, appeal: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A piece of evidence."""
    await seen(request.actor, TABLE, appeal)
    return file_answer(await file_of(TABLE, appeal, file))


@get(_MINE, guards=[requires("quality.own_score")])
async def own_appeals(request: Request, score: FromPath[UUID]) -> Page:
    """The provider's objection page: what was decided, and the form for each indicator."""
    return await _own(request, score, None, None)


@post(_MINE, guards=[requires("quality.own_score")], status_code=200)
async def object_to(request: Request, score: FromPath[UUID]) -> Page:
    """Object to one indicator."""
    row = await own_score(request.actor, score)

    async def act(form: Form, at: datetime, posted: Any) -> None:
        indicator = form.choice("indicator", life_appeal_rules.INDICATORS)
        ground = form.choice("ground", life_appeal_rules.GROUNDS)
        township, text = form.choice("township", await _codes(row)), form.text("text", most=LONGEST)
        papers = await posted_papers(posted)
        if not papers:
            form.fault("file", N_("Please choose the file that shows it."))
        form.check()
        said = Objection(indicator, ground, township, text, tuple(form.many("facts")))
        await life_appealing.open_appeal(request.actor, form.uuid("key") or uuid4(), score, said, papers, at)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _own(request, score, form, error)

    done = N_("Your objection is handed in; the township states the facts first.")
    return await acted(request, act, show, done, f"/my-scores/{score}/appeal")


async def _codes(row: QuarterScore) -> list[str]:
    return [code for code, _ in await townships_of(row)]


async def _own(request: Request, score: UUID, form: Form | None, error: FormError | None) -> Page:
    row = await own_score(request.actor, score)
    revision = await revision_of(row)
    at = now()
    asked = form.get("indicator", "") if form is not None else request.query_params.get("indicator", "")
    indicator = asked if asked in life_appeal_rules.INDICATORS else ""
    facts = snapshot.read(revision.facts)
    cases: list[Case] = await cases_of(facts, indicator) if indicator else []
    open_now = (
        row.status in {"published_prelim", "appealed"} and row.appeal_until is not None and at <= row.appeal_until
    )
    tallies = count(facts).tallies
    return await page(
        request, "quality/life/my_appeal.html", 422 if error else 200, s=row, r=revision, at=at, open_now=open_now,
        appeals=[{**each, "clock": clock_of(each)} for each in await of_score(TABLE, score)], indicator=indicator,
        indicators=[(code, len(tallies[code].hits), len(tallies[code].denominator)) for code in tallies],
        grounds=life_appeal_rules.LIKELY.get(indicator, ()), cases=cases, townships=await townships_of(row),
        form=form or {}, chosen=form.many("facts") if form is not None else [],
        errors=error_texts(error.fields) if error else {}, key=str(uuid4()),
        history=await revisions_since(row, 1),
    )  # fmt: skip


@post(f"{_OWN}/withdraw", guards=[requires("quality.own_score")], status_code=200)
async def withdraw(request: Request, appeal: FromPath[UUID]) -> Page:
    """Take an objection back."""
    row = await own(request.actor, TABLE, appeal)

    async def act(_form: Form, at: datetime, _posted: Any) -> None:
        await life_appealing.withdraw(request.actor, appeal, at)

    return await _own_act(request, row, act, N_("The objection is withdrawn."))


@post(f"{_OWN}/ask-review", guards=[requires("quality.own_score")], status_code=200)
async def ask_review(request: Request, appeal: FromPath[UUID]) -> Page:
    """Ask for the one review of a decision."""
    row = await own(request.actor, TABLE, appeal)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text("review_text", most=LONGEST)
        form.check()
        await life_reviewing.ask_review(request.actor, appeal, text, at)

    return await _own_act(request, row, act, N_("The review is asked for."))


async def _own_act(request: Request, row: dict[str, Any], act: Any, done: str) -> Page:
    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _own(request, row["score"], form, error)

    return await acted(request, act, show, done, f"/my-scores/{row['score']}/appeal")


@get(f"{_OWN}/files/{{file:uuid}}", guards=[requires("quality.own_score")])
async def own_appeal_file(request: Request, appeal: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A piece of evidence of an own appeal."""
    await own(request.actor, TABLE, appeal)
    return file_answer(await file_of(TABLE, appeal, file))


async def _score(score: UUID) -> QuarterScore:
    found = await QuarterScore.objects().get(QuarterScore.id == score)
    assert found is not None  # noqa: S101 (a foreign key sees to it)
    return found


ROUTES: list[Any] = [
    list_appeals, show_appeal, answer, decide, review, appeal_file, own_appeals, object_to, withdraw, ask_review,
    own_appeal_file,
]  # fmt: skip
