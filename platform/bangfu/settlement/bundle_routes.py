"""The bundle and the quarterly report of a statement; the public check of a report's code; the checker to download."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from bangfu.settlement import bundle_making, bundle_paper
from bangfu.settlement.bundle_files import CHECKER
from bangfu.settlement.bundle_reading import own_statement_for, statement_for
from bangfu.settlement.bundle_workbook import workbook
from bangfu.shared.clock import now
from bangfu.shared.tries import Limit
from bangfu.shared.web.access import proved, public, requires
from bangfu.shared.web.files import download
from bangfu.shared.web.limits import may_try, was_right
from bangfu.shared.web.pages import Page, Request, page

READ, OWN = "settlements.read", "settlements.own"
_ONE, _MINE = "/settlements/{statement:uuid}", "/my-settlements/{statement:uuid}"
_CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")
TRIES = Limit("report check")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get(_ONE + "/bundle", guards=[requires(READ), proved])
async def take_bundle(request: Request, statement: FromPath[UUID]) -> Response[bytes]:
    """The bundle for who oversees the area."""
    return await _bundle(request, await statement_for(request.actor, statement))


@get(_MINE + "/bundle", guards=[requires(OWN), proved])
async def take_own_bundle(request: Request, statement: FromPath[UUID]) -> Response[bytes]:
    """The same bundle for the provider that it is about."""
    return await _bundle(request, await own_statement_for(request.actor, statement))


async def _bundle(request: Request, row: Mapping[str, Any]) -> Response[bytes]:
    made = await bundle_making.take_bundle(request.actor, row, now())
    return download(made, f"{row['number']}-bundle.zip", "application/zip")


@get(_ONE + "/report.pdf", guards=[requires(READ)])
async def print_report(request: Request, statement: FromPath[UUID]) -> Response[bytes]:
    """The quarterly report as an A4 paper with its check code."""
    return await _pdf(request, await statement_for(request.actor, statement))


@get(_MINE + "/report.pdf", guards=[requires(OWN)])
async def print_own_report(request: Request, statement: FromPath[UUID]) -> Response[bytes]:
    """The same paper for the provider."""
    return await _pdf(request, await own_statement_for(request.actor, statement))


async def _pdf(request: Request, row: Mapping[str, Any]) -> Response[bytes]:
    report = await bundle_making.report_of(request.actor, row, now())
    made = await bundle_paper.paper(report, f"{_portal(request)}/check")
    return download(made, f"{row['number']}.pdf", "application/pdf")


@get(_ONE + "/report.xlsx", guards=[requires(READ)])
async def take_workbook(request: Request, statement: FromPath[UUID]) -> Response[bytes]:
    """The report's figures as a workbook."""
    return await _xlsx(request, await statement_for(request.actor, statement))


@get(_MINE + "/report.xlsx", guards=[requires(OWN)])
async def take_own_workbook(request: Request, statement: FromPath[UUID]) -> Response[bytes]:
    """The same workbook for the provider."""
    return await _xlsx(request, await own_statement_for(request.actor, statement))


async def _xlsx(request: Request, row: Mapping[str, Any]) -> Response[bytes]:
    report = await bundle_making.report_of(request.actor, row, now())
    return download(workbook(report), f"{row['number']}.xlsx", XLSX)


def _portal(request: Request) -> str:
    settings = request.app.state.settings
    return str(settings.public_url or settings.url)


@get("/check", guards=[public])
async def ask_report(request: Request) -> Page:
    """Where anybody types the code of a report."""
    typed = request.query_params.get("code", "")[:40]
    return await _checked(request, typed) if typed else await _show(request, 200, "")


@get("/check/{code:str}", guards=[public])
async def check_report(request: Request, code: FromPath[str]) -> Page:
    """Which paper a code belongs to: contract, quarter, total and hash; nothing else, and not too often."""
    return await _checked(request, code[:40])


async def _checked(request: Request, typed: str) -> Page:
    if not await may_try(request, TRIES):
        return await _show(request, 429, typed, throttled=True)
    code = re.sub(r"[\s-]", "", typed.upper())
    found = None
    if _CODE.fullmatch(code):
        found = await bundle_paper.by_code("-".join((code[:4], code[4:8], code[8:])))
    if found is not None:
        await was_right(request, TRIES)
    return await _show(request, 200 if found else 404, typed, found)


async def _show(
    request: Request, status: int, typed: str, found: Mapping[str, Any] | None = None, *, throttled: bool = False
) -> Page:
    return await page(
        request, "settlement/bundle/check.html", status, code=typed.strip(), found=found, throttled=throttled
    )


@get("/check/verify.py", guards=[public])
async def take_checker(request: Request) -> Response[bytes]:
    """The checker of bundles, from the portal rather than from a bundle."""
    return download(CHECKER.read_bytes(), "verify.py", "text/x-python")


ROUTES = [
    take_bundle, take_own_bundle, print_report, print_own_report, take_workbook, take_own_workbook, ask_report,
    check_report, take_checker,
]  # fmt: skip
