"""What-if for leaders: the scenarios of a run side by side, the form of a new one, and one with its numbers."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import FormError, NotYours
from bangfu.planning import scenario_form, scenarios, studies
from bangfu.planning.queries import RunView, run_for
from bangfu.planning.scenarios import SCENARIO
from bangfu.shared.clock import now
from bangfu.shared.i18n import word, words_of
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, fragment, go, page
from matching.whatif import CODES

HERE = "/match/scenarios"
MOST_NOTE = 200


@get(HERE, guards=[requires("planning.read")])
async def list_scenarios(request: Request) -> Page:
    """The scenarios of one match run, ranked by the unmet needs that 10,000 yuan remove."""
    runs = await scenarios.runs_to_ask(request.actor)
    asked = request.query_params.get("run", "")
    run = next((row for row in runs if str(row["id"]) == asked), None)
    run = run or next((row for row in runs if row["scenarios"]), runs[0] if runs else None)
    return await page(
        request, "planning/scenarios.html", runs=runs, run=run,
        rows=await scenarios.of_run(request.actor, run["id"]) if run else [], may_ask=_may(request),
        options=[(str(row["id"]), f"{row['number']} · {row['name'] or '—'}") for row in runs],
    )  # fmt: skip


@get(f"{HERE}/new", guards=[requires("planning.assume")])
async def new_scenario(request: Request) -> Page:
    """The form; the run and the kind of assumption stand in the address."""
    asked = request.query_params
    run = await _run(request, asked.get("run", ""))
    if run is None:
        return go(request, HERE)
    form = {name: asked.get(name, "")[:64] for name in ("service", "town", "hours", "kind", "km", "line", "visits")}
    return await _form(request, run, {**form, "code": asked.get("code", "")}, {})


@post(f"{HERE}/new", guards=[requires("planning.assume")], status_code=200)
async def ask_scenario(request: Request) -> Page:
    """Queue it and show its progress."""
    form = Form.of(await request.form())
    run = await _run(request, form.get("run", ""))
    if run is None:
        return go(request, HERE)
    try:
        asked = await scenario_form.read(form, run.id, await scenario_form.offered(run.id, run.prefix))
        note, key = form.text("note", required=False, most=MOST_NOTE), form.uuid("key")
        form.check()
    except FormError as error:
        return await _form(request, run, dict(form), error_texts(error.fields))
    study = await scenarios.ask(request.actor, key or uuid4(), run.id, asked, note, now())
    return go(request, f"{HERE}/{study}")


async def _run(request: Request, text: str) -> RunView | None:
    """The run that an address or a form names; None where it names none, so that the list asks for one."""
    if not text:
        return None
    try:
        return await run_for(request.actor, UUID(text))
    except ValueError as error:
        raise NotYours from error


async def _form(request: Request, run: RunView, form: dict[str, str], errors: Any) -> Page:
    code = form.get("code", "") if form.get("code") in CODES else CODES[0]
    return await page(
        request, "planning/scenario_new.html", 422 if errors else 200, run=run, code=code, errors=errors,
        form={**form, "key": form.get("key") or str(uuid4())}, codes=words_of("assumption"),
        offers=await scenario_form.offered(run.id, run.prefix),
        kinds=[(kind, word("carer_kind", kind)) for kind in scenario_form.KINDS],
    )  # fmt: skip


@get(f"{HERE}/{{study:uuid}}", guards=[requires("planning.read")])
async def show_scenario(request: Request, study: FromPath[UUID]) -> Page:
    """One scenario: the assumption, and three plans beside each other."""
    found = await studies.study_for(request.actor, study, SCENARIO)
    more = await scenarios.shown(found) if found.status == "done" else {}
    return await page(
        request, "planning/scenario.html", study=found, said=scenario_form.said(found.asked), may_ask=_may(request),
        run=await run_for(request.actor, found.run) if found.run else None, **more,
    )  # fmt: skip


@get(f"{HERE}/{{study:uuid}}/progress", guards=[requires("planning.read")])
async def scenario_progress(request: Request, study: FromPath[UUID]) -> Page:
    """The progress box, asked for every second; the whole page once the numbers are there."""
    found = await studies.study_for(request.actor, study, SCENARIO)
    if found.over:
        return go(request, f"{HERE}/{study}")
    return fragment(request, "planning/_study_progress.html", study=found, here=f"{HERE}/{study}")


def _may(request: Request) -> bool:
    return allows(request.actor.roles, "planning.assume") and bool(request.actor.scope)


ROUTES = [list_scenarios, new_scenario, ask_scenario, show_scenario, scenario_progress]
