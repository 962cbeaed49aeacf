"""From a confirmed report to the register: its household and its needs, with what the report says already."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.discovery import candidates, following, queries, taking_over
from bangfu.discovery.queries import ReportView
from bangfu.divisions.queries import villages_for
from bangfu.errors import N_, FormError, Refused
from bangfu.households import consent_forms
from bangfu.households import forms as household_forms
from bangfu.households.consent_queries import published_texts
from bangfu.households.facts import Ground
from bangfu.households.labels import summary
from bangfu.households.pages import chosen_of
from bangfu.households.queries import live_grounds, members
from bangfu.households.words import STATUTE_ZH
from bangfu.needs import queries as need_queries
from bangfu.needs.forms import read_wish
from bangfu.needs.labels import NEED
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

_LATER = N_("A household is recorded from a report once a visit has confirmed it.")


@get("/discovery/{report:uuid}/household", guards=[requires("households.record")])
async def new_household(request: Request, report: FromPath[UUID]) -> Page:
    """The form of a household; what stays empty is taken over from the report."""
    found = await _free(request, report)
    first = {
        "key": str(uuid4()), "id_type": "resident_id", "datum": "gcj02", "statute": STATUTE_ZH,
        "giver_relation": "self", "division": found.division,
    }  # fmt: skip
    return await _household_page(request, found, first, {"purposes": ["service", "share_provider"]})


@post("/discovery/{report:uuid}/household", guards=[requires("households.record")], status_code=200)
async def record_household(request: Request, report: FromPath[UUID]) -> Page:
    """Store the household and link it to the report."""
    found = await queries.report_for(request.actor, report)
    typed = Form.of(await request.form())
    form = taking_over.completed(typed, await taking_over.told_of(report))
    try:
        head, why = household_forms.read_person(form, today(), head=True)
        situation, ground = household_forms.read_situation(form, today()), await _ground(form)
        consent_forms.check_guardian(form, head.birth_date, ground, today())
        form.check()
        key = household_forms.key_of(form)
        await following.household_of_report(
            request.actor, report, key, head, situation, ground, now(), why=why
        )  # fmt: skip
    except FormError as error:
        return await _household_page(request, found, typed, chosen_of(typed), error=error)
    await flash(request, "ok", N_("The household is recorded. Next: record what it needs."))
    return go(request, f"/discovery/{report}")


async def _ground(form: Form) -> Ground:
    return consent_forms.read_ground(form, today(), await published_texts(today()))


@post("/discovery/{report:uuid}/link", guards=[requires("households.record")], status_code=200)
async def link_household(request: Request, report: FromPath[UUID]) -> Page:
    """The report is about a household that the register has already."""
    await queries.report_for(request.actor, report)
    form = Form.of(await request.form())
    household = form.uuid("household")
    form.check()
    assert household is not None  # noqa: S101 (check() raised otherwise)
    await following.link_household(request.actor, report, household, now())
    await flash(request, "ok", N_("The report is linked with the household. Next: record what it needs."))
    return go(request, f"/discovery/{report}")


async def _free(request: Request, report: UUID) -> ReportView:
    found = await queries.report_for(request.actor, report)
    if found.status not in following.CONFIRMED:
        raise Refused(_LATER)
    if found.household is not None:
        raise Refused(N_("This report has its household already."))
    return found


async def _household_page(
    request: Request, report: ReportView, form: Mapping[str, str], chosen: Mapping[str, list[str]], *,
    error: FormError | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    households, _ = await candidates.households_like(request.actor, report.id)
    return await page(
        request, "discovery/household.html", 422 if error else 200, report=report, form=form, chosen=chosen,
        errors=errors, faults=summary(errors), villages=await villages_for(request.actor), households=households,
        texts=await published_texts(today()),
    )  # fmt: skip


@get("/discovery/{report:uuid}/need", guards=[requires("needs.record")])
async def new_need(request: Request, report: FromPath[UUID]) -> Page:
    """The form of a need of the report's household."""
    found = await queries.report_for(request.actor, report)
    first = {"key": str(uuid4()), "urgent": "yes" if found.urgent else ""}
    return await _need_page(request, found, first)


@post("/discovery/{report:uuid}/need", guards=[requires("needs.record")], status_code=200)
async def record_need(request: Request, report: FromPath[UUID]) -> Page:
    """Submit the need; the report keeps it."""
    found = await queries.report_for(request.actor, report)
    form = Form.of(await request.form())
    try:
        defaults = {service.code: service.minutes for service in await need_queries.services()}
        people = {member.id for member in await members(_home(found), today())}
        wish, key = read_wish(form, defaults, people, complete=True), form.uuid("key")
        form.check()
        need = await following.need_of_report(request.actor, report, key or uuid4(), wish, now(), submit=True)
    except FormError as error:
        return await _need_page(request, found, form, error=error)
    await flash(request, "ok", N_("The need is submitted. Next: the township officer decides on it."))
    return go(request, f"/needs/{need}")


def _home(report: ReportView) -> UUID:
    if report.status not in following.CONFIRMED:
        raise Refused(N_("A need is recorded from a report once a visit has confirmed it."))
    if report.household is None:
        raise Refused(N_("Record or choose the household first."))
    return report.household


async def _need_page(
    request: Request, report: ReportView, form: Mapping[str, str], *, error: FormError | None = None
) -> Page:
    home = _home(report)
    people: list[tuple[str, Any]] = [
        (str(member.id), f"{member.name} · {i18n.word('relation', member.relation)}")
        for member in await members(home, today())
    ]
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "discovery/need.html", 422 if error else 200, report=report, form=form, people=people,
        services=await need_queries.services(), grounds=await live_grounds(home, today()), errors=errors,
        faults=summary(errors, NEED),
    )  # fmt: skip


FOLLOWING = [new_household, record_household, link_household, new_need, record_need]
