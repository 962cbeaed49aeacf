"""Pages of call-backs: rounds with their quota, the list of calls, one call."""

from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError, NotAllowed
from bangfu.feedback import call_queries as queries
from bangfu.feedback import calling, complaining, questions, rules
from bangfu.feedback.calling import Said
from bangfu.feedback.pages import choices, code_of, show, term_of
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import Todo, TodoCount
from bangfu.shared.web.pages import Page, Request, error_texts, go
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

LIST = "/callbacks"
READ, CALL = "callbacks.read", "callbacks.call"
LABELS = {
    "spoken_with": N_("Spoken with"), "words": N_("In their own words"), "stars": N_("Stars"),
    "result": N_("What happened on the phone"),
}  # fmt: skip


@get(LIST, guards=[requires(READ)])
async def list_rounds(request: Request) -> Page:
    """The rounds of a quarter: how many were reached of how many that must be, and the same by township."""
    actor, (year, quarter) = request.actor, term_of(request)
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.rounds(actor, year, quarter, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await show(
        request, "rounds.html", rows=rows, year=year, quarter=quarter, terms=choices(), term=code_of(year, quarter),
        towns=await queries.townships(actor, year, quarter), may_call=allows(actor.roles, CALL),
        listing=ListPage(number, total, LIST, {"term": code_of(year, quarter)}),
    )  # fmt: skip


@get(f"{LIST}/rounds/{{round_id:uuid}}", guards=[requires(READ)])
async def show_round(request: Request, round_id: FromPath[UUID]) -> Page:
    """One round: its quota, how the homes were chosen, and those of one's area."""
    found = await queries.round_for(request.actor, round_id)
    return await show(
        request, "round.html", r=found, rows=await queries.entries_of(request.actor, round_id),
        may_call=allows(request.actor.roles, CALL),
    )  # fmt: skip


@get(f"{LIST}/calls", guards=[requires(READ)])
async def list_calls(request: Request) -> Page:
    """The calls of one's area by township and village."""
    actor, (year, quarter) = request.actor, term_of(request)
    given = {name: request.query_params.get(name, "").strip()[:12] for name in ("area", "state")}
    areas = await areas_for(actor)
    area = given["area"] if given["area"] in dict(areas) else ""
    state = given["state"] if given["state"] in queries.STATES else "open"
    number = page_number(request.query_params.get("page"))
    rows, total = await queries.calls(
        actor, year, quarter, area, state, PAGE_SIZE, (number - 1) * PAGE_SIZE
    )  # fmt: skip
    filters = {"term": code_of(year, quarter), "area": area, "state": state}
    return await show(
        request, "calls.html", rows=rows, listing=ListPage(number, total, f"{LIST}/calls", filters), filters=filters,
        terms=choices(), areas=areas, states=i18n.words_of("callback_status"), may_call=allows(actor.roles, CALL),
    )  # fmt: skip


@get(f"{LIST}/{{callback:uuid}}", guards=[requires(READ)])
async def show_call(request: Request, callback: FromPath[UUID]) -> Page:
    """One call: whom, about which visits, the questions; or what was said."""
    return await _call_page(request, callback)


async def _call_page(
    request: Request, callback: UUID, *, form: Form | None = None, error: FormError | None = None,
    revealed: tuple[str, str] = ("", ""),
) -> Page:  # fmt: skip
    actor = request.actor
    found = await queries.call_for(actor, callback, now(), today())
    errors, zh = error_texts(error.fields) if error else {}, i18n.current() == "zh"
    labels = {**LABELS, **{f"q_{each.code}": (each.zh if zh else each.en).rstrip("?？") for each in found.asked}}
    return await show(
        request, "call.html", 422 if error else 200, c=found, row=found.row, entry=found.entry, form=form or {},
        errors=errors, faults=summary(errors, labels), key=uuid4(), revealed=revealed, zh=zh,
        calls=allows(actor.roles, CALL) and found.row["status"] == "open", offers=complaining.offered(found.row),
        may_complain=allows(actor.roles, "complaints.enter"), results=[*rules.MISSED, rules.DECLINED],
        rules=rules,
    )  # fmt: skip


@post(f"{LIST}/{{callback:uuid}}/number", guards=[requires(CALL)], status_code=200)
async def show_number(request: Request, callback: FromPath[UUID]) -> Page:
    """One whole number, once; who saw it is on record."""
    await calling.entry_for(request.actor, callback)
    which = Form.of(await request.form()).get("which", "")[:60]
    if not which:
        return await _call_page(request, callback, error=FormError({"which": (N_("Please choose a number."), {})}))
    shown = await calling.show_number(request.actor, callback, which, now())
    return await _call_page(request, callback, revealed=(which, shown))


@post(f"{LIST}/{{callback:uuid}}/attempts", guards=[requires(CALL)], status_code=200)
async def note_attempt(request: Request, callback: FromPath[UUID]) -> Page:
    """Nobody was reached."""
    await calling.entry_for(request.actor, callback)
    form = Form.of(await request.form())
    try:
        key, result = form.uuid("key", required=False), form.choice("result", [*rules.MISSED, rules.DECLINED])
        form.check()
        ended = await calling.note_attempt(request.actor, callback, key or uuid4(), result, now())
    except FormError as error:
        return await _call_page(request, callback, form=form, error=error)
    if ended:
        await flash(request, "ok", N_("Noted. This home is not called again this quarter; another one is on the list."))
    else:
        await flash(request, "ok", N_("Noted. Please try again on another day."))
    return go(request, f"{LIST}/calls")


@post(f"{LIST}/{{callback:uuid}}/answer", guards=[requires(CALL)], status_code=200)
async def keep_answer(request: Request, callback: FromPath[UUID]) -> Page:
    """What was said; then the next step is offered where one is needed."""
    await calling.entry_for(request.actor, callback)
    form = Form.of(await request.form())
    try:
        stars = form.whole("stars", least=1, most=5, required=False)
        words = form.text("words", required=False, most=1000)
        form.check()
        asked = questions.in_force(today())
        said = Said(
            form.get("spoken_with", ""), {code: form.get(f"q_{code}", "") for code in asked.codes},
            form.yes("danger"), words, stars,
        )  # fmt: skip
        await calling.answer(request.actor, callback, said, now())
    except FormError as error:
        return await _call_page(request, callback, form=form, error=error)
    await flash(request, "ok", N_("The call-back is kept."))
    return go(request, f"{LIST}/{callback}")


@post(f"{LIST}/{{callback:uuid}}/complaint", guards=[requires(CALL)], status_code=200)
async def complain(request: Request, callback: FromPath[UUID]) -> Page:
    """A complaint out of what was said, with one click."""
    await calling.entry_for(request.actor, callback)
    if not allows(request.actor.roles, "complaints.enter"):
        raise NotAllowed
    offer = Form.of(await request.form()).get("offer", "")
    made = await complaining.complain(request.actor, callback, offer, now())
    await flash(request, "ok", N_("The complaint is entered; its handling goes on from there."))
    return go(request, f"/complaints/{made}")


async def todo(actor: Actor, _at: Any) -> Todo:
    """Calls that wait, on the start page."""
    if not allows(actor.roles, CALL):
        return Todo()
    waiting = await queries.waiting_count(actor)
    return Todo(counts=[TodoCount(i18n._("Calls to make"), waiting, f"{LIST}/calls", "info")] if waiting else [])


ROUTES: list[Any] = [
    list_rounds, show_round, list_calls, show_call, show_number, note_attempt, keep_answer, complain,
]  # fmt: skip
