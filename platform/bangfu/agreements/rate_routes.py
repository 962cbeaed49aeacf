"""Care rates: what holds where with its arithmetic written out, new versions, publication."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.agreements import forms, rate_queries, rates
from bangfu.agreements.rate_rules import LEVELS, MODES, Reckoned
from bangfu.agreements.tables import CareBase, CareRateSheet
from bangfu.divisions.queries import areas_for, top_of
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import proved, requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page


@get("/care-rates", guards=[requires("rates.read")])
async def show_rates(request: Request) -> Page:
    """What holds today in the area, and every version and base amount."""
    actor = request.actor
    asked = request.query_params.get("division", "").strip()[:12]
    areas = await _areas(actor)
    place = asked if asked in dict(areas) else (areas[0][0] if areas else "")
    return await page(
        request, "agreements/rates.html", sheets=await rate_queries.sheets(actor),
        bases=await rate_queries.bases(actor), areas=areas, place=place, now_there=await _today_at(place),
        modes=MODES, levels=LEVELS, may_edit=allows(actor.roles, "rates.edit"), today=today(),
        may_publish=allows(actor.roles, "rates.publish"),
    )  # fmt: skip


async def _areas(actor: Actor) -> list[tuple[str, str]]:
    """The actor's own area and those directly below."""
    try:
        top = division_prefix(await top_of(actor))
    except NotYours:
        return []
    return [(top, i18n._("The whole area")), *await areas_for(actor)]


async def _today_at(place: str) -> list[tuple[str, str, Reckoned | None, str]]:
    """(mode, level, rate or None, what is missing) of a place today."""
    if not place:
        return []
    found: list[tuple[str, str, Reckoned | None, str]] = []
    for mode in MODES:
        for level in LEVELS:
            try:
                found.append((mode, level, await rate_queries.rate_for(place.ljust(12, "0"), mode, level, today()), ""))
            except Refused as missing:
                found.append((mode, level, None, i18n.told(missing)))
    return found


@get("/care-rates/new", guards=[requires("rates.edit")])
async def new_sheet(request: Request) -> Page:
    """The form of a new version, with the usual factors."""
    first = {"key": str(uuid4()), "valid_from": today().isoformat(), **forms.usual_factors()}
    return await _form_page(request, "agreements/rate_new.html", first)


@post("/care-rates/new", guards=[requires("rates.edit")], status_code=200)
async def enter_sheet(request: Request) -> Page:
    """Keep a new version as a draft."""
    form = Form.of(await request.form())
    try:
        key, prefix, valid_from, source = await _common(request.actor, form)
        factors = forms.read_factors(form)
        await rates.enter_sheet(request.actor, key, prefix, valid_from, source, factors, now())
    except FormError as error:
        return await _form_page(request, "agreements/rate_new.html", form, error)
    await flash(request, "ok", N_("The version is kept as a draft. Next: the bureau's lead publishes it."))
    return go(request, "/care-rates")


@get("/care-rates/bases/new", guards=[requires("rates.edit")])
async def new_base(request: Request) -> Page:
    """The form of a new base amount."""
    first = {"key": str(uuid4()), "valid_from": today().isoformat(), "kind": "disabled_subsidy"}
    return await _form_page(request, "agreements/base_new.html", first)


@post("/care-rates/bases/new", guards=[requires("rates.edit")], status_code=200)
async def enter_base(request: Request) -> Page:
    """Keep a new base amount as a draft."""
    form = Form.of(await request.form())
    try:
        key, prefix, valid_from, source = await _common(request.actor, form)
        kind, amount = forms.read_base(form)
        await rates.enter_base(request.actor, key, prefix, kind, amount, valid_from, source, now())
    except FormError as error:
        return await _form_page(request, "agreements/base_new.html", form, error)
    await flash(request, "ok", N_("The base amount is kept as a draft. Next: the bureau's lead publishes it."))
    return go(request, "/care-rates")


async def _common(actor: Actor, form: Form) -> tuple[UUID, str, date, str]:
    key, prefix = form.uuid("key", required=False), form.choice("prefix", dict(await _areas(actor)))
    valid_from, source = form.day("valid_from", parse_date), form.text("source", most=200)
    if form.faults:
        # the fields of the rest are read by the caller, so that all faults are shown at once
        return key or uuid4(), prefix, valid_from or today(), source
    assert valid_from is not None  # noqa: S101 (checked above)
    return key or uuid4(), prefix, valid_from, source


async def _form_page(request: Request, template: str, form: Mapping[str, Any], error: FormError | None = None) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, template, 422 if error else 200, form=form, errors=errors, faults=summary(errors, forms.LABELS),
        areas=await _areas(request.actor), modes=MODES, levels=LEVELS,
    )  # fmt: skip


@post("/care-rates/sheets/{sheet:uuid}/publish", guards=[requires("rates.publish"), proved], status_code=200)
async def publish_sheet(request: Request, sheet: FromPath[UUID]) -> Page:
    """draft -> published."""
    await rates.publish(request.actor, CareRateSheet, sheet, now())
    await flash(request, "ok", N_("Published: agreements drafted from that day on take it."))
    return go(request, "/care-rates")


@post("/care-rates/bases/{base:uuid}/publish", guards=[requires("rates.publish"), proved], status_code=200)
async def publish_base(request: Request, base: FromPath[UUID]) -> Page:
    """draft -> published."""
    await rates.publish(request.actor, CareBase, base, now())
    await flash(request, "ok", N_("Published: agreements drafted from that day on take it."))
    return go(request, "/care-rates")


@post("/care-rates/sheets/{sheet:uuid}/withdraw", guards=[requires("rates.edit")], status_code=200)
async def withdraw_sheet(request: Request, sheet: FromPath[UUID]) -> Page:
    """draft -> withdrawn."""
    await rates.withdraw(request.actor, CareRateSheet, sheet, now())
    await flash(request, "ok", N_("The draft is withdrawn."))
    return go(request, "/care-rates")


@post("/care-rates/bases/{base:uuid}/withdraw", guards=[requires("rates.edit")], status_code=200)
async def withdraw_base(request: Request, base: FromPath[UUID]) -> Page:
    """draft -> withdrawn."""
    await rates.withdraw(request.actor, CareBase, base, now())
    await flash(request, "ok", N_("The draft is withdrawn."))
    return go(request, "/care-rates")


RATES = [
    show_rates, new_sheet, enter_sheet, new_base, enter_base, publish_sheet, publish_base, withdraw_sheet,
    withdraw_base,
]  # fmt: skip
