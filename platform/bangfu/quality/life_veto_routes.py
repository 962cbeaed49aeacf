"""Pages of vetoes: proposed, heard and decided by the bureau, answered by the provider."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.contracts.reading import contract_for
from bangfu.errors import N_, FormError
from bangfu.quality import life_charging, life_veto_rules, life_vetoing
from bangfu.quality.life_charging import Charge
from bangfu.quality.life_open import over
from bangfu.quality.life_pages import LONGEST, acted, moment_of, posted_papers, tabs_at
from bangfu.quality.life_reading import file_of, is_township, own, seen, vetoes_for
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page
from bangfu.visits.tables import Visit

_ONE: Final = "/vetoes/{veto:uuid}"
_OWN: Final = "/my-vetoes/{veto:uuid}"
_NEW: Final = "/vetoes/new/{contract:uuid}"
TABLE: Final = "score_veto"


@get("/vetoes", guards=[requires("quality.read")])
async def list_vetoes(request: Request) -> Page:
    """The vetoes of the area."""
    status = "all" if request.query_params.get("status") == "all" else "open"
    rows = await vetoes_for(request.actor, "" if status == "all" else "open")
    return await page(request, "quality/life/vetoes.html", rows=rows, state=status, tabs=tabs_at("/vetoes"))


@get(_NEW, guards=[requires("quality.follow")])
async def new_veto(request: Request, contract: FromPath[UUID]) -> Page:
    """The form of a proposal about one contract."""
    return await _form(request, contract, None, None)


@post(_NEW, guards=[requires("quality.follow")], status_code=200)
async def propose(request: Request, contract: FromPath[UUID]) -> Page:
    """Propose a veto with what speaks for it."""
    await contract_for(request.actor, contract)
    key = uuid4()

    async def act(form: Form, at: datetime, posted: Any) -> None:
        nonlocal key
        ground, text = form.choice("ground", life_veto_rules.GROUNDS), form.text("text", most=LONGEST)
        quarter = form.choice("quarter", [code for code, _ in _quarters()])
        visits = await _visits(form, contract)
        papers = await posted_papers(posted)
        form.check()
        key = form.uuid("key") or key
        year, _, number = quarter.partition("Q")
        charge = Charge(
            "contract", contract, int(year), int(number), ground, text, visits=tuple(visits),
            crime=form.yes("crime"), evidence=tuple(papers),
        )  # fmt: skip
        key = await life_charging.propose(request.actor, key, charge, at)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _form(request, contract, form, error)

    answer = await acted(request, act, show, N_("The veto is proposed; next the hearing is set."), "/vetoes")
    if answer.status_code == 303:
        answer.headers["Location"] = f"/vetoes/{key}"
    return answer


async def _visits(form: Form, contract: UUID) -> list[UUID]:
    """The visits that the form names by their numbers, of this contract."""
    text = form.text("visits", required=False, most=2000)
    numbers = [each for each in text.replace("，", " ").replace(",", " ").replace("、", " ").split() if each]
    if not numbers:
        return []
    rows = await Visit.raw(
        "SELECT v.id, v.number FROM visit v JOIN contract_line l ON l.id = v.contract_line WHERE l.contract = {}"
        " AND v.number = ANY({}::text[])",
        contract, numbers,
    )  # fmt: skip
    unknown = sorted(set(numbers) - {row["number"] for row in rows})
    if unknown:
        form.fault("visits", N_("No visit of this contract has the number {number}."), number=unknown[0])
    return [row["id"] for row in rows]


def _quarters() -> list[tuple[str, str]]:
    """This quarter and the four before it, as 2026Q3."""
    today = civil_date(now())
    return [(text, text) for year, n in [quarter_of(today), *over(today, 4)] if (text := f"{year}Q{n}")]


async def _form(request: Request, contract: UUID, form: Form | None, error: FormError | None) -> Page:
    return await page(
        request, "quality/life/veto_new.html", 422 if error else 200, c=await contract_for(request.actor, contract),
        form=form or {"key": str(uuid4())}, errors=error_texts(error.fields) if error else {}, quarters=_quarters(),
        grounds=life_veto_rules.GROUNDS,
    )  # fmt: skip


@get(_ONE, guards=[requires("quality.read")])
async def show_veto(request: Request, veto: FromPath[UUID]) -> Page:
    """One veto: the charge, the hearing, the decision."""
    return await _show(request, veto, None, None)


async def _show(request: Request, veto: UUID, form: Form | None, error: FormError | None) -> Page:
    actor = request.actor
    row = await seen(actor, TABLE, veto)
    officer = allows(actor.roles, "quality.follow") and not is_township(actor)
    return await page(
        request, "quality/life/veto.html", 422 if error else 200, v=row, at=now(), form=form or {},
        errors=error_texts(error.fields) if error else {}, tabs=tabs_at("/vetoes"), visits=await _named(row),
        may_summon=officer and row["status"] in {"proposed", "summoned"},
        may_hear=officer and row["status"] == "summoned" and row["hearing_at"] is not None
        and row["hearing_at"] <= now(),
        may_decide=allows(actor.roles, "quality.veto") and row["status"] in life_veto_rules.OPEN,
    )  # fmt: skip


async def _named(row: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await Visit.raw(
        "SELECT id, number, planned_start FROM visit WHERE id = ANY({}::uuid[]) ORDER BY planned_start, id",
        list(row["visits"]),
    )
    return rows


@post(f"{_ONE}/summon", guards=[requires("quality.follow")], status_code=200)
async def summon(request: Request, veto: FromPath[UUID]) -> Page:
    """Set the hearing."""
    await seen(request.actor, TABLE, veto)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        form.text("hearing")
        hearing, place = moment_of(form, "hearing"), form.text("place")
        form.check()
        assert hearing is not None  # noqa: S101 (checked with the form)
        await life_vetoing.summon(request.actor, veto, hearing, place, at)

    return await _act(request, veto, act, N_("The hearing is set; the provider was told."))


@post(f"{_ONE}/hear", guards=[requires("quality.follow")], status_code=200)
async def hear(request: Request, veto: FromPath[UUID]) -> Page:
    """Record the hearing."""
    await seen(request.actor, TABLE, veto)

    async def act(form: Form, at: datetime, posted: Any) -> None:
        minutes = form.text("minutes", most=LONGEST)
        form.check()
        paper = await posted_scan(posted)
        await life_vetoing.hear(request.actor, veto, minutes, form.yes("absent"), paper, at)

    return await _act(request, veto, act, N_("The hearing is recorded; the lead decides."))


@post(f"{_ONE}/decide", guards=[requires("quality.veto")], status_code=200)
async def decide(request: Request, veto: FromPath[UUID]) -> Page:
    """The lead confirms or dismisses."""
    await seen(request.actor, TABLE, veto)

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        code, text = form.choice("decision", ("confirm", "dismiss")), form.text("text", most=LONGEST)
        form.check()
        await life_vetoing.decide(request.actor, veto, code == "confirm", text, at)

    return await _act(request, veto, act, N_("The decision is recorded; the provider was told."))


async def _act(request: Request, veto: UUID, act: Any, done: str) -> Page:
    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _show(request, veto, form, error)

    return await acted(request, act, show, done, f"/vetoes/{veto}")


@get(f"{_ONE}/files/{{file:uuid}}", guards=[requires("quality.read")])
async def veto_file(request: Request, veto: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A file of a veto."""
    await seen(request.actor, TABLE, veto)
    return file_answer(await file_of(TABLE, veto, file))


@get(_OWN, guards=[requires("quality.own")])
async def own_veto(request: Request, veto: FromPath[UUID]) -> Page:
    """What is held against the provider, when it is heard, and its answer."""
    return await _own(request, veto, None, None)


async def _own(request: Request, veto: UUID, form: Form | None, error: FormError | None) -> Page:
    row = await own(request.actor, TABLE, veto)
    return await page(
        request, "quality/life/my_veto.html", 422 if error else 200, v=row, at=now(), form=form or {},
        errors=error_texts(error.fields) if error else {}, visits=await _named(row),
    )  # fmt: skip


@post(_OWN, guards=[requires("quality.own")], status_code=200)
async def defend(request: Request, veto: FromPath[UUID]) -> Page:
    """Answer in writing."""
    await own(request.actor, TABLE, veto)

    async def act(form: Form, at: datetime, posted: Any) -> None:
        text = form.text("text", most=LONGEST)
        form.check()
        await life_vetoing.defend(request.actor, veto, text, await posted_papers(posted), at)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _own(request, veto, form, error)

    return await acted(request, act, show, N_("Your answer is handed in."), f"/my-vetoes/{veto}")


@get(f"{_OWN}/files/{{file:uuid}}", guards=[requires("quality.own")])
async def own_veto_file(request: Request, veto: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A file of an own veto."""
    await own(request.actor, TABLE, veto)
    return file_answer(await file_of(TABLE, veto, file))


ROUTES: list[Any] = [
    list_vetoes, new_veto, propose, show_veto, summon, hear, decide, veto_file, own_veto, defend, own_veto_file,
]  # fmt: skip
