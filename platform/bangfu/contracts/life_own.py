"""The supplier's page of one contract: where its money is, what comes next, what waits for its word."""

from uuid import UUID, uuid4

from bangfu.contracts import milestones, milestones_parts
from bangfu.contracts.amending_reading import AMENDABLE, amendments_of
from bangfu.contracts.amendment_rules import WAITING
from bangfu.contracts.burning import burning_of
from bangfu.contracts.life_pages import framed, seen
from bangfu.errors import FormError
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, page


async def own_page(request: Request, contract: UUID, form: Form | None = None, error: FormError | None = None) -> Page:
    """/my-contracts/{contract}/money.

    Raises:
        NotYours: for another supplier's contract.
    """
    found = await seen(request, contract)
    lines, total = await burning_of(contract)
    shown = await milestones.milestones_of(contract)
    amendments = await amendments_of(contract)
    return await page(
        request, "contracts/own_money.html", 422 if error else 200, lines=lines, total=total, milestones=shown,
        coming=milestones.next_of(shown), parts=await milestones_parts.parts_of(contract), amendments=amendments,
        waiting=[each for each in amendments if each.status in WAITING], open=found.status in AMENDABLE,
        form=form or {}, errors=error_texts(error.fields) if error else {}, key=str(uuid4()),
        **framed(request, found, "money"),
    )  # fmt: skip
