"""The office's pages: spot checks of the area, one check with its draw, contracts' figures, objections."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households.reading import note_read
from bangfu.households.timeline import events_of, shown
from bangfu.oversight import check_appeals, check_queries, check_replacing, check_reporting, draws
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_facts import period_of
from bangfu.shared import files, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import quarter_of
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.quarters import period_words
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

READ = [requires("checks.read")]
DECIDE = [requires("checks.decide")]
_ONE = "/checks/{check:uuid}"
Act = Callable[[Form], Awaitable[str]]


@get("/checks", guards=READ)
async def list_checks(request: Request) -> Page:
    """Spot checks of the area, what is due first."""
    given = {name: request.query_params.get(name, "").strip()[:64] for name in check_queries.NAMES}
    number = page_number(request.query_params.get("page"))
    rows, total = await check_queries.listed(request.actor, given, now(), PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "oversight/checks/list.html", rows=rows, listing=ListPage(number, total, "/checks", given),
        filters=given, views=_views(request.actor), contracts=await check_queries.contracts_of(request.actor), at=now(),
        periods=[(period, period_words(period)) for period in await check_queries.periods_of(request.actor)],
        results=i18n.words_of("check_result"), due=[("late", i18n._("Overdue"))],
    )  # fmt: skip


def _views(actor: Actor) -> list[tuple[str, str]]:
    names = {
        "open": i18n._("Not closed yet"), "gaps": i18n._("Inspectors missing"), "to_do": i18n._("To be checked"),
        "told": i18n._("Objection possible"), "appealed": i18n._("Objected to"), "closed": i18n._("Closed checks"),
        "redrawn": i18n._("Not reached, drawn anew"), "all": i18n._("All"),
    }  # fmt: skip
    hidden = set() if actor.has(*rules.SUPERVISING) else {"gaps", "to_do", "redrawn"}
    return [(code, name) for code, name in names.items() if code not in hidden]


@get("/checks/contracts", guards=READ)
async def contract_figures(request: Request) -> Page:
    """Per contract of a quarter: required, drawn, finished, passed."""
    given = request.query_params.get("period", "")[:6]
    known = await check_queries.periods_of(request.actor)
    period = given if given in known else _now(today())
    year, quarter = int(period[:4]), int(period[5:])
    rows = [
        (each, await draws.required_of(each.contract, year, quarter))
        for each in await check_queries.figures(request.actor, period)
    ]
    return await page(
        request, "oversight/checks/contracts.html", rows=rows, period=period,
        periods=[(one, period_words(one)) for one in sorted({*known, period}, reverse=True)],
    )  # fmt: skip


def _now(day: date) -> str:
    return period_of(*quarter_of(day))


@get(_ONE, guards=READ)
async def show_check(request: Request, check: FromPath[UUID]) -> Page:
    """One check: what was drawn, who checks and why, what was found, the objection, its history."""
    return await _shown(request, await check_queries.for_office(request.actor, check))


@post(f"{_ONE}/assign", guards=DECIDE, status_code=200)
async def look_again(request: Request, check: FromPath[UUID]) -> Page:
    """Look again for missing inspectors."""

    async def act(_: Form) -> str:
        missing = await check_appeals.fill_one(check, now())
        return N_("Inspectors are still missing.") if missing else N_("Both inspectors are found; they were told.")

    return await _act(request, check, act)


@post(f"{_ONE}/replace", guards=DECIDE, status_code=200)
async def replace_inspector(request: Request, check: FromPath[UUID]) -> Page:
    """An officer asks for an inspector to be replaced."""

    async def act(form: Form) -> str:
        inspector, reason = form.uuid("inspector"), form.text("replace_reason", required=False)
        form.check()
        if inspector is not None:
            await check_replacing.ask(request.actor, check, inspector, reason, now())
        return N_("Asked for: a second officer of the bureau agrees or not.")

    return await _act(request, check, act)


@post(f"{_ONE}/replacement", guards=DECIDE, status_code=200)
async def answer_replacement(request: Request, check: FromPath[UUID]) -> Page:
    """The second officer's word: the next of the order takes the place, or the inspector stays."""

    async def act(form: Form) -> str:
        inspector, agree = form.uuid("inspector"), form.text("word", required=False) == "agree"
        form.check()
        if inspector is not None:
            await check_replacing.answer(request.actor, check, inspector, now(), agree=agree)
        return N_("Replaced by the next of the order.") if agree else N_("The inspector stays.")

    return await _act(request, check, act)


@post(f"{_ONE}/decide", guards=DECIDE, status_code=200)
async def decide_objection(request: Request, check: FromPath[UUID]) -> Page:
    """appealed -> closed."""

    async def act(form: Form) -> str:
        decision, text = form.text("decision", required=False), form.text("decision_text", required=False, most=1000)
        form.check()
        await check_appeals.decide(request.actor, check, decision, text, now())
        return N_("Decided; the provider and the inspectors are told.")

    return await _act(request, check, act)


@get(f"{_ONE}/files/{{file:uuid}}", guards=READ)
async def office_file(request: Request, check: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A picture of the result or a paper of the objection; the look is logged."""
    row = await check_queries.for_office(request.actor, check)
    looked = await files.opened(file, check_reporting.SUBJECT, check)
    await note_read(request.actor, row["household"], None, "check_picture", row["number"], now())
    return file_answer(looked, row["number"])


async def _act(request: Request, check: UUID, act: Act) -> Page:
    row = await check_queries.for_office(request.actor, check)
    form = Form.of(await request.form())
    try:
        done = await act(form)
    except FormError as error:
        return await _shown(request, row, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", done)
    return go(request, f"/checks/{check}")


async def _shown(
    request: Request, row: Mapping[str, Any], *, form: Form | None = None, errors: dict[str, str] | None = None
) -> Page:
    actor, people = request.actor, await check_queries.people_of(row["id"])
    order, left_out = check_queries.listed_json(row["pool"]), check_queries.listed_json(row["left_out"])
    names = await check_queries.names_of([*order, *(each["user"] for each in left_out)])
    own = actor.user in {one["inspector"] for one in people}
    decides = allows(actor.roles, "checks.decide")
    reads = actor.has(*rules.SUPERVISING)
    kept = (await files.files_of(check_reporting.SUBJECT, [row["id"]]))[row["id"]]
    return await page(
        request, "oversight/checks/show.html", 422 if errors else 200, row=row, people=people, own=own, rules=rules,
        order=[names.get(one, one) for one in order], form=dict(form) if form else {}, errors=errors or {}, at=now(),
        me=actor.user,
        left_out=[(names.get(each["user"], each["user"]), each["reason"]) for each in left_out], reads=reads,
        attempts=await check_queries.attempts_of(row["id"]), words=check_queries.words_of(row),
        answers=check_queries.listed_json(row["answers"]), lines=await _lines(row), decides=decides,
        appeal=check_queries.opened(row, "appeal_enc"), decision=check_queries.opened(row, "decision_enc"),
        pictures=[one for one in kept if one.kind != "appeal"], papers=[one for one in kept if one.kind == "appeal"],
        events=shown(await events_of(row["id"]), own=str(row["id"])) if reads else [], replaced=await _other(row),
    )  # fmt: skip


async def _lines(row: Mapping[str, Any]) -> dict[str, str]:
    """The standards' words, by code."""
    return await check_queries.lines_of(row["form"], row["form_version"])


async def _other(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The check that stands for this one, or for which this one stands."""
    return await check_queries.beside(row["id"], row["replaces"])


OFFICE_ROUTES = [
    list_checks, contract_figures, show_check, look_again, replace_inspector, answer_replacement, decide_objection,
    office_file,
]  # fmt: skip
