"""The list of visits to check, and clearing one kind of flag on several of them with a preview."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import get, post

from bangfu.divisions.queries import areas_for
from bangfu.errors import N_, FormError, NotYours
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage
from bangfu.supervision.calendar import current_calendar
from bangfu.verification import deciding, listing
from bangfu.verification.deciding import Cleared
from bangfu.verification.decisions import CLEAR_REASONS
from bangfu.verification.rules import FLAGS
from bangfu.visits.life_rules import EVIDENCE

MOST = 50
"""Visits that one bulk step may hold."""


@get("/verification", guards=[requires("verification.read")])
async def show_list(request: Request) -> Page:
    """Visits that wait for the township, by deadline; other states by choice."""
    actor, given = request.actor, filters_of(request)
    number = page_number(request.query_params.get("page"))
    rows, total = await listing.visits(
        actor, given, await current_calendar(), today(), PAGE_SIZE, (number - 1) * PAGE_SIZE
    )
    carers, organizations = await listing.choices(actor)
    many = allows(actor.roles, "verification.decide") and given["flag"] in FLAGS and given["flag"] != "incomplete"
    return await page(
        request, "verification/list.html", rows=rows, listing=ListPage(number, total.value, "/verification", given),
        as_of=total.at, filters=given, active=active_of(given, carers, organizations), views=views(), at=now(),
        flags=[(flag, i18n.word("visit_flag", flag)) for flag in FLAGS], areas=await areas_for(actor), carers=carers,
        organizations=organizations, evidence=evidence_words(), many=many and bool(rows),
        keep={name: given[name] for name in ("month", "device", "clock", "lasts") if given[name]},
    )  # fmt: skip


def filters_of(request: Request) -> dict[str, str]:
    """The filters of the address, cut to a sane length."""
    return {name: request.query_params.get(name, "").strip()[:64] for name in listing.NAMES}


def views() -> list[tuple[str, str]]:
    """The states that the list can show."""
    names = {
        "waiting": i18n._("Waiting for the check"), "today": i18n._("Due today or late"),
        "late_flag": i18n._("Flag after the check"), "all": i18n._("All with a record"),
    }  # fmt: skip
    return [(code, names.get(code) or i18n.word("visit_status", code)) for code in listing.VIEWS]


def evidence_words() -> list[tuple[str, str]]:
    """Classes of evidence to filter by, and both manual ones together."""
    return [
        *((code, i18n.word("evidence_class", code)) for code in EVIDENCE), ("manual", i18n._("Attested or afterwards")),
    ]  # fmt: skip


def active_of(
    given: Mapping[str, str], carers: list[tuple[str, str]], organizations: list[tuple[str, str]]
) -> list[dict[str, str]]:
    """The filters that came with a link and have no field of their own."""
    labels = {
        "month": i18n._("Month"), "device": i18n._("Device"), "clock": i18n._("Begun at"),
        "lasts": i18n._("Minutes"), "carer": i18n._("Who serves"), "organization": i18n._("Organisation"),
    }  # fmt: skip
    names = dict(carers) | dict(organizations)
    found = []
    for name, label in labels.items():
        if not given[name] or given[name] in names:
            continue
        value = given[name][:6] if name == "device" else given[name]
        value = i18n._("chosen") if name in {"carer", "organization"} else value
        left = ListPage(1, 0, "/verification", {**given, name: ""})
        found.append({"label": label, "value": value, "remove_href": left.href()})
    return found


@post("/verification/preview", guards=[requires("verification.decide")], status_code=200)
async def preview(request: Request) -> Page:
    """What clearing one kind of flag on the chosen visits would do; nothing is written."""
    form = Form.of(await request.form())
    return await _preview_page(request, form, await chosen_of(request.actor, form))


async def chosen_of(actor: Actor, form: Form) -> list[UUID]:
    """The visits that were ticked.

    Raises:
        NotYours: if one of them is not of the actor's area, or no visit.
    """
    chosen = [listing.as_uuid(each) for each in form.many("visit")[: MOST + 1]]
    keys = [each for each in chosen if each is not None]
    if len(keys) != len(chosen) or not await listing.all_seen(actor, keys):
        raise NotYours
    return keys


async def _preview_page(request: Request, form: Form, keys: list[UUID], error: FormError | None = None) -> Page:
    flag = form.get("flag", "") if form.get("flag", "") in FLAGS else ""
    rows = await listing.preview(request.actor, keys, flag)
    errors = error_texts(error.fields) if error else {}
    if not keys or not flag or len(keys) > MOST:
        errors = errors or {"": i18n._("Choose up to {most} visits with the same flag first.", most=MOST)}
    reasons = [(code, i18n.word("clear_reason", code)) for code in CLEAR_REASONS]
    return await page(
        request, "verification/preview.html", 422 if errors else 200, rows=rows, flag=flag, reasons=reasons, form=form,
        errors=errors, usable=[row for row in rows if not row["hindrance"]], keys=keys,
    )  # fmt: skip


@post("/verification/clear", guards=[requires("verification.decide")], status_code=200)
async def clear_many(request: Request) -> Page:
    """Clear one kind of flag on several visits for one reason and verify those on which nothing else is open."""
    form = Form.of(await request.form())
    keys = await chosen_of(request.actor, form)
    try:
        flag = form.choice("flag", FLAGS)
        reason, text = form.text("reason", required=False), form.text("text", required=False, most=500)
        if not keys or len(keys) > MOST:
            form.fault("", N_("Choose up to {most} visits with the same flag first."), most=MOST)
        form.check()
        verified, kept = await deciding.clear_many(request.actor, keys, flag, Cleared(reason, text), now())
    except FormError as error:
        return await _preview_page(request, form, keys, error)
    await flash(request, "ok", N_("{n} visits are verified."), n=str(len(verified)))
    for number, why in kept[:5]:
        await flash(request, "warn", N_("Not verified: {number}. {why}"), number=number, why=i18n._(why))
    return go(request, f"/verification?state=waiting&flag={flag}")


LIST: list[Any] = [show_list, preview, clear_many]
