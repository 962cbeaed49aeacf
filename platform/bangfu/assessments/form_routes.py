"""The pages of forms: the list, a new version as JSON with its check, preview, trying out, publishing, retiring."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath

from bangfu.assessments import library, queries, reading
from bangfu.assessments.checking import check
from bangfu.assessments.checking_parts import Problem
from bangfu.assessments.labels import items_named, summary, translated
from bangfu.assessments.results import Result
from bangfu.assessments.scoring import score
from bangfu.errors import N_, FormError
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.permissions import allows
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, error_texts, go, page


@get("/assessment-forms", guards=[requires("assessments.read")])
async def list_forms(request: Request) -> Page:
    """Every version of every form."""
    may = allows(request.actor.roles, "assessment_forms.edit")
    return await page(request, "assessments/forms.html", forms=await queries.forms(), may_edit=may)


@get("/assessment-forms/new", guards=[requires("assessment_forms.edit")])
async def new_form(request: Request) -> Page:
    """Paste or upload a form's JSON; `from` begins with a version that exists."""
    text = ""
    try:
        basis = await queries.form_for(UUID(request.query_params.get("from", "")))
        text = json.dumps(basis.document, ensure_ascii=False, indent=1)
    except ValueError:
        pass
    return await _new_page(request, {"key": str(uuid4()), "document": text})


@post("/assessment-forms/new", guards=[requires("assessment_forms.edit")], status_code=200)
async def upload_form(request: Request) -> Page:
    """Check it; a sound one is kept as a draft, of another one every fault is shown."""
    posted = await request.form()
    form, file = Form.of(posted), posted.get("file")
    try:
        text = await _text_of(file) if isinstance(file, UploadFile) and file.filename else ""
        document = reading.read_document(form, text)
        if problems := check(document):
            shown = json.dumps(document, ensure_ascii=False, indent=1) if text else form.get("document", "")
            return await _new_page(request, {**form, "document": shown}, problems=problems)
        made = await library.upload_form(request.actor, form.uuid("key", required=False) or uuid4(), document, now())
    except FormError as error:
        return await _new_page(request, form, error=error)
    await flash(request, "ok", N_("The form is sound and kept as a draft. Try it out; a second person publishes it."))
    return go(request, f"/assessment-forms/{made}")


async def _text_of(file: UploadFile) -> str:
    raw = await file.read()
    if len(raw) > 4 * library.MOST_CHARACTERS:
        raise FormError({"document": (N_("The form is too large."), {})})
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormError({"document": (N_("The file is not text in UTF-8."), {})}) from error


@get("/assessment-forms/{form:uuid}", guards=[requires("assessments.read")])
async def show_form(request: Request, form: FromPath[UUID]) -> Page:
    """A form as it will look, with how it computes, and a place to try it out."""
    return await _form_page(request, form)


@post("/assessment-forms/{form:uuid}/try", guards=[requires("assessments.read")], status_code=200)
async def try_form(request: Request, form: FromPath[UUID]) -> Page:
    """Compute what the answers would give; nothing is kept."""
    found = await queries.form_for(form)
    posted = Form.of(await request.form())
    answers = reading.read_answers(posted, found.document)
    result = score(found.document, answers)
    for code, (message, params) in result.faults.items():
        posted.fault(reading.FIELD + code, message, **params)
    for code in result.missing:
        posted.fault(reading.FIELD + code, N_("Please answer this."))
    errors = error_texts(posted.faults)
    return await _form_page(request, form, typed=posted, result=result, errors=errors)


@post("/assessment-forms/{form:uuid}/publish", guards=[requires("assessment_forms.publish")], status_code=200)
async def publish_form(request: Request, form: FromPath[UUID]) -> Page:
    """draft -> published by a second person."""
    await library.publish_form(request.actor, form, now())
    await flash(request, "ok", N_("The form is in use from today; the version before it is retired."))
    return go(request, f"/assessment-forms/{form}")


@post("/assessment-forms/{form:uuid}/retire", guards=[requires("assessment_forms.publish")], status_code=200)
async def retire_form(request: Request, form: FromPath[UUID]) -> Page:
    """published -> retired."""
    await library.retire_form(request.actor, form, now())
    await flash(request, "ok", N_("The form is retired; assessments that were begun by it are finished."))
    return go(request, f"/assessment-forms/{form}")


async def _form_page(
    request: Request, form: UUID, *, typed: Mapping[str, str] | None = None, result: Result | None = None,
    errors: dict[str, str] | None = None,
) -> Page:  # fmt: skip
    found, actor = await queries.form_for(form), request.actor
    publisher = allows(actor.roles, "assessment_forms.publish")
    return await page(
        request, "assessments/form_show.html", 422 if errors else 200, f=found, form=typed or {}, errors=errors or {},
        faults=summary(errors or {}, items_named(found.document)), result=result,
        may_publish=publisher and found.status == "draft" and found.created_by != actor.user,
        may_retire=publisher and found.status == "published", may_edit=allows(actor.roles, "assessment_forms.edit"),
    )  # fmt: skip


async def _new_page(
    request: Request, form: Mapping[str, str], *, problems: Sequence[Problem] = (), error: FormError | None = None
) -> Page:
    errors = error_texts(error.fields) if error else {}
    if problems:
        errors["document"] = i18n._("The form has faults; they are listed below.")
    return await page(
        request, "assessments/form_new.html", 422 if errors else 200, form=form, errors=errors,
        faults=summary(errors, translated()),
        problems=[(problem.place, i18n.sentence(problem.message, problem.params)) for problem in problems],
    )  # fmt: skip


FORMS: list[Any] = [list_forms, new_form, upload_form, show_form, try_form, publish_form, retire_form]
