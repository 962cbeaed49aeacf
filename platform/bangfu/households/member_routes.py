"""The pages of members: add, change, another head, leaving and taking a leaving back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath

from bangfu.errors import N_, FormError, NotYours
from bangfu.households import actions, forms, leaving, members, queries, reading, register_forms
from bangfu.households.leavings import leaving_of
from bangfu.households.pages import chosen_of, form_page
from bangfu.households.people import MemberView, member_row, shown_person
from bangfu.households.people import members as members_of
from bangfu.households.sealing import CHILD_TAGS, unseal
from bangfu.households.words import WORDS
from bangfu.shared import i18n
from bangfu.shared.clock import now, today
from bangfu.shared.web.access import requires
from bangfu.shared.web.flash import flash
from bangfu.shared.web.forms import Form
from bangfu.shared.web.pages import Page, Request, go


@get("/households/{household:uuid}/members/new", guards=[requires("households.record")])
async def new_member(request: Request, household: FromPath[UUID]) -> Page:
    """The form for one more member."""
    shown = await queries.household_for(request.actor, household)
    first = {"key": str(uuid4()), "id_type": "resident_id"}
    return await form_page(request, "households/member.html", first, {}, household=shown)


@post("/households/{household:uuid}/members/new", guards=[requires("households.record")], status_code=200)
async def add_member(request: Request, household: FromPath[UUID]) -> Page:
    """Store the member."""
    shown = await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        person, why = forms.read_person(form, today(), head=False)
        form.check()
        await actions.add_member(request.actor, household, forms.key_of(form), person, now(), why=why)
    except FormError as error:
        return await form_page(request, "households/member.html", form, chosen_of(form), error=error, household=shown)
    await flash(request, "ok", N_("The member is recorded."))
    return go(request, f"/households/{household}")


@get("/households/{household:uuid}/members/{person:uuid}/edit", guards=[requires("households.record")])
async def edit_member(request: Request, household: FromPath[UUID], person: FromPath[UUID]) -> Page:
    """The form for a member; hidden values stay hidden."""
    _row, shown = await _member(request, household, person)
    present = {
        "relation": shown.relation, "id_type": shown.id_type, "sex": shown.sex, "child_type": shown.child_type,
        "birth_date": shown.birth_date.isoformat() if shown.birth_date else "", "person_selfcare": shown.selfcare_level,
        "ability_level": "" if shown.ability_level is None else str(shown.ability_level),
        "assisted": "yes" if shown.assisted else "",
    }  # fmt: skip
    chosen = {"tags": [tag for tag in shown.tags if tag not in CHILD_TAGS]}
    return await _edit_page(request, household, shown, present, chosen)


@post(
    "/households/{household:uuid}/members/{person:uuid}/edit", guards=[requires("households.record")], status_code=200
)
async def change_member(request: Request, household: FromPath[UUID], person: FromPath[UUID]) -> Page:
    """Store the change; empty hidden values stay as they are."""
    row, shown = await _member(request, household, person)
    form = Form.of(await request.form())
    try:
        facts, why, keep = register_forms.read_member_change(form, row, unseal("person", row, "id_number_enc"), today())
        form.check()
        await members.change_member(request.actor, household, person, facts, why, now(), keep=keep)
    except FormError as error:
        return await _edit_page(request, household, shown, form, chosen_of(form), error=error)
    await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/households/{household}")


async def _member(request: Request, household: UUID, person: UUID) -> tuple[dict[str, Any], MemberView]:
    """The stored member and what of it the reader sees; the opening of a child's data is noted.

    Raises:
        NotYours: for a household of another area, or a member of another household.
        NotAllowed: for a child under 14 whose data the role may not see.
    """
    await queries.household_for(request.actor, household)
    row = await member_row(household, person)
    members.check_may_see(request.actor, row["birth_date"], now())
    shown = shown_person(row, today(), request.actor.roles)
    await reading.note_children(request.actor, household, [shown], "edit", now())
    return row, shown


async def _edit_page(
    request: Request, household: UUID, shown: MemberView, form: Mapping[str, str],
    chosen: Mapping[str, list[str]], *, error: FormError | None = None,
) -> Page:  # fmt: skip
    home = await queries.household_for(request.actor, household)
    return await form_page(
        request, "households/member_edit.html", form, chosen, error=error, household=home, member=shown
    )


@get("/households/{household:uuid}/head", guards=[requires("households.record")])
async def choose_head(request: Request, household: FromPath[UUID]) -> Page:
    """The form for another head."""
    return await _head_page(request, household, {})


@post("/households/{household:uuid}/head", guards=[requires("households.record")], status_code=200)
async def change_head(request: Request, household: FromPath[UUID]) -> Page:
    """Store who is the head, and how the others are related to them."""
    await queries.household_for(request.actor, household)
    form = Form.of(await request.form())
    try:
        person, why = form.uuid("person"), form.text("why", most=register_forms.WHY_MOST)
        relations = {
            one.id: form.choice(f"relation-{one.id}", WORDS["relation"], required=False)
            for one in await members_of(household, today())
            if one.id != person
        }
        form.check()
        if person is None:
            raise NotYours
        told = {one: relation for one, relation in relations.items() if relation and relation != "self"}
        await members.change_head(request.actor, household, person, told, why, now())
    except FormError as error:
        return await _head_page(request, household, form, error=error)
    await flash(request, "ok", N_("The change is saved."))
    return go(request, f"/households/{household}")


async def _head_page(
    request: Request, household: UUID, form: Mapping[str, str], *, error: FormError | None = None
) -> Page:
    home = await queries.household_for(request.actor, household)
    people = await members_of(household, today())
    return await form_page(
        request, "households/head.html", form, {}, error=error, household=home, members=people,
        choices=[(str(one.id), _label(one)) for one in people if not one.is_head],
    )  # fmt: skip


def _label(member: MemberView) -> str:
    return f"{member.name} · {i18n.word('relation', member.relation)}"


@get("/households/{household:uuid}/members/{person:uuid}/leave", guards=[requires("households.status")])
async def leave_member(request: Request, household: FromPath[UUID], person: FromPath[UUID]) -> Page:
    """The form for death, imprisonment, moving out: says what ends with it."""
    return await _leave_page(request, household, person, {"key": str(uuid4()), "left_on": today().isoformat()})


@post(
    "/households/{household:uuid}/members/{person:uuid}/leave", guards=[requires("households.status")], status_code=200
)
async def record_leaving(request: Request, household: FromPath[UUID], person: FromPath[UUID]) -> Page:
    """Store it; services for the person end with it."""
    await queries.household_for(request.actor, household)
    await member_row(household, person)
    form = Form.of(await request.form())
    try:
        facts, why = register_forms.read_leaving(form, today())
        after = await leaving.record_leaving(request.actor, household, person, forms.key_of(form), facts, why, now())
    except FormError as error:
        return await _leave_page(request, household, person, form, error=error)
    if after in {"left", "closed"}:
        await flash(request, "ok", N_("The household is closed; its needs and services have ended."))
    else:
        await flash(request, "ok", N_("Recorded; the services for this person have ended. Review the household now."))
    return go(request, f"/households/{household}")


async def _leave_page(
    request: Request, household: UUID, person: UUID, form: Mapping[str, str], *, error: FormError | None = None
) -> Page:
    home = await queries.household_for(request.actor, household)
    shown = shown_person(await member_row(household, person), today(), request.actor.roles)
    others = [one for one in await members_of(household, today()) if one.id != person]
    return await form_page(
        request, "households/leave.html", form, {}, error=error, household=home, member=shown,
        others=[(str(one.id), _label(one)) for one in others],
    )  # fmt: skip


@get("/households/{household:uuid}/leavings/{entry:uuid}/undo", guards=[requires("households.record")])
async def ask_undo(request: Request, household: FromPath[UUID], entry: FromPath[UUID]) -> Page:
    """The form for taking back a leaving that was recorded wrongly."""
    return await _undo_page(request, household, entry, {})


@post(
    "/households/{household:uuid}/leavings/{entry:uuid}/undo", guards=[requires("households.record")], status_code=200
)
async def undo_leaving(request: Request, household: FromPath[UUID], entry: FromPath[UUID]) -> Page:
    """Take it back; what it cancelled is to be decided again."""
    await queries.household_for(request.actor, household)
    await leaving_of(household, entry)
    form = Form.of(await request.form())
    try:
        why = form.text("why", most=register_forms.WHY_MOST)
        form.check()
    except FormError as error:
        return await _undo_page(request, household, entry, form, error=error)
    await leaving.undo_leaving(request.actor, household, entry, why, now())
    await flash(request, "ok", N_("Taken back. Needs that it cancelled wait to be confirmed again."))
    return go(request, f"/households/{household}")


async def _undo_page(
    request: Request, household: UUID, entry: UUID, form: Mapping[str, str], *, error: FormError | None = None
) -> Page:
    home = await queries.household_for(request.actor, household)
    found = await leaving_of(household, entry)
    shown = shown_person(await member_row(household, found.person), today(), request.actor.roles)
    return await form_page(
        request, "households/undo.html", form, {}, error=error, household=home, member=shown, entry=found
    )


ROUTES = [
    new_member, add_member, edit_member, change_member, choose_head, change_head, leave_member, record_leaving,
    ask_undo, undo_leaving,
]  # fmt: skip
