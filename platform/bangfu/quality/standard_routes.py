"""Pages of the scoring standards: the versions, one version, a new draft, publication by another person."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.quality import standards
from bangfu.quality.standard_rules import BANDS, DEFAULT, INDICATORS, StandardFaultError
from bangfu.quality.subjects import CODE
from bangfu.shared import i18n
from bangfu.shared.civil_time import parse_date
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

READ = [requires("standards.read")]
EDIT = [requires("standards.edit")]
PUBLISH = [requires("standards.publish")]
NUMBERS: Final = (
    "linear_from", "linear_span", "minor_cost", "major_cost", "duration_share", "tolerance_minutes", "sending_hours",
    "ratings_least", "due_small", "ratings_small",
)  # fmt: skip
WHOLE: Final = frozenset({"tolerance_minutes", "sending_hours", "ratings_least", "due_small", "ratings_small"})
CAPS: Final = ("poor", "fair", "good")
"""Bands to which a low completion caps, the worst first."""


@get("/standards", guards=READ)
async def list_standards(request: Request) -> Page:
    """Every version, and how many running contracts are scored by it."""
    roles = request.actor.roles
    return await page(
        request, "quality/standards.html", versions=await _visible(request), may_edit=allows(roles, "standards.edit"),
    )  # fmt: skip


async def _visible(request: Request) -> list[standards.StandardView]:
    """Drafts are the bureau's; everybody else sees what was published."""
    drafts = allows(request.actor.roles, "standards.edit") or allows(request.actor.roles, "standards.publish")
    return [each for each in await standards.versions() if drafts or each.status != "draft"]


@get("/standards/{standard:uuid}", guards=READ)
async def show_standard(request: Request, standard: FromPath[UUID]) -> Page:
    """One version with all its rules."""
    found = await standards.version_of(standard)
    roles = request.actor.roles
    drafts = allows(roles, "standards.edit") or allows(roles, "standards.publish")
    if found.status == "draft" and not drafts:
        raise NotYours
    return await page(
        request, "quality/standard.html", found=found, indicators=INDICATORS, bands=BANDS, numbers=NUMBERS,
        may_publish=allows(roles, "standards.publish") and found.status == "draft",
        may_edit=allows(roles, "standards.edit") and found.made_by == request.actor.user and found.status == "draft",
    )  # fmt: skip


@get("/standards/new", guards=EDIT)
async def new_standard(request: Request) -> Page:
    """The form of a new version, filled with what holds today."""
    current = await standards.in_force(CODE, today())
    typed = {"key": str(uuid4()), "valid_from": "", "note": "", **typed_of(standards.rules_of(current))}
    return await _form_page(request, typed)


@get("/standards/{standard:uuid}/edit", guards=EDIT)
async def edit_standard(request: Request, standard: FromPath[UUID]) -> Page:
    """The form of one's own draft."""
    found = await standards.version_of(standard)
    if found.status != "draft" or found.made_by != request.actor.user:
        raise NotYours
    day = found.valid_from.isoformat() if found.valid_from else ""
    return await _form_page(request, {"key": str(standard), "valid_from": day, "note": found.note,
                                      **typed_of(found.rules)})  # fmt: skip


@post("/standards/new", guards=EDIT, status_code=200)
async def keep_standard(request: Request) -> Page:
    """Keep a draft, new or one's own."""
    form = Form.of(await request.form())
    try:
        key, valid_from = form.uuid("key", required=False) or uuid4(), form.day("valid_from", parse_date)
        note = form.text("note", required=False, most=500)
        form.check()
        try:
            await standards.draft(request.actor, key, CODE, rules_of(form), valid_from, note, now())
        except StandardFaultError as fault:
            sentence = i18n.word("standard_fault", fault.fault)
            raise FormError({_FIELD.get(fault.field, fault.field): (sentence, {})}) from None
    except FormError as error:
        return await _form_page(request, form, error)
    await flash(request, "ok", N_("The version is kept as a draft. Next: the bureau's lead publishes it."))
    return go(request, f"/standards/{key}")


@post("/standards/{standard:uuid}/publish", guards=PUBLISH, status_code=200)
async def publish_standard(request: Request, standard: FromPath[UUID]) -> Page:
    """draft -> published."""
    await standards.publish(request.actor, standard, now())
    await flash(request, "ok", N_("Published: contracts signed from that day on are scored by it."))
    return go(request, f"/standards/{standard}")


_FIELD: Final = {"weights": "Q1", "bands": "excellent", "factors": "factor_excellent", "completion_caps": "cap_poor"}


async def _form_page(request: Request, form: Mapping[str, Any], error: FormError | None = None) -> Page:
    return await page(
        request, "quality/standard_form.html", 422 if error else 200, form=form, indicators=INDICATORS, bands=BANDS,
        numbers=NUMBERS, caps=CAPS, band_options=[(each, i18n.word("score_band", each)) for each in BANDS],
        errors=error_texts(error.fields) if error else {},
    )  # fmt: skip


def typed_of(rules: Mapping[str, Any]) -> dict[str, str]:
    """The rules as fields of the form."""
    typed = {code: str(rules["weights"][code]) for code in INDICATORS}
    typed |= {band: str(rules["bands"][band]) for band in BANDS[:-1]}
    typed |= {f"factor_{band}": str(rules["factors"][band]) for band in BANDS}
    typed |= {f"cap_{band}": str(share) for share, band in rules["completion_caps"]}
    return {**typed, "major_cap": rules["major_cap"], **{name: str(rules[name]) for name in NUMBERS}}


def rules_of(form: Form) -> dict[str, Any]:
    """The fields of the form as rules; what makes no sense is refused by standard_rules.read."""

    def typed(name: str) -> str:
        return form.text(name, required=False, most=20)

    numbers = {name: _whole(typed(name)) if name in WHOLE else typed(name) for name in NUMBERS}
    return {
        **DEFAULT, "weights": {code: typed(code) for code in INDICATORS},
        "bands": {band: typed(band) for band in BANDS[:-1]},
        "factors": {band: typed(f"factor_{band}") for band in BANDS},
        "completion_caps": [[typed(f"cap_{band}"), band] for band in CAPS if typed(f"cap_{band}")],
        "major_cap": typed("major_cap"), **numbers,
    }  # fmt: skip


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else text


STANDARDS: list[Any] = [
    list_standards, show_standard, new_standard, edit_standard, keep_standard, publish_standard,
]  # fmt: skip
