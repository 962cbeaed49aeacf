"""What the pages of an agreement share: its page with what this person may do, and the draft's form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from bangfu.agreements import duties, forms, queries, rules
from bangfu.agreements.grounds import carers_for, ground_of, institutions_for, office_names
from bangfu.agreements.listing import candidates
from bangfu.agreements.panels import panels_of
from bangfu.agreements.queries import AgreementView, PartyView
from bangfu.agreements.renewing import content_of
from bangfu.errors import FormError, Refused
from bangfu.households.labels import summary
from bangfu.households.queries import household_for
from bangfu.households.tables import Household
from bangfu.households.timeline import events_of, shown
from bangfu.needs.catalogue import WORDS as SERVICES
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Page, Request, error_texts, page


async def agreement_page(
    request: Request, agreement: UUID, *, form: Mapping[str, str] | None = None, error: FormError | None = None,
    tried: str = "", template: str = "agreements/show.html", status: int = 0,
) -> Page:  # fmt: skip
    """One agreement; `tried` names the action (or the party) whose form comes back with its faults.

    Raises:
        NotYours: if it is not the actor's to see.
    """
    actor = request.actor
    found = await queries.agreement_for(actor, agreement)
    errors = error_texts(error.fields) if error else {}
    return await page(
        request, template, status or (422 if error else 200), a=found, form=form or {}, errors=errors, tried=tried,
        faults=summary(errors, forms.LABELS), key=str(uuid4()), today=today(), offered=_offered(actor, found),
        ways={party.role: ways(actor, found, party) for party in found.parties}, english=_english(found),
        events=shown(await events_of(found.id), own=str(found.id)), due_from=rules.due_from(found.ends_on),
        last_day=found.ended_on or found.ends_on, panels=await panels_of(actor, found.id),
    )  # fmt: skip


def _english(found: AgreementView) -> dict[str, tuple[str, str]]:
    """Role -> (duties, evidence) as English reading, "" where the usual words were changed."""
    return {
        party.role: (
            duties.in_english(party.role, found.duties_version, party.duties),
            duties.in_english(party.role, found.duties_version, party.evidence),
        )
        for party in found.parties
    }


def _offered(actor: Actor, found: AgreementView) -> set[str]:
    """What the table and the permissions allow this person here."""
    offered = set(rules.MACHINE.actions_for(found.status, actor.roles))
    if not allows(actor.roles, "agreements.draft"):
        offered -= {"change", "hand_out", "terminate"}
    elif found.status in rules.IN_FORCE | {"expired"}:
        if found.outdated_by is None and found.status != "active":
            offered.add("renew")
        offered.add("make_anew")
    if allows(actor.roles, "agreements.guide") and found.status in rules.OPEN:
        offered.add("guide")
    return offered


def ways(actor: Actor, found: AgreementView, party: PartyView) -> list[str]:
    """How this person may sign for a party, or record its signature: [] for who may not."""
    if found.status != "party_signing" or party.signed:
        return []
    possible = []
    own = party.role != "institution" or (found.organization is not None and found.organization == actor.organization)
    if found.e_signing and rules.may_sign_for(party.role, actor.roles) and own:
        possible.append("electronic")
    recorder = allows(actor.roles, "agreements.record") and (actor.carer is None or actor.carer != found.carer)
    if recorder and not (party.role == "person" and actor.user == found.created_by):
        possible += ["scan", "thumbprint"] if party.role in rules.NATURAL else ["scan"]
    return possible


async def draft_page(
    request: Request, household: UUID, form: Mapping[str, Any], chosen: Mapping[str, list[str]], *,
    error: FormError | None = None, draft: AgreementView | None = None, told: str = "",
) -> Page:  # fmt: skip
    """The form of an agreement, new or a draft, as it was typed."""
    actor = request.actor
    errors = error_texts(error.fields) if error else {}
    kept = await _kept(draft.id) if draft else await forms.contact_of(household)
    return await page(
        request, "agreements/form.html", 422 if error else 200, form=form, chosen=chosen, errors=errors, draft=draft,
        faults=summary(errors, forms.LABELS), household=await household_for(actor, household),
        people=await candidates(household), carers=await carers_for(actor), institutions=await institutions_for(actor),
        services=[(code, i18n.word("service", code)) for code in SERVICES["service"]], lines=range(forms.LINES),
        roles=rules.ROLES, offices=forms.OFFICES, kept_contact=forms.masked(kept), told=told,
        **(await _rate(actor, household, form, draft)),
    )  # fmt: skip


async def _kept(agreement: UUID) -> Any:
    return (await content_of(agreement)).emergency


async def _rate(actor: Actor, household: UUID, form: Mapping[str, Any], draft: AgreementView | None) -> dict[str, Any]:
    """The level and the rate that the agreement takes, or the sentence that says what is missing."""
    home = await Household.objects().get(Household.id == household)
    person = form.get("person") or ""
    if draft is not None:
        return {"level": draft.selfcare_level, "rate": draft.rate, "missing": ""}
    assert home is not None  # noqa: S101 (fetched by the caller)
    try:
        ground = await ground_of(home, UUID(str(person)), today())
    except (Refused, ValueError) as refused:
        return {"level": "", "rate": {}, "missing": i18n.told(refused) if isinstance(refused, Refused) else ""}
    return {"level": ground.level, "rate": ground.rate.arithmetic(), "missing": ""}


async def first_form(actor: Actor, household: UUID, asked: str) -> dict[str, Any]:
    """The values of a new draft for the member asked for, or the first who may have one."""
    people = [code for code, _ in await candidates(household)]
    view = await household_for(actor, household)
    return {
        "key": str(uuid4()), "person": asked if asked in people else (people[0] if people else ""),
        **forms.first_values(today(), await office_names(view.division)),
    }  # fmt: skip
