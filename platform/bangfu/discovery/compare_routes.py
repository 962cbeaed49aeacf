"""The comparison page, and what is decided on it: a household, a new one, a duplicate; and handing on by the bureau."""

from collections.abc import Mapping
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from bangfu.discovery import candidates, comparing, forms, queries
from bangfu.discovery.labels import REPORT
from bangfu.discovery.rules import VERIFIERS
from bangfu.discovery.step_routes import decide
from bangfu.errors import N_, FormError, Refused
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page


@get("/discovery/{report:uuid}/compare", guards=[requires("discovery.match")])
async def compare(request: Request, report: FromPath[UUID]) -> Page:
    """The report beside the households and other reports that fit."""
    return await _page(request, report)


@post("/discovery/{report:uuid}/match", guards=[requires("discovery.match")], status_code=200)
async def match(request: Request, report: FromPath[UUID]) -> Page:
    """collected -> matched."""
    await queries.report_for(request.actor, report)
    form = Form.of(await request.form())
    try:
        found, _ = await candidates.households_like(request.actor, report)
        wish = forms.read_match(form, {household.id for household in found})
        await comparing.match_report(request.actor, report, wish.household, wish.owner, now())
    except FormError as error:
        return await _page(request, report, form=form, error=error)
    await flash(request, "ok", N_("The comparison is done. Next: a home visit verifies the report."))
    return go(request, f"/discovery/{report}")


@post("/discovery/{report:uuid}/merge", guards=[requires("discovery.match")], status_code=200)
async def merge(request: Request, report: FromPath[UUID]) -> Page:
    """collected or matched -> duplicate of another report."""
    await queries.report_for(request.actor, report)
    form = Form.of(await request.form())
    try:
        into = form.uuid("into")
        form.check()
        assert into is not None  # noqa: S101 (check() raised otherwise)
        await comparing.merge_report(request.actor, report, into, now())
    except FormError as error:
        return await _page(request, report, form=form, error=error)
    await flash(request, "ok", N_("The two reports are one now; whoever filed the second has been told."))
    return go(request, f"/discovery/{into}")


@post("/discovery/{report:uuid}/route", guards=[requires("discovery.confirm")], status_code=200)
async def route(request: Request, report: FromPath[UUID]) -> Page:
    """The bureau hands a complaint or accusation on, past those whom it concerns."""

    async def act(form: Form) -> None:
        await comparing.route_report(request.actor, report, forms.read_excluded(form), now())

    return await decide(request, report, "route", act, N_("The report is handed on, past the people named."))


async def _page(
    request: Request, report: UUID, *, form: Mapping[str, str] | None = None, error: FormError | None = None
) -> Page:
    found = await queries.report_for(request.actor, report)
    if found.status not in {"collected", "matched"}:
        raise Refused(N_("This report has been compared already. Look at its page."))
    households, elsewhere = await candidates.households_like(request.actor, report)
    staff = await candidates.staff_of(found.division, VERIFIERS)
    visitors = [
        (str(user), f"{i18n.word('role', held[0])} · {name}")
        for user, name, held, _ in staff
        if user not in found.excluded
    ]
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "discovery/compare.html", 422 if error else 200, report=found, households=households,
        elsewhere=elsewhere, others=await candidates.reports_like(request.actor, report), visitors=visitors,
        form=form or {}, errors=errors, faults=summary(errors, REPORT),
    )  # fmt: skip


COMPARING = [compare, match, merge, route]
