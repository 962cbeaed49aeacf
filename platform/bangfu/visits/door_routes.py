"""The phone pages at the door: the day, one visit with check-in, record and check-out. Every form works without script;
with the header `X-Draft: 1` the same addresses answer in JSON, for drafts that were kept on the phone."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import MediaType, Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, Refused
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem, Todo, TodoRow
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.visits import (
    door_actions,
    door_checklists,
    door_danger_routes,
    door_file_routes,
    door_form_routes,
    door_forms,
    door_queries,
    door_rules,
    door_sharing,
    door_sms,
    door_writing,
    household_words,
    offline_routes,
)
from bangfu.visits.door_access import check_server, visit_for
from bangfu.visits.door_checklists import Checklist
from bangfu.visits.door_tables import VisitDanger
from bangfu.visits.life_rules import CLASS_OF
from bangfu.visits.tables import Visit, VisitProof

OWN = "visits.own"
Answer = Response[Any]


@get("/my-visits", guards=[requires(OWN)])
async def my_visits(request: Request) -> Page:
    """Today in the order of the route, the next visit on top; then the week."""
    at = now()
    day = await door_queries.day_of(request.actor, at)
    for card in (day.first, *day.later):
        if card is not None and card.home is not None:
            await door_sharing.note_shown(request.actor, card.row, card.home, at)
    cards = [card for card in (day.first, *day.later, *day.week) if card is not None]
    said = await household_words.of([card.row.id for card in cards])
    return await page(request, "door/today.html", day=day, today=civil_date(at), at=at, said=said)


@get("/my-visits/{visit:uuid}", guards=[requires(OWN)])
async def my_visit(request: Request, visit: FromPath[UUID]) -> Page:
    """One visit: where, what to do, what to mind; then what its state asks for."""
    return await visit_page(request, await visit_for(request.actor, visit))


@post("/my-visits/{visit:uuid}/arrive", guards=[requires(OWN)], status_code=200)
async def check_in(request: Request, visit: FromPath[UUID]) -> Answer:
    """Check in."""
    row = await visit_for(request.actor, visit)
    check_server(request.actor, row)
    form = Form.of(await request.form())

    async def act(at: datetime) -> None:
        proof = door_forms.read_proof(form, form.uuid("key"))
        form.check()
        await door_actions.arrive(request.actor, visit, proof, at)

    return await _answer(
        request, row, form, act, N_("You are checked in. Fill in the record when you are done."), f"/my-visits/{visit}"
    )


@post("/my-visits/{visit:uuid}/finish", guards=[requires(OWN)], status_code=200)
async def check_out(request: Request, visit: FromPath[UUID]) -> Answer:
    """Check out and send the record."""
    row = await visit_for(request.actor, visit)
    check_server(request.actor, row)
    posted = await request.form()
    form = Form.of(posted)

    async def act(at: datetime) -> None:
        checklist = await door_checklists.chosen(row, form.get("form", ""), form.get("form_version", ""))
        stopped = await _stopped(visit)
        key = form.uuid("key") or uuid4()
        if stopped:
            form_proof = door_actions.unused_proof(key)
        else:
            form_proof = door_forms.read_proof(form, door_actions.departure_key(key))
        confirmation = await door_forms.read_confirmation(form, posted, required=not stopped)
        record = door_forms.read_record(form, checklist, confirmation)
        photos = await door_forms.read_photos(form, posted, checklist.lines if checklist else ())
        form.faults.update(await door_actions.gaps(row, record, stopped, form.faults))
        form.check()
        await door_actions.leave_and_submit(request.actor, visit, key, form_proof, record, photos, at)

    return await _answer(request, row, form, act, N_("The record is sent. Thank you!"), "/my-visits")


@post("/my-visits/{visit:uuid}/sms", guards=[requires(OWN)], status_code=200)
async def send_sms(request: Request, visit: FromPath[UUID]) -> Page:
    """Send the household a code by text message, to be read to the carer."""
    await visit_for(request.actor, visit)
    await door_sms.send_code(request.actor, visit, now())
    await flash(request, "ok", N_("The code is on its way to the household's phone. Ask for it and type it below."))
    return go(request, f"/my-visits/{visit}#f-confirmation")


async def _answer(
    request: Request, row: Visit, form: Form, act: Callable[[datetime], Awaitable[None]], done: str, onward: str
) -> Answer:
    """Act once; then the next page, or what was typed with what is wrong. Drafts get the same as JSON."""
    draft = request.headers.get("X-Draft") == "1"
    try:
        await act(now())
    except FormError as error:
        errors = error_texts(error.fields)
        return _document(422, {"faults": errors}) if draft else await visit_page(request, row, 422, form, errors)
    except Refused as error:
        told = i18n.sentence(error.message, error.params)
        return _document(409, {"told": told}) if draft else await visit_page(request, row, 409, form, told=told)
    if draft:
        return _document(200, {"state": "done"})
    await flash(request, "ok", done)
    return go(request, onward)


def _document(status: int, content: dict[str, object]) -> Answer:
    return Response(content, status_code=status, media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


async def visit_page(
    request: Request, row: Visit, status: int = 200, form: Form | None = None, errors: dict[str, str] | None = None,
    told: str = "",
) -> Page:  # fmt: skip
    """The page of a visit in its present state; `form` keeps what was typed."""
    at, actor = now(), request.actor
    row = await Visit.objects().get(Visit.id == row.id) or row
    card = await door_queries.card_of(actor, row, at)
    if card.home is not None:
        await door_sharing.note_shown(actor, row, card.home, at)
    checklist = await door_checklists.for_service(row.service, civil_date(row.planned_start))
    going = row.status in {"planned", "in_progress"}
    return await page(
        request, "door/visit.html", status, card=card, row=row, at=at,
        said=(await household_words.of([row.id])).get(row.id, ""), form=dict(form) if form is not None else {},
        errors=errors or {}, told=told, typed=form is not None, scanned=request.query_params.get("code", "")[:20],
        key=form.get("key") if form is not None else str(uuid4()), finish_key=str(uuid4()),
        checklist=checklist, lines=_lines(checklist, await door_checklists.level_of(row)) if going else [],
        content=await door_queries.content_of(row), photos=going and await door_writing.may_take_photos(row, at),
        other_day=door_rules.is_other_day(at, row.planned_start), stopped=await _stopped(row.id),
        proofs=await _proofs(row.id), record=await _own_record(actor, row), classes=CLASS_OF,
        sms=going and door_sms.is_offered() and bool(await door_sms.phone_of(row)), rules=door_rules,
        faults=[(name, errors[name]) for name in door_forms.labels(checklist) if name in errors] if errors else [],
    )  # fmt: skip


def _lines(checklist: Checklist | None, level: str) -> list[dict[str, Any]]:
    """The lines as the form shows them: text and photo hint in the reader's language, whether they are mandatory."""
    return [
        {"code": line["code"], "text": door_checklists.text_of(line), "must": door_rules.is_must(line, level),
         "photo": door_checklists.text_of(line, "photo") if line.get("photo") else ""}
        for line in (checklist.lines if checklist else ())
    ]  # fmt: skip


async def _stopped(visit: UUID) -> bool:
    return bool(await VisitDanger.exists().where(VisitDanger.visit == visit))


async def _proofs(visit: UUID) -> list[VisitProof]:
    found: list[VisitProof] = await VisitProof.objects().where(VisitProof.visit == visit).order_by(VisitProof.at)
    return found


async def _own_record(actor: Actor, row: Visit) -> Any:
    """What the reader sent: codes only; the words about the household do not come back to the phone."""
    if row.status in {"planned", "in_progress"}:
        return None
    found = await door_queries.record_of(row.id)
    return found if found is not None and found.row.entered_by == actor.user else None


async def _todo(actor: Actor, at: datetime) -> Todo:
    """On the start page: the next visit of today, and a running one."""
    result = Todo()
    if not allows(actor.roles, OWN) or actor.carer is None:
        return result
    day = await door_queries.day_of(actor, at)
    for card in [card for card in (day.first, *day.later) if card is not None and not card.along]:
        result.rows.append(
            TodoRow(
                what=i18n.word("service", card.row.service),
                who=f"{card.home.who} · {card.home.village}" if card.home else "",
                href=f"/my-visits/{card.row.id}",
                since=card.row.started_at or card.row.created_at,
                until=card.row.planned_end,
                button=i18n._("Go on with the visit") if card.row.status == "in_progress" else i18n._("Check in"),
            )
        )
    return result


ROUTES: list[Any] = [
    my_visits, my_visit, check_in, check_out, send_sms, *door_danger_routes.ROUTES, *door_file_routes.ROUTES,
    *door_form_routes.ROUTES, *offline_routes.ROUTES,
]  # fmt: skip
MENU = [
    MenuItem(9, "my_visits", N_("My visits"), "/my-visits", OWN, "visit", phone=1),
    *door_form_routes.MENU,
]
TODO = [_todo, *door_form_routes.TODO]
