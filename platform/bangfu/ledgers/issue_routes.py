"""An issued ledger: its page with what changed since, its files, and the progress of a large one."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from bangfu.errors import NotYours
from bangfu.ledgers import asking, files, issuing, paper
from bangfu.ledgers.canonical import shown, shown_row
from bangfu.ledgers.comparing import Difference, compare
from bangfu.ledgers.definitions import Definition
from bangfu.ledgers.export_routes import answer
from bangfu.ledgers.issuing import IssueView
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import download
from bangfu.shared.web.pages import Page, Request, fragment, page

READ = [requires("ledgers.read")]


@get("/ledgers/issues/{ledger_issue:uuid}", guards=READ)
async def show_issue(request: Request, ledger_issue: FromPath[UUID]) -> Page:
    """What was issued, and whether the data still give the same; a large one is compared when asked."""
    found = await issuing.issue_for(request.actor, ledger_issue)
    asked = request.query_params.get("compare") == "yes"
    apart = await compare(found) if found.status == "ready" and (asked or found.rows <= issuing.AT_ONCE) else None
    return await page(
        request, "ledgers/issue.html", issue=found, titles=files.titles(found.definition), apart=apart,
        period=asking.period_words(found.asked.period), said=asking.filter_words(found.asked),
        sums=sum_rows(found), most_paper=paper.MOST, at_once=issuing.AT_ONCE, fresh=uuid4(),
        **_shown(found.definition, apart),
    )  # fmt: skip


@get("/ledgers/issues/{ledger_issue:uuid}/progress", guards=READ)
async def show_progress(request: Request, ledger_issue: FromPath[UUID]) -> Page:
    """How far a large one is; asked for by its page."""
    return fragment(request, "ledgers/_progress.html", issue=await issuing.issue_for(request.actor, ledger_issue))


@get("/ledgers/issues/{ledger_issue:uuid}/file", guards=READ)
async def get_file(request: Request, ledger_issue: FromPath[UUID]) -> Stream | Response[bytes]:
    """The issue as `?format=` xlsx, csv or pdf: always from the rows that were kept. CSV of any length goes out as it
    is written; a long workbook is written by the worker (export_routes)."""
    found = await issuing.issue_for(request.actor, ledger_issue)
    file_format = request.query_params.get("format", "")
    file_format = file_format if file_format in {*files.FORMATS, "pdf"} else "csv"
    too_long = found.rows > {"pdf": paper.MOST, "xlsx": issuing.AT_ONCE}.get(file_format, found.rows)
    if found.status != "ready" or too_long:
        raise NotYours
    name = f"{found.definition.title}-{found.asked.period}-{found.code}"
    await _note(request.actor, found, file_format)
    if file_format == "pdf":
        return download(await paper.paper(found, _address(request)), f"{name}.pdf", "application/pdf")
    head = files.Head(
        found.definition, found.unit, asking.period_words(found.asked.period), asking.filter_words(found.asked),
        found.code,
    )  # fmt: skip
    if file_format == "csv":
        return answer(files.csv_pieces(head, issuing.kept(found.id)), name, "csv")
    made, _rows = await files.write("xlsx", head, issuing.kept(found.id), found.sums)
    return answer(files.chunks(made), name, "xlsx")


async def _note(actor: Actor, found: IssueView, file_format: str) -> None:
    async with transaction():
        await audit.record(
            actor, "ledger.taken", "ledger_issue", found.id, division=actor.scope, at=now(),
            data={"format": file_format, "rows": found.rows},
        )  # fmt: skip


def _address(request: Request) -> str:
    settings = request.app.state.settings
    return f"{settings.public_url or settings.url}/ledgers/check"


def sum_rows(found: IssueView) -> list[tuple[str, str]]:
    """(column's word, sum)."""
    return [
        (asking.title_of(each.zh, each.en), found.sums[each.code])
        for each in found.definition.columns if each.code in found.sums
    ]  # fmt: skip


def _shown(definition: Definition, apart: Difference | None) -> dict[str, Any]:
    """The differing rows as people read them."""
    columns = definition.columns
    if apart is None:
        return {"added": [], "removed": [], "changed": []}
    changed = [
        (_named(definition, each.row), files.titles(definition)[at - 1], shown(columns[at - 1], old),
         shown(columns[at - 1], new))
        for each in apart.changed for at, old, new in each.cells
    ]  # fmt: skip
    return {
        "added": [shown_row(columns, row) for row in apart.added],
        "removed": [shown_row(columns, row) for row in apart.removed], "changed": changed,
    }  # fmt: skip


def _named(definition: Definition, row: list[Any]) -> str:
    """What a row is called: its number, household, or first cell."""
    codes = [each.code for each in definition.columns]
    at = next((codes.index(code) for code in ("number", "household", "township") if code in codes), 0)
    return str(row[at + 1])


ROUTES: list[Any] = [show_issue, show_progress, get_file]
