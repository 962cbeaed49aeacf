"""The provider's pages: results of checks with their reasons, and objections (DOMAIN.md 8.8)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.oversight import check_appeals, check_queries, check_reporting
from bangfu.oversight import check_rules as rules
from bangfu.shared import files
from bangfu.shared.clock import now
from bangfu.shared.files import Looked, look_at
from bangfu.shared.quarters import period_words
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage

OWN = [requires("checks.organization")]
_ONE = "/my-results/{check:uuid}"


@get("/my-results", guards=OWN)
async def my_results(request: Request) -> Page:
    """Checks of own visits that the organisation was told of; what people said, from five finished checks on."""
    actor, known = request.actor, await check_queries.own_periods(request.actor)
    given = request.query_params.get("period", "")[:6]
    period = given if given in known else ""
    number = page_number(request.query_params.get("page"))
    rows, total = await check_queries.own_results(actor, period, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    return await page(
        request, "oversight/checks/results.html", rows=rows, at=now(), few=rules.FEW, period=period,
        listing=ListPage(number, total, "/my-results", {"period": period}),
        periods=[(one, period_words(one)) for one in known], voices=await _voices(request, period),
    )  # fmt: skip


async def _voices(request: Request, period: str) -> list[tuple[str, list[str]]]:
    """(contract, what people said) of a chosen quarter; contracts with too few checks say nothing."""
    if not period or request.actor.organization is None:
        return []
    found = []
    for contract, number in await check_queries.own_contracts(request.actor, period):
        said = await check_queries.voices(request.actor.organization, contract, period)
        if said:
            found.append((number, said))
    return found


@get(_ONE, guards=OWN)
async def my_result(request: Request, check: FromPath[UUID]) -> Page:
    """One result with its reasons, and the form to object."""
    return await _shown(request, await check_queries.for_provider(request.actor, check))


@post(f"{_ONE}/appeal", guards=OWN, status_code=200)
async def object_to(request: Request, check: FromPath[UUID]) -> Page:
    """notified -> appealed."""
    row = await check_queries.for_provider(request.actor, check)
    posted = await request.form()
    form = Form.of(posted)
    try:
        text = form.text("appeal_text", required=False, most=1000)
        papers = await _papers(form, posted)
        form.check()
        await check_appeals.appeal(request.actor, check, text, papers, now())
    except FormError as error:
        return await _shown(request, row, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", N_("The objection is sent; the bureau decides within five working days."))
    return go(request, f"/my-results/{check}")


async def _papers(form: Form, posted: Any) -> list[Looked]:
    found = []
    for upload in posted.getall("appeal_files", []):
        if hasattr(upload, "read") and upload.filename:
            try:
                found.append(await look_at(upload.filename, await upload.read(), "appeal_files"))
            except FormError as error:
                form.faults.update(error.fields)
    return found


@get(f"{_ONE}/files/{{file:uuid}}", guards=OWN)
async def own_paper(request: Request, check: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A paper that the organisation itself sent with its objection; pictures of the home stay with the office."""
    row = await check_queries.for_provider(request.actor, check)
    known = (await files.files_of(check_reporting.SUBJECT, [check], "appeal"))[check]
    if file not in {one.id for one in known}:
        raise NotYours
    return file_answer(await files.opened(file, check_reporting.SUBJECT, check), row["number"])


async def _shown(
    request: Request, row: dict[str, Any], *, form: Form | None = None, errors: dict[str, str] | None = None
) -> Page:
    at = now()
    papers = (await files.files_of(check_reporting.SUBJECT, [row["id"]], "appeal"))[row["id"]]
    may = row["status"] == "notified" and row["result"] == "fail" and at <= row["appeal_until"]
    words = check_queries.words_of(row)
    return await page(
        request, "oversight/checks/result.html", 422 if errors else 200, row=row, form=dict(form) if form else {},
        errors=errors or {}, papers=papers, may_object=may, at=at, remarks=words.remarks,
        answers=check_queries.listed_json(row["answers"]),
        lines=await check_queries.lines_of(row["form"], row["form_version"]),
        appeal=check_queries.opened(row, "appeal_enc"), decision=check_queries.opened(row, "decision_enc"),
    )  # fmt: skip


PROVIDER = [my_results, my_result, object_to, own_paper]
