"""The inspector's pages, for a phone: what is to be checked, one check with its form, the second name to a result."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.oversight import check_forms, check_queries, check_reading, check_replacing, check_reporting
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_reading import Compared, Contact
from bangfu.shared import files
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.files import file_answer
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

OWN = [requires("checks.own")]
_ONE = "/my-checks/{check:uuid}"
Act = Callable[[Form, Any], Awaitable[str]]


@get("/my-checks", guards=OWN)
async def my_checks(request: Request) -> Page:
    """What the inspector has to check, by its day; then what is done."""
    waiting, done = await check_queries.own_checks(request.actor)
    return await page(request, "oversight/checks/my_list.html", waiting=waiting, done=done, at=now())


@get(_ONE, guards=OWN)
async def my_check(request: Request, check: FromPath[UUID]) -> Page:
    """One check; who has no place on it but reads checks is led to the office's page."""
    try:
        row = await check_queries.for_inspector(request.actor, check)
    except NotYours:
        if allows(request.actor.roles, "checks.read"):
            await check_queries.for_office(request.actor, check)
            return go(request, f"/checks/{check}")
        raise
    return await _shown(request, row)


@post(f"{_ONE}/contact", guards=OWN, status_code=200)
async def show_contact(request: Request, check: FromPath[UUID]) -> Page:
    """Name, address and phone, once; the look is logged."""
    row = await check_queries.for_inspector(request.actor, check)
    if row["status"] != "assigned":
        raise Refused(N_("The check is done: the address is not shown any more."))
    return await _shown(request, row, contact=await check_reading.contact_of(request.actor, row, now()))


@post(f"{_ONE}/attempt", guards=OWN, status_code=200)
async def note_attempt(request: Request, check: FromPath[UUID]) -> Page:
    """The person was not reached."""

    async def act(form: Form, _: Any) -> str:
        key, method = form.uuid("key"), form.text("attempt_method", required=False)
        form.check()
        days = await check_reporting.attempt(request.actor, key or uuid4(), check, method, now())
        if days >= rules.ATTEMPTS and (await check_queries.for_inspector(request.actor, check))["sent_at"] is not None:
            return N_("Not reached on three days: the second inspector confirms it.")
        if days >= rules.ATTEMPTS:
            return N_("Not reached on three days: the check ends here, and another one is drawn.")
        return N_("The attempt is noted. It counts once a day; try again on another day.")

    return await _act(request, check, act)


@post(f"{_ONE}/result", guards=OWN, status_code=200)
async def send_result(request: Request, check: FromPath[UUID]) -> Page:
    """Send what was found."""
    row = await check_queries.for_inspector(request.actor, check)
    told = await _compared(row)

    async def act(form: Form, posted: Any) -> str:
        codes, must, kind = _asked(told)
        photos = told is None or told.photos
        found, pictures = await check_forms.read_finding(form, posted, codes, photos=photos)
        judged = found if told else rules.as_survey(found)
        form.faults.update({name: fault for name, fault in rules.faults_of(judged, codes, must).items()
                            if name not in form.faults})  # fmt: skip
        form.check()
        await check_reporting.report(request.actor, check, found, codes, must, kind, pictures, now())
        if rules.needs_second(found.method):
            return N_("The result is sent. Next: the second inspector puts the name to it.")
        return N_("The result is sent, and the provider is told.")

    return await _act(request, check, act, onward="/my-checks")


@post(f"{_ONE}/confirm", guards=OWN, status_code=200)
async def confirm_result(request: Request, check: FromPath[UUID]) -> Page:
    """The second inspector agrees."""

    async def act(_: Form, __: Any) -> str:
        await check_reporting.confirm(request.actor, check, now())
        return N_("Confirmed: the check is done, and the provider is told.")

    return await _act(request, check, act, onward="/my-checks")


@post(f"{_ONE}/return", guards=OWN, status_code=200)
async def return_result(request: Request, check: FromPath[UUID]) -> Page:
    """The second inspector does not agree."""

    async def act(form: Form, _: Any) -> str:
        text = form.text("back_text", required=False, most=500)
        form.check()
        await check_reporting.give_back(request.actor, check, text, now())
        return N_("Given back: the other inspector changes the result.")

    return await _act(request, check, act)


@post(f"{_ONE}/step-down", guards=OWN, status_code=200)
async def step_down(request: Request, check: FromPath[UUID]) -> Page:
    """The inspector gives the place to the next of the order."""

    async def act(form: Form, _: Any) -> str:
        reason = form.text("replace_reason", required=False)
        form.check()
        await check_replacing.step_aside(request.actor, check, reason, now())
        return N_("The next inspector of the order has taken your place.")

    return await _act(request, check, act, onward="/my-checks")


@get(f"{_ONE}/files/{{file:uuid}}", guards=OWN)
async def own_file(request: Request, check: FromPath[UUID], file: FromPath[UUID]) -> Response[bytes]:
    """A picture of the result, for both inspectors."""
    row = await check_queries.for_inspector(request.actor, check)
    return file_answer(await files.opened(file, check_reporting.SUBJECT, check), row["number"])


async def _act(request: Request, check: UUID, act: Act, *, onward: str = "") -> Page:
    """Run one action; its form comes back with everything that was typed where something is wrong."""
    row = await check_queries.for_inspector(request.actor, check)
    posted = await request.form()
    form = Form.of(posted)
    try:
        done = await act(form, posted)
    except FormError as error:
        return await _shown(request, row, form=form, errors=error_texts(error.fields))
    await flash(request, "ok", done)
    return go(request, onward or f"/my-checks/{check}")


async def _compared(row: Mapping[str, Any]) -> Compared | None:
    return await check_reading.compared(row["visit"], now()) if row["visit"] is not None else None


def _asked(told: Compared | None) -> tuple[list[str], list[str], tuple[str, int | None]]:
    """Standards, mandatory ones, and the checklist; a survey that is done again has none."""
    return (told.codes, told.must, told.form) if told else ([], [], ("", None))


async def _shown(
    request: Request, row: dict[str, Any], *, form: Form | None = None, errors: dict[str, str] | None = None,
    contact: Contact | None = None,
) -> Page:  # fmt: skip
    told, words = await _compared(row), check_queries.words_of(row)
    errors = errors or {}
    answers = check_queries.listed_json(row["answers"])
    typed = dict(form) if form is not None else {
        **check_forms.typed_again(answers, dict(words.lines or {}), row), "said": words.said, "remarks": words.remarks,
    }  # fmt: skip
    attempts = await check_queries.attempts_of(row["id"])
    return await page(
        request, "oversight/checks/my_check.html", 422 if errors else 200, row=row, told=told, words=words,
        contact=contact, form=typed, errors=errors, at=now(), key=str(uuid4()), attempts=attempts, rules=rules,
        faults=check_forms.summary(errors, {one.code: one.text for one in told.standards} if told else {}),
        days=rules.days_tried([each["day"] for each in attempts]), people=await check_queries.people_of(row["id"]),
        levels=await check_reading.levels_of(row["assessment"]) if row["assessment"] else [],
        answers={each["code"]: each["answer"] for each in answers},
        sent=row["sent_at"] is not None, mine=row["done_by"] == request.actor.user,
        returned=check_queries.opened(row, "returned_enc"), pictures=await _pictures(row["id"]),
    )  # fmt: skip


async def _pictures(check: UUID) -> list[files.FileRow]:
    found = (await files.files_of(check_reporting.SUBJECT, [check]))[check]
    return [one for one in found if one.kind != "appeal"]


INSPECTOR = [
    my_checks, my_check, show_contact, note_attempt, send_result, confirm_result, return_result, step_down, own_file,
]  # fmt: skip
