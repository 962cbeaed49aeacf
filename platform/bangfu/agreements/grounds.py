"""What an agreement starts from: the person's level, the rate of the place, who may care, which institution helps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from bangfu.agreements import rules
from bangfu.agreements.rate_queries import rate_for
from bangfu.agreements.rate_rules import Reckoned
from bangfu.agreements.tables import CareAgreement
from bangfu.assessments.queries import latest
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.rules import is_minor
from bangfu.households.tables import Household
from bangfu.providers.register import barred_organizations
from bangfu.providers.standing import barred_carers
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name

INSTITUTIONS = ("institution", "service_agency", "enterprise", "medical", "station")
"""Kinds of organisations that may be the supporting institution."""
CAPACITY_FORM = "six_indicators"
"""The form that sets the level of self-care (DOMAIN.md 3.1)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the register says of the person when an agreement is drafted."""

    person: UUID
    level: str
    mode: str
    assessment: UUID | None
    assessors: tuple[UUID, ...]
    minor: bool
    rate: Reckoned


async def ground_of(home: Household, person: UUID, today: date) -> Ground:
    """The person's level, support mode, assessment and rate.

    Raises:
        NotYours: for somebody who is no present member of the household.
        Refused: naming what is missing in the register or among the rates.
    """
    rows = await CareAgreement.raw(
        "SELECT selfcare_level, birth_date FROM person WHERE id = {} AND household = {} AND left_on IS NULL",
        person, home.id,
    )  # fmt: skip
    if not rows:
        raise NotYours
    if home.category != "tekun" or home.status not in ("active", "grace"):
        raise Refused(N_("A care agreement is made for people in special difficulty (tekun) who are in the register."))
    if home.support_mode not in ("dispersed", "centralized"):
        raise Refused(
            N_("The household's file does not say whether it is supported at home or in an institution. Enter it under"
               " “Change category” first.")
        )  # fmt: skip
    known = await latest(person, CAPACITY_FORM, today)
    level = (known.level if known else "") or rows[0]["selfcare_level"] or home.selfcare_level
    if level not in ("full_self", "semi", "full_care"):
        raise Refused(N_("The person has no level of self-care yet: they are assessed first."))
    rate = await rate_for(home.division, home.support_mode, level, today)
    assessors = await _assessors(known.assessment) if known else ()
    return Ground(
        person, level, home.support_mode, known.assessment if known else None, assessors,
        is_minor(rows[0]["birth_date"], today), rate,
    )  # fmt: skip


async def _assessors(assessment: UUID) -> tuple[UUID, ...]:
    rows = await CareAgreement.raw(
        "SELECT u.carer FROM assessment a JOIN app_user u ON u.id IN (a.first_assessor, a.second_assessor)"
        " WHERE a.id = {} AND u.carer IS NOT NULL",
        assessment,
    )
    return tuple(row["carer"] for row in rows)


async def check_caregiver(actor: Actor, ground: Ground, carer: UUID | None, today: date) -> None:
    """The caregiver of the register may serve, works in the area, and is neither the drafter nor an assessor.

    Raises:
        FormError: naming the field `carer`.
    """
    if carer is None:
        return
    if carer == actor.carer:
        raise FormError({"carer": (N_("You would be the caregiver yourself: another officer drafts."), {})})
    if carer in ground.assessors:
        raise FormError(
            {"carer": (N_("This person assessed the one to be cared for and cannot be the caregiver."), {})}
        )
    if str(carer) not in {code for code, _ in await carers_for(actor)}:
        raise FormError({"carer": (N_("Please choose one of the list."), {})})
    if carer in await barred_carers(today, [carer]):
        raise FormError({"carer": (N_("This carer may not serve at present; see their page."), {})})


async def check_institution(actor: Actor, organization: UUID | None, today: date) -> None:
    """The institution is one of the area that may serve.

    Raises:
        FormError: naming the field `organization`.
    """
    if organization is None:
        return
    if str(organization) not in {code for code, _ in await institutions_for(actor)}:
        raise FormError({"organization": (N_("Please choose one of the list."), {})})
    if organization in await barred_organizations(today, [organization]):
        raise FormError({"organization": (N_("This institution may not serve at present; see its page."), {})})


def check_pay(pay: Decimal | None, least: Decimal) -> Decimal:
    """What is paid a month: the rate, or more (DOMAIN.md 3.1 gives least amounts).

    Raises:
        FormError: for less than the rate.
    """
    if pay is None:
        return least
    if pay < least:
        message = N_("The rate here is CNY {least} a month; less is not agreed.")
        raise FormError({"pay_month": (message, {"least": format(least, ",.2f")})})
    return pay


def check_term(starts_on: date, ends_on: date, today: date) -> None:
    """At most twelve months, and not over already (DOMAIN.md 4.1).

    Raises:
        FormError: naming the field `ends_on`.
    """
    last = rules.last_possible(starts_on)
    if ends_on < starts_on:
        raise FormError({"ends_on": (N_("The end lies before the start."), {})})
    if ends_on > last:
        message = N_("An agreement runs for twelve months at most: until {last}.")
        raise FormError({"ends_on": (message, {"last": last.isoformat()})})
    if ends_on < today:
        raise FormError({"ends_on": (N_("This term is over already."), {})})


async def carers_for(actor: Actor) -> list[tuple[str, str]]:
    """(id, number and masked name) of the active carers who work in or above the actor's area."""
    rows = await CareAgreement.raw(
        "SELECT id, number, name FROM carer WHERE active AND (division LIKE {} OR {} LIKE rtrim(division, '0') || '%')"
        " ORDER BY number LIMIT 1000",
        f"{actor.scope}%" if actor.scope else "", actor.scope,
    )  # fmt: skip
    return [(str(row["id"]), f"{row['number']} {mask_name(row['name'])}") for row in rows]


async def institutions_for(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the institutions of the actor's county."""
    rows = await CareAgreement.raw(
        "SELECT id, name FROM organization WHERE active AND org_type = ANY({}::varchar[]) AND division LIKE {}"
        " ORDER BY org_type <> 'institution', pinyin, name LIMIT 500",
        list(INSTITUTIONS), f"{actor.scope[:6]}%" if actor.scope else "",
    )  # fmt: skip
    return [(str(row["id"]), row["name"]) for row in rows]


async def office_names(division: str) -> dict[str, str]:
    """The usual Chinese names of the four offices of a village, and of the station that stands in."""
    codes = (division[:6].ljust(12, "0"), division[:9].ljust(12, "0"), division)
    rows = await CareAgreement.raw("SELECT code, name FROM division WHERE code = ANY({}::varchar[])", list(codes))
    names = {row["code"]: row["name"] for row in rows}
    county, town, village = (names.get(code, "") for code in codes)
    street = town.endswith("街道")
    return {
        "county_government": f"{county}人民政府",
        "township_government": f"{town}办事处" if street else f"{town}人民政府",
        "civil_affairs_bureau": f"{county}民政局",
        "village": f"{village}{'居' if village.endswith('社区') else '村'}民委员会",
        "institution": f"{town}社会救助服务站",
    }  # fmt: skip
