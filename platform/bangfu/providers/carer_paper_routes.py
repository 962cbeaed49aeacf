"""The forms of policies, consents, courses and checks, and their scans."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.providers import carer_paper_forms as forms
from bangfu.providers import carer_papers, certificates_clearance
from bangfu.providers.carer_details import PAPERS
from bangfu.providers.carer_forms import key_of
from bangfu.providers.carer_pages import detail_page
from bangfu.providers.carer_reading import (
    SECRET_TO,
    Row,
    carer_for,
    kept_carer,
    may_check,
    may_keep,
    may_verify,
    shown_name,
)
from bangfu.providers.carer_rules import MINORS_SERVICES
from bangfu.providers.tables import Carer
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, opened
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer, posted_scan
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

Read = Callable[[Form, date], Any]
Act = Callable[[Actor, UUID, UUID, Any, Looked | None, datetime], Awaitable[None]]


async def paper_page(
    request: Request, row: Row, template: str, form: Any, error: FormError | None = None, **more: Any
) -> Page:
    """One of the forms, as it was typed, with what has to be corrected."""
    return await page(
        request, template, 422 if error else 200, carer=row, who=shown_name(request.actor, row), form=form,
        errors=error_texts(error.fields) if error else {}, services=sorted(MINORS_SERVICES), **more,
    )  # fmt: skip


async def take_paper(request: Request, row: Row, template: str, read: Read, act: Act, done: str) -> Page:
    """Read the form and its scan, act, and go back to the person."""
    posted = await request.form()
    form = Form.of(posted)
    try:
        facts, key = read(form, today()), key_of(form)
        await act(request.actor, row["id"], key, facts, await posted_scan(posted), now())
    except FormError as error:
        return await paper_page(request, row, template, form, error, chosen=form.many("services"))
    await flash(request, "ok", done)
    return go(request, f"/carers/{row['id']}")


def _fresh() -> dict[str, str]:
    return {"key": str(uuid4())}


@get("/carers/{carer:uuid}/trainings/new", guards=[requires("carers.keep")])
async def new_training(request: Request, carer: FromPath[UUID]) -> Page:
    """The form for a course."""
    return await paper_page(request, await kept_carer(request.actor, carer), "providers/carer_training.html", _fresh())


@post("/carers/{carer:uuid}/trainings/new", guards=[requires("carers.keep")], status_code=200)
async def record_training(request: Request, carer: FromPath[UUID]) -> Page:
    """Store it."""
    row = await kept_carer(request.actor, carer)
    done = N_("The training is recorded.")
    return await take_paper(
        request, row, "providers/carer_training.html", forms.read_course, carer_papers.record_training, done
    )


@get("/carers/{carer:uuid}/insurance/new", guards=[requires("carers.keep")])
async def new_insurance(request: Request, carer: FromPath[UUID]) -> Page:
    """The form for a policy."""
    return await paper_page(request, await kept_carer(request.actor, carer), "providers/carer_insurance.html", _fresh())


@post("/carers/{carer:uuid}/insurance/new", guards=[requires("carers.keep")], status_code=200)
async def record_insurance(request: Request, carer: FromPath[UUID]) -> Page:
    """Store it."""
    row = await kept_carer(request.actor, carer)
    done = N_("The insurance is recorded.")
    return await take_paper(
        request, row, "providers/carer_insurance.html", forms.read_policy, carer_papers.record_insurance, done
    )


@get("/carers/{carer:uuid}/consents/new", guards=[requires("carers.keep")])
async def new_consent(request: Request, carer: FromPath[UUID]) -> Page:
    """The form for a guardian's consent."""
    return await paper_page(request, await kept_carer(request.actor, carer), "providers/carer_consent.html", _fresh())


@post("/carers/{carer:uuid}/consents/new", guards=[requires("carers.keep")], status_code=200)
async def record_consent(request: Request, carer: FromPath[UUID]) -> Page:
    """Store it."""
    row = await kept_carer(request.actor, carer)

    def read(form: Form, day: date) -> Any:
        return forms.read_consent(form, day, MINORS_SERVICES)

    done = N_("The guardian's consent is recorded.")
    return await take_paper(request, row, "providers/carer_consent.html", read, carer_papers.record_consent, done)


@post(
    "/carers/{carer:uuid}/consents/{consent:uuid}/withdraw", guards=[requires("carers.keep")], status_code=200
)  # fmt: skip
async def withdraw(request: Request, carer: FromPath[UUID], consent: FromPath[UUID]) -> Page:
    """The guardian takes it back."""
    await carer_papers.withdraw_consent(request.actor, carer, consent, now())
    await flash(request, "ok", N_("The consent is withdrawn."))
    return go(request, f"/carers/{carer}")


@get("/carers/{carer:uuid}/clearance/new", guards=[requires("carers.keep")])
async def new_check(request: Request, carer: FromPath[UUID]) -> Page:
    """The form for the answer of police or procuratorate."""
    return await paper_page(request, await _checked(request, carer), "providers/carer_clearance.html", _fresh())


@post("/carers/{carer:uuid}/clearance/new", guards=[requires("carers.keep")], status_code=200)
async def record_check(request: Request, carer: FromPath[UUID]) -> Page:
    """Store it; a hit bars at once."""
    row = await _checked(request, carer)
    done = N_("The result of the check is recorded.")
    return await take_paper(
        request, row, "providers/carer_clearance.html", forms.read_check, certificates_clearance.record_check, done
    )


async def _checked(request: Request, carer: UUID) -> Row:
    row = await carer_for(request.actor, carer)
    if not may_check(request.actor, row):
        raise NotAllowed
    return row


@post("/carers/{carer:uuid}/clearance/lift", guards=[requires("providers.bar")], status_code=200)
async def lift(request: Request, carer: FromPath[UUID]) -> Page:
    """The bureau's lead lifts a bar that rested on a mistake."""
    await carer_for(request.actor, carer)
    form = Form.of(await request.form())
    reason = form.text("lift_reason", most=300)
    if form.faults:
        return await detail_page(request, carer, today(), status=422, form=form, errors=error_texts(form.faults))
    await certificates_clearance.lift(request.actor, carer, reason, now())
    await flash(request, "ok", N_("The bar is lifted. The person needs a new check before work with minors."))
    return go(request, f"/carers/{carer}")


@get("/carers/{carer:uuid}/papers/{paper:uuid}/files/{file:uuid}", guards=[requires("carers.read")])
async def open_scan(
    request: Request, carer: FromPath[UUID], paper: FromPath[UUID], file: FromPath[UUID]
) -> Response[bytes]:  # fmt: skip
    """A scan, for who keeps or verifies; each opening is logged."""
    actor, row = request.actor, await carer_for(request.actor, carer)
    table = await _table_of(carer, paper)
    readers = may_keep(actor, row) or actor.has(*SECRET_TO) or (table == "qualification" and may_verify(actor, row))
    if not readers:
        raise NotYours
    looked = await opened(file, table, paper)
    async with transaction():
        await audit.record(
            actor, "carer.file_opened", "carer", carer, division=row["division"], at=now(),
            data={"number": row["number"], "row": paper, "table": table},
        )  # fmt: skip
    return file_answer(looked, "scan")


async def _table_of(carer: UUID, paper: UUID) -> str:
    """The table in which a paper of this carer stands.

    Raises:
        NotYours: if it stands in none.
    """
    for table in ("qualification", *PAPERS):
        found = await Carer.raw(
            f"SELECT 1 FROM {table} WHERE id = {{}} AND carer = {{}}",  # noqa: S608 (constants)
            paper, carer,
        )  # fmt: skip
        if found:
            return table
    raise NotYours


ROUTES = [
    new_training, record_training, new_insurance, record_insurance, new_consent, record_consent, withdraw, new_check,
    record_check, lift, open_scan,
]  # fmt: skip
