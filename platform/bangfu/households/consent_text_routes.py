"""The pages of the consent texts, for the bureau officer: versions, drafts, publication."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError
from bangfu.households import consent_forms, consent_queries, consent_texts, forms
from bangfu.households.consent_forms import TextDraft
from bangfu.households.consent_rules import PURPOSES
from bangfu.households.labels import summary
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

GUARD = requires("consent_texts.edit")
LABELS = {
    "version": N_("Version"),
    "valid_from": N_("In use from"),
    "purposes": N_("What it speaks of"),
    "zh": N_("Chinese text"),
    "en": N_("English text"),
}


@get("/consent-texts", guards=[GUARD])
async def list_texts(request: Request) -> Page:
    """Every version, and which one the forms show today."""
    return await page(request, "households/consent_texts.html", texts=await consent_queries.texts(today()))


@get("/consent-texts/new", guards=[GUARD])
async def new_text(request: Request) -> Page:
    """A draft that begins with the words of the newest published version."""
    known = await consent_queries.published_texts(today())
    first = {"key": str(uuid4()), "zh": known[0].zh if known else "", "en": known[0].en if known else ""}
    return await _form(request, first, list(known[0].purposes) if known else list(PURPOSES))


@post("/consent-texts/new", guards=[GUARD], status_code=200)
async def draft_text(request: Request) -> Page:
    """Store the draft."""
    form = Form.of(await request.form())
    try:
        draft = consent_forms.read_text(form)
        text = await consent_texts.draft_text(request.actor, forms.key_of(form), *_fields(draft), now())
    except FormError as error:
        return await _form(request, form, form.many("purposes"), error=error)
    await flash(request, "ok", N_("The draft is saved. Read it again, then publish it."))
    return go(request, f"/consent-texts/{text}")


@get("/consent-texts/{text:uuid}", guards=[GUARD])
async def show_text(request: Request, text: FromPath[UUID]) -> Page:
    """One version, word for word."""
    return await page(request, "households/consent_text.html", text=await consent_queries.text_for(text, today()))


@get("/consent-texts/{text:uuid}/edit", guards=[GUARD])
async def edit_text(request: Request, text: FromPath[UUID]) -> Page:
    """The form for a draft; a published version is shown instead."""
    found = await consent_queries.text_for(text, today())
    if found.status == "published":
        return go(request, f"/consent-texts/{text}")
    first = {
        "version": found.version, "zh": found.zh, "en": found.en, "revision": str(found.revision),
        "valid_from": found.valid_from.isoformat() if found.valid_from else "",
    }  # fmt: skip
    return await _form(request, first, list(found.purposes), text=found)


@post("/consent-texts/{text:uuid}/edit", guards=[GUARD], status_code=200)
async def change_text(request: Request, text: FromPath[UUID]) -> Page:
    """Store the changed draft."""
    found = await consent_queries.text_for(text, today())
    form = Form.of(await request.form())
    try:
        draft, revision = consent_forms.read_text(form), form.whole("revision")
        form.check()
        await consent_texts.change_text(request.actor, text, revision or 0, *_fields(draft), now())
    except FormError as error:
        return await _form(request, form, form.many("purposes"), error=error, text=found)
    await flash(request, "ok", N_("The draft is saved. Read it again, then publish it."))
    return go(request, f"/consent-texts/{text}")


@post("/consent-texts/{text:uuid}/publish", guards=[GUARD], status_code=200)
async def publish_text(request: Request, text: FromPath[UUID]) -> Page:
    """From its day on the forms show this version; its words stay as they are for good."""
    await consent_queries.text_for(text, today())
    await consent_texts.publish_text(request.actor, text, today(), now())
    await flash(request, "ok", N_("The text is published and will not be changed any more."))
    return go(request, f"/consent-texts/{text}")


def _fields(draft: TextDraft) -> tuple[str, str, str, tuple[str, ...], date | None]:
    """In the order of the verbs' parameters."""
    return draft.version, draft.zh, draft.en, draft.purposes, draft.valid_from


async def _form(
    request: Request, form: Mapping[str, str], chosen: list[str], *, error: FormError | None = None,
    text: consent_queries.TextView | None = None,
) -> Page:  # fmt: skip
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, "households/consent_text_form.html", 422 if error else 200, form=form, chosen=chosen, errors=errors,
        faults=summary(errors, LABELS), text=text,
    )  # fmt: skip


ROUTES = [list_texts, new_text, draft_text, show_text, edit_text, change_text, publish_text]
MENU = [
    MenuItem(71, "consent_texts", N_("Consent texts"), "/consent-texts", "consent_texts.edit", "edit", group="basis")
]
