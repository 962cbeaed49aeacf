"""Thresholds of the flags: what holds where, new versions, publication by another person."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.divisions.queries import areas_for, top_of
from bangfu.errors import N_, FormError, NotYours
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.division_codes import division_prefix
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.verification import policy, rules
from bangfu.verification.rules import BOUNDS, NAMES

_LABELS = {"prefix": N_("Area"), "valid_from": N_("Valid from"), "source": N_("Paper that sets it")}


@get("/verification/thresholds", guards=[requires("verification.read")])
async def show_thresholds(request: Request) -> Page:
    """What holds today in the area, and every version."""
    actor = request.actor
    areas = await _areas(actor)
    place = (areas[0][0] if areas else actor.scope).ljust(12, "0")
    limits, version = await policy.limits_for(place, today())
    return await page(
        request, "verification/thresholds.html", versions=await policy.versions(actor), limits=rules.values_of(limits),
        version=version, names=NAMES, values_of=rules.values_of, defaults=rules.values_of(rules.DEFAULTS),
        may_edit=allows(actor.roles, "verification.policy"), may_publish=allows(actor.roles, "verification.publish"),
    )  # fmt: skip


async def _areas(actor: Actor) -> list[tuple[str, str]]:
    """The actor's own area and those directly below."""
    try:
        top = division_prefix(await top_of(actor))
    except NotYours:
        return []
    return [(top, i18n._("The whole area")), *await areas_for(actor)]


@get("/verification/thresholds/new", guards=[requires("verification.policy")])
async def new_thresholds(request: Request) -> Page:
    """The form of a new version, filled with what holds today."""
    areas = await _areas(request.actor)
    limits, _ = await policy.limits_for((areas[0][0] if areas else "").ljust(12, "0"), today())
    first = {"key": str(uuid4()), "valid_from": today().isoformat(), **rules.values_of(limits)}
    return await _form_page(request, first)


@post("/verification/thresholds/new", guards=[requires("verification.policy")], status_code=200)
async def enter_thresholds(request: Request) -> Page:
    """Keep a new version as a draft."""
    form = Form.of(await request.form())
    try:
        key, prefix = form.uuid("key", required=False), form.choice("prefix", dict(await _areas(request.actor)))
        valid_from, source = form.day("valid_from", parse_date), form.text("source", most=200)
        values = {name: form.whole(name, least=BOUNDS[name][0], most=BOUNDS[name][1]) for name in NAMES}
        if valid_from is not None and valid_from < today():
            form.fault(
                "valid_from", N_("A version counts from today on at the earliest: flags that stand keep theirs.")
            )
        form.check()
        assert valid_from is not None  # noqa: S101 (checked above)
        limits = rules.thresholds_of({name: value for name, value in values.items() if value is not None})
        await policy.enter(request.actor, key or uuid4(), prefix, valid_from, source, limits, now())
    except FormError as error:
        return await _form_page(request, form, error)
    await flash(request, "ok", N_("The version is kept as a draft. Next: the bureau's lead publishes it."))
    return go(request, "/verification/thresholds")


async def _form_page(request: Request, form: Mapping[str, Any], error: FormError | None = None) -> Page:
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "verification/thresholds_new.html", 422 if error else 200, form=form, errors=errors,
        faults=summary(errors, _LABELS), areas=await _areas(request.actor), names=NAMES, bounds=BOUNDS,
    )  # fmt: skip


@post("/verification/thresholds/{policy_id:uuid}/publish", guards=[requires("verification.publish")], status_code=200)
async def publish_thresholds(request: Request, policy_id: FromPath[UUID]) -> Page:
    """draft -> published."""
    await policy.publish(request.actor, policy_id, now())
    await flash(request, "ok", N_("Published: visits from that day on are judged by it."))
    return go(request, "/verification/thresholds")


@post("/verification/thresholds/{policy_id:uuid}/withdraw", guards=[requires("verification.policy")], status_code=200)
async def withdraw_thresholds(request: Request, policy_id: FromPath[UUID]) -> Page:
    """draft -> withdrawn."""
    await policy.withdraw(request.actor, policy_id, now())
    await flash(request, "ok", N_("The draft is withdrawn."))
    return go(request, "/verification/thresholds")


POLICY = [show_thresholds, new_thresholds, enter_thresholds, publish_thresholds, withdraw_thresholds]
