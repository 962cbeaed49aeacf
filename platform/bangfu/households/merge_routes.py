"""Pages on which duplicates are found, compared, merged and taken apart again."""

import json
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, Refused
from bangfu.households import duplicates, merge_pages, merge_record, merge_rules, merging
from bangfu.households.labels import summary
from bangfu.shared import i18n
from bangfu.shared.clock import now
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, error_texts, go, page

MERGE = [requires("households.merge")]


@get("/households/duplicates", guards=MERGE)
async def show_duplicates(request: Request) -> Page:
    """Pairs that may be the same, and what was merged lately."""
    return await _duplicates_page(request)


@post("/households/duplicates", guards=MERGE, status_code=200)
async def compare_numbered(request: Request) -> Page:
    """Compare two households by their numbers."""
    form = Form.of(await request.form())
    try:
        kept, other = await duplicates.pair_numbered(
            request.actor, form.get("kept", "")[:32], form.get("other", "")[:32]
        )
    except FormError as error:
        return await _duplicates_page(request, 422, form=form, errors=error_texts(error.fields))
    return go(request, f"/households/{kept}/merge/{other}")


async def _duplicates_page(request: Request, status: int = 200, **more: Any) -> Page:
    return await page(
        request, "households/merge_list.html", status, pairs=await duplicates.candidates(request.actor),
        merges=await merge_pages.recent_merges(request.actor), most=duplicates.MOST,
        **{"form": {}, "errors": {}, **more},
    )  # fmt: skip


@get("/households/{household:uuid}/merge/{other:uuid}", guards=MERGE)
async def show_merge(request: Request, household: FromPath[UUID], other: FromPath[UUID]) -> Page:
    """Both side by side, and what merging would do."""
    await merge_pages.pair_for(request.actor, household, other)
    return await _merge_page(request, household, other, await merge_pages.proposed(household, other), uuid4())


@post("/households/{household:uuid}/merge/{other:uuid}", guards=MERGE, status_code=200)
async def merge_households(request: Request, household: FromPath[UUID], other: FromPath[UUID]) -> Page:
    """Look again with other choices, or merge; a repeat leads to the same merge."""
    await merge_pages.pair_for(request.actor, household, other)
    form = Form.of(await request.form())
    choices, key = merge_pages.read_choices(form), form.uuid("key") or uuid4()
    if form.get("do") != "merge":
        return await _merge_page(request, household, other, choices, key, form=form)
    try:
        reason = form.text("reason", most=200)
        form.check()
    except FormError as error:
        return await _merge_page(
            request, household, other, choices, key, status=422, form=form, errors=error_texts(error.fields)
        )
    done = await merging.merge(request.actor, key, household, other, choices, reason, now())
    await flash(request, "ok", N_("The two households are one now. You can undo this for 30 days."))
    return go(request, f"/households/merges/{done}")


async def _merge_page(
    request: Request, kept: UUID, other: UUID, choices: merging.Choices, key: UUID, *, status: int = 200, **more: Any
) -> Page:
    homes = await merge_pages.pair_for(request.actor, kept, other)
    await merge_pages.note_children(request.actor, kept, other, now())
    outcome, refused = merging.Outcome(), ""
    try:
        outcome = await merging.preview(request.actor, kept, other, choices, now())
    except Refused as error:
        refused = i18n.told(error)
    errors = more.get("errors", {})
    return await page(
        request, "households/merge.html", status, pair=await merge_pages.view_of(*homes, choices), outcome=outcome,
        refused=refused, key=key, faults=summary(errors), undo_days=merge_rules.UNDO_DAYS,
        **{"form": {}, "errors": {}, **more},
    )  # fmt: skip


@post("/households/{household:uuid}/merge/{other:uuid}/different", guards=MERGE, status_code=200)
async def say_different(request: Request, household: FromPath[UUID], other: FromPath[UUID]) -> Page:
    """Note that the two are two."""
    await duplicates.say_different(request.actor, household, other, now())
    await flash(request, "ok", N_("Noted: these are two households. They are not proposed again."))
    return go(request, "/households/duplicates")


@get("/households/merges/{merge:uuid}", guards=MERGE)
async def show_done(request: Request, merge: FromPath[UUID]) -> Page:
    """What a merge did, and undoing it."""
    return await _done_page(request, merge)


@post("/households/merges/{merge:uuid}/undo", guards=MERGE, status_code=200)
async def undo_merge(request: Request, merge: FromPath[UUID]) -> Page:
    """Put everything back."""
    await merge_pages.merge_for(request.actor, merge)
    form = Form.of(await request.form())
    try:
        reason = form.text("reason", most=200)
        form.check()
    except FormError as error:
        return await _done_page(request, merge, 422, form=form, errors=error_texts(error.fields))
    row = await merge_record.undo(request.actor, merge, reason, now())
    await flash(request, "ok", N_("The merge is undone; both households are as they were."))
    return go(request, f"/households/{row.merged}")


async def _done_page(request: Request, merge: UUID, status: int = 200, **more: Any) -> Page:
    row = await merge_pages.merge_for(request.actor, merge)
    kept, other = await merge_pages.pair_for(request.actor, row.kept, row.merged)
    until = merge_rules.undo_until(row.merged_at)
    errors = more.get("errors", {})
    return await page(
        request, "households/merge_done.html", status, merge=row, kept=kept, other=other,
        counts=json.loads(row.counts), undo_until=until, may_undo=row.undone_at is None and now() <= until,
        faults=summary(errors), **{"form": {}, "errors": {}, **more},
    )  # fmt: skip


MENU = [
    MenuItem(
        68, "duplicates", N_("Duplicates"), "/households/duplicates", "households.merge", "people", group="register"
    )
]
ROUTES = [show_duplicates, compare_numbered, show_merge, merge_households, say_different, show_done, undo_merge]
