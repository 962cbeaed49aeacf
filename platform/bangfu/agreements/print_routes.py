"""An agreement as a paper, and the public page on which anybody who holds one checks it."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from bangfu.agreements import queries
from bangfu.agreements.printing import paper
from bangfu.households.reading import note_read
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now
from bangfu.shared.database import transaction
from bangfu.shared.masking import mask_id
from bangfu.shared.web.access import public, requires
from bangfu.shared.web.files import download
from bangfu.shared.web.pages import Page, Request, page

_CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")


@get("/agreements/{agreement:uuid}/paper", guards=[requires("agreements.paper")])
async def print_agreement(request: Request, agreement: FromPath[UUID]) -> Response[bytes]:
    """The agreement as an A4 paper; it shows names and numbers in full, so who took it is on record."""
    found = await queries.agreement_for(request.actor, agreement)
    return await _paper(request, found, await queries.printed(agreement))


@get("/my-agreements/{agreement:uuid}/paper", guards=[requires("agreements.own")])
async def print_own_agreement(request: Request, agreement: FromPath[UUID]) -> Response[bytes]:
    """The same for the supporting institution, which is a party; who serves never sees an identity number (9.2)."""
    found = await queries.agreement_for(request.actor, agreement)
    printed = await queries.printed(agreement)
    person = {**printed["person"], "id_number": mask_id(printed["person"]["id_number"])}
    return await _paper(request, found, {**printed, "person": person})


async def _paper(request: Request, found: queries.AgreementView, printed: dict[str, Any]) -> Response[bytes]:
    made, at = await paper(printed, f"{_portal(request)}/verify"), now()
    await _note(request.actor, found, at)
    return download(made, f"{found.number}.pdf", "application/pdf")


async def _note(actor: Actor, found: queries.AgreementView, at: datetime) -> None:
    async with transaction():
        await note_read(actor, found.household, found.person, "identity", f"agreement {found.number}", at)
        await audit.record(
            actor, "agreement.printed", "care_agreement", found.id, division=found.division, at=at,
            data={"household": str(found.household), "number": found.number, "hash": found.document_hash},
        )  # fmt: skip


def _portal(request: Request) -> str:
    settings = request.app.state.settings
    return str(settings.public_url or settings.url)


@get("/verify", guards=[public])
async def verify_paper(request: Request) -> Page:
    """What the portal knows of a paper with this code: number, state, days, signatures; nothing about the person."""
    typed = request.query_params.get("code", "")[:40]
    code = re.sub(r"[\s-]", "", typed.upper())
    known = None
    if _CODE.fullmatch(code):
        known = await queries.by_check_code("-".join((code[:4], code[4:8], code[8:])))
    return await page(request, "agreements/verify.html", code=typed.strip(), found=known)


ROUTES = [print_agreement, print_own_agreement, verify_paper]
