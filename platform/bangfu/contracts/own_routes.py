"""The supplier's pages: its own contracts, what each says, its signature; and the public notices."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.contracts import reading, signing
from bangfu.contracts.check_facts_rules import SUPPLYING
from bangfu.contracts.forms import faults_named
from bangfu.contracts.moves import note_read
from bangfu.contracts.pages import LEVELS
from bangfu.errors import N_, FormError
from bangfu.shared.clock import now, today
from bangfu.shared.files import files_of, opened
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page
from bangfu.shared.web.paging import PAGE_SIZE, page_number
from bangfu.shared.web.paging import Page as ListPage


@get("/my-contracts", guards=[requires("contracts.own")])
async def own_contracts(request: Request) -> Page:
    """The contracts of one's organisation, those to be signed first."""
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.contracts_of(request.actor, {}, PAGE_SIZE, (number - 1) * PAGE_SIZE)
    waiting, _total = await reading.contracts_of(request.actor, {"status": "approved"}, PAGE_SIZE, 0)
    return await page(
        request, "contracts/own_list.html", rows=rows, waiting=waiting, levels=LEVELS, today=today(),
        listing=ListPage(number, total, "/my-contracts", {}),
    )  # fmt: skip


@get("/my-contracts/{contract:uuid}", guards=[requires("contracts.own")])
async def own_contract(request: Request, contract: FromPath[UUID]) -> Page:
    """What the contract says, and the form for one's signature."""
    return await _own_page(request, contract, {})


@post("/my-contracts/{contract:uuid}/sign", guards=[requires("contracts.own")], status_code=200)
async def sign_own(request: Request, contract: FromPath[UUID]) -> Page:
    """Sign for one's organisation."""
    found = await reading.own_contract_for(request.actor, contract)
    form = Form.of(await request.form())
    try:
        signatory = form.text("signatory", most=64)
        if not form.yes("agreed"):
            form.fault("agreed", N_("Please confirm that you sign for your organisation."))
        form.check()
        role = "agency" if found.kind == "commission" else "supplier"
        await signing.sign(request.actor, contract, role, signatory, today(), now())
    except FormError as error:
        return await _own_page(request, contract, form, error)
    await flash(request, "ok", N_("Your signature is recorded."))
    return go(request, f"/my-contracts/{contract}")


@get("/my-contracts/{contract:uuid}/files/{file:uuid}", guards=[requires("contracts.own")])
async def own_file(request: Request, contract: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """One file of an own contract; reading it is logged."""
    found = await reading.own_contract_for(request.actor, contract)
    looked = await opened(file, "contract", contract)
    await note_read(request.actor, found.id, found.number, found.division, file, now())
    return file_answer(looked)


@get("/notices/contracts", guards=[public])
async def notices(request: Request) -> Page:
    """The public notices of contracts: title, day, sum, supplier; no personal data."""
    number = page_number(request.query_params.get("page"))
    rows, total = await reading.notices(PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = ListPage(number, total, "/notices/contracts", {})
    return await page(request, "contracts/notices.html", rows=rows, listing=listing)


async def _own_page(request: Request, contract: UUID, form: Mapping[str, str], error: FormError | None = None) -> Page:
    found = await reading.own_contract_for(request.actor, contract)
    errors = error_texts(error.fields) if error else {}
    parties = await reading.parties_of(contract)
    mine = next((party for party in parties if party.role in SUPPLYING), None)
    return await page(
        request, "contracts/own_show.html", 422 if error else 200, c=found, form=form, errors=errors, parties=parties,
        lines=await reading.lines_of(contract), files=(await files_of("contract", [contract]))[contract],
        may_sign=found.status == "approved" and mine is not None and mine.signed_on is None,
        level=LEVELS.get(found.status, "info"), faults=faults_named(errors), today=today(),
    )  # fmt: skip


OWN: list[Any] = [own_contracts, own_contract, sign_own, own_file, notices]
