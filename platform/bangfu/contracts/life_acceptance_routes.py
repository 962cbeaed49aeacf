"""Pages of acceptance: begun, written by the team, concluded, published."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.contracts import acceptance_rules as rules
from bangfu.contracts import accepting
from bangfu.contracts.acceptance_rules import Finding, Member
from bangfu.contracts.accepting import AcceptanceView, Record
from bangfu.contracts.life_pages import acted, framed, seen
from bangfu.contracts.reading import ContractView
from bangfu.errors import N_, FormError, NotYours
from bangfu.shared import files
from bangfu.shared.clock import today
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page

_ALL, _ONE = "/contracts/{contract:uuid}/acceptance", "/contracts/{contract:uuid}/acceptance/{acceptance:uuid}"
PEOPLE: Final = 6
STANDARDS: Final = 9
"""Lines of the form; three of each kind of standard."""
LONGEST: Final = 2000


@get(_ALL, guards=[requires("contracts.read")])
async def list_acceptances(request: Request, contract: FromPath[UUID]) -> Page:
    """The acceptances of a contract and what may be begun."""
    found = await seen(request, contract)
    rows = await accepting.acceptances_of(contract)
    return await page(
        request, "contracts/accept_list.html", acceptances=rows, possible=_possible(request, found, rows),
        **framed(request, found, "acceptance"),
    )  # fmt: skip


def _possible(request: Request, found: ContractView, rows: list[AcceptanceView]) -> list[tuple[str, int]]:
    """(kind, year) of the acceptances that the officer may begin now."""
    if not (allows(request.actor.roles, "contracts.draft") and request.actor.sees(found.division)):
        return []
    begun = {(row.kind, row.period) for row in rows}
    years = rules.years_over(found.starts_on, found.ends_on, today()) if found.multi_year else 0
    wanted = [("yearly", year) for year in range(1, years + 1)]
    wanted += [("final", 0)] if found.status in {"accepting", "terminated"} else []
    return [each for each in wanted if each not in begun]


@post(_ALL, guards=[requires("contracts.draft")], status_code=200)
async def begin(request: Request, contract: FromPath[UUID]) -> Page:
    """Begin a record."""
    found = await seen(request, contract)
    made: list[UUID] = []

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        kind, period = form.choice("kind", ("yearly", "final")), form.whole("period", most=3) or 0
        form.check()
        made.append(await accepting.begin(request.actor, contract, kind, period, at))

    async def show(_form: Form | None, error: FormError | None) -> Page:
        rows = await accepting.acceptances_of(contract)
        return await page(
            request, "contracts/accept_list.html", 422, acceptances=rows, possible=_possible(request, found, rows),
            errors=error_texts(error.fields) if error else {}, **framed(request, found, "acceptance"),
        )  # fmt: skip

    answer = await acted(request, act, show, N_("The acceptance is begun."), "")
    if made:
        header = "HX-Redirect" if request.headers.get("HX-Request") else "Location"
        answer.headers[header] = f"/contracts/{contract}/acceptance/{made[0]}"
    return answer


@get(_ONE, guards=[requires("contracts.read")])
async def show_acceptance(request: Request, contract: FromPath[UUID], acceptance: FromPath[UUID]) -> Page:
    """One record: to be written, or as it was concluded."""
    return await _show(request, contract, acceptance)


async def _show(
    request: Request, contract: UUID, acceptance: UUID, form: Form | None = None, error: FormError | None = None
) -> Page:
    found = await seen(request, contract)
    shown = await _one(contract, acceptance)
    writes = allows(request.actor.roles, "contracts.draft") and request.actor.sees(found.division)
    return await page(
        request, "contracts/accept_show.html", 422 if error else 200, a=shown, form=form or _typed(shown),
        people=max(PEOPLE, len(shown.record.team)), standards=max(STANDARDS, len(shown.record.findings)), rules=rules,
        errors=error_texts(error.fields) if error else {}, writes=writes, **framed(request, found, "acceptance"),
    )  # fmt: skip


def _typed(shown: AcceptanceView) -> dict[str, Any]:
    """The record as the form shows it; an empty one offers three lines of each kind of standard."""
    typed: dict[str, Any] = {
        "result": shown.record.result, "asked": shown.record.asked or "", "content": shown.record.content or "",
        "opinions": shown.record.opinions,
    }  # fmt: skip
    for place, member in enumerate(shown.record.team):
        typed |= {f"name_{place}": member.name, f"capacity_{place}": member.capacity}
        if member.leads:
            typed["leader"] = str(place)
    for place in range(STANDARDS):
        typed[f"aspect_{place}"] = rules.ASPECTS[place // 3]
    for place, finding in enumerate(shown.record.findings):
        typed |= {
            f"aspect_{place}": finding.aspect, f"standard_{place}": finding.standard,
            f"finding_{place}": finding.finding, f"remark_{place}": finding.remark,
        }  # fmt: skip
    return typed


@post(f"{_ONE}/write", guards=[requires("contracts.draft")], status_code=200)
async def write(request: Request, contract: FromPath[UUID], acceptance: FromPath[UUID]) -> Page:
    """Keep what was written; with `conclude` it is the team's conclusion."""
    found = await seen(request, contract)

    async def act(form: Form, at: datetime, posted: Any) -> None:
        record = _read(form, found, request)
        await accepting.write(request.actor, contract, acceptance, record, await posted_scan(posted), at)
        if form.get("then") == "conclude":
            await accepting.conclude(request.actor, contract, acceptance, at)

    return await _act(request, contract, acceptance, act, N_("The record is saved."))


def _read(form: Form, found: ContractView, request: Request) -> Record:
    team = []
    for place in range(PEOPLE * 2):
        name = form.text(f"name_{place}", required=False, most=40)
        if name:
            capacity = form.choice(f"capacity_{place}", rules.CAPACITIES)
            mine = name == found.manager_name and capacity != "recipient"
            team.append(Member(capacity, name, found.manager if mine else None, form.get("leader") == str(place)))
    findings = []
    for place in range(STANDARDS * 3):
        standard = form.text(f"standard_{place}", required=False, most=300)
        if standard:
            aspect = form.choice(f"aspect_{place}", rules.ASPECTS)
            result = form.choice(f"finding_{place}", rules.FINDINGS, required=False)
            remark = form.text(f"remark_{place}", required=False, most=LONGEST)
            findings.append(Finding(aspect, standard, result, remark))
    asked, content = form.whole("asked", most=10**5, required=False), form.whole("content", most=10**5, required=False)
    if (content or 0) > (asked or 0):
        form.fault("asked", N_("More are content than were asked."))
    result = form.choice("result", rules.RESULTS, required=False)
    opinions = form.text("opinions", required=False, most=LONGEST)
    form.check()
    return Record(team, findings, result, asked or 0, content or 0, opinions)


@post(f"{_ONE}/reopen", guards=[requires("contracts.draft")], status_code=200)
async def reopen(request: Request, contract: FromPath[UUID], acceptance: FromPath[UUID]) -> Page:
    """Open a concluded record again."""

    async def act(form: Form, at: datetime, _posted: Any) -> None:
        text = form.text("text", most=LONGEST)
        form.check()
        await accepting.reopen(request.actor, contract, acceptance, text, at)

    return await _act(request, contract, acceptance, act, N_("The record is open again."))


@post(f"{_ONE}/publish", guards=[requires("contracts.draft")], status_code=200)
async def publish(request: Request, contract: FromPath[UUID], acceptance: FromPath[UUID]) -> Page:
    """Publish the result."""

    async def act(_form: Form, at: datetime, _posted: Any) -> None:
        await accepting.publish(request.actor, contract, acceptance, at)

    return await _act(request, contract, acceptance, act, N_("The result is published."))


@get(f"{_ONE}/files/{{file:uuid}}", guards=[requires("contracts.read")])
async def acceptance_file(
    request: Request, contract: FromPath[UUID], acceptance: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:
    """The signed paper of the record."""
    await seen(request, contract)
    await _one(contract, acceptance)
    return file_answer(await files.opened(file, accepting.SUBJECT, acceptance))


async def _act(request: Request, contract: UUID, acceptance: UUID, act: Any, done: str) -> Page:
    await seen(request, contract)
    await _one(contract, acceptance)

    async def show(form: Form | None, error: FormError | None) -> Page:
        return await _show(request, contract, acceptance, form, error)

    return await acted(request, act, show, done, f"/contracts/{contract}/acceptance/{acceptance}")


async def _one(contract: UUID, acceptance: UUID) -> AcceptanceView:
    for row in await accepting.acceptances_of(contract):
        if row.id == acceptance:
            return row
    raise NotYours


ROUTES = [list_acceptances, begin, show_acceptance, write, reopen, publish, acceptance_file]
