"""Needs that the norms propose for a household, beside what there is and what was decided about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.catalogue import rules
from bangfu.catalogue.facts import facts_of, present_needs
from bangfu.catalogue.norm_rules import Due, Present, covered_visits, due_services, groups_of, standing
from bangfu.catalogue.norms import fingerprint, norms_in_force
from bangfu.catalogue.tables import NormProposal
from bangfu.needs import rules as need_rules
from bangfu.needs.tables import Need, Service


@dataclass(frozen=True, slots=True)
class Proposal:
    """A service that is due. `state`: covered, agreed (recorded with fewer visits, for a reason), declined or open.

    `was` is the latest decision about the same service and person; `changed` says that the facts were others then.
    """

    due: Due
    fingerprint: str
    state: str
    standing: str
    has_visits: int
    visits: int
    minutes: int
    was: NormProposal | None
    changed: bool
    fits: bool


async def proposals_of(household: UUID, today: date) -> list[Proposal]:
    """What the norms make due for a household today: open ones first."""
    house, norms = await facts_of(household), await norms_in_force(today)
    present = (await present_needs("n.household = {}", household)).get(household, [])
    rows = await NormProposal.objects().where(NormProposal.household == household).order_by(NormProposal.decided_at)
    decided: dict[tuple[str, UUID | None], NormProposal] = {(row.service, row.person): row for row in rows}
    minutes = {row["code"]: row["minutes"] for row in await Service.select(Service.code, Service.minutes)}
    open_needs = await _open_needs([row.need for row in decided.values()])
    groups = {person.id: groups_of(house, person, today) for person in house.people}
    everybody = set().union(*groups.values()) if groups else set()
    found = [
        _proposal(
            due, present, decided.get((due.service, due.person)), minutes.get(due.service, 60), open_needs, today,
            groups.get(due.person, everybody),
        )
        for due in due_services(house, norms, today)
    ]  # fmt: skip
    order = {"open": 0, "declined": 1, "agreed": 2, "covered": 3}
    return sorted(found, key=lambda proposal: order[proposal.state])


def _proposal(
    due: Due, present: Iterable[Present], was: NormProposal | None, minutes: int, open_needs: set[UUID], today: date,
    groups: set[str],
) -> Proposal:  # fmt: skip
    present, mark = list(present), fingerprint(due)
    stands = standing(due, present)
    changed = was is not None and was.fingerprint != mark
    state = "covered" if stands == "covered" else "open" if was is None or changed else _decided(was, open_needs, today)
    return Proposal(
        due, mark, state, stands, covered_visits(due, present), due.strictest.visits,
        due.strictest.minutes or minutes, was, changed, rules.fits(due.service, groups),
    )  # fmt: skip


def _decided(was: NormProposal, open_needs: set[UUID], today: date) -> str:
    """What a decision on the same facts is worth today."""
    if was.decision == "declined":
        return "open" if was.revisit_on is not None and was.revisit_on <= today else "declined"
    return "agreed" if was.need in open_needs else "open"


async def _open_needs(needs: Iterable[UUID | None]) -> set[UUID]:
    wanted = [need for need in needs if need is not None]
    rows = await Need.raw(
        "SELECT id FROM need WHERE id = ANY({}) AND status = ANY({}::varchar[])", wanted, sorted(need_rules.OPEN)
    )
    return {row["id"] for row in rows}


async def misfit(household: UUID, service: str, person: UUID | None, today: date) -> bool:
    """Whether a service is not meant for the person, or for nobody of the household: the page warns."""
    house = await facts_of(household)
    seen: list[Any] = [member for member in house.people if person in (None, member.id)]
    return bool(seen) and not any(rules.fits(service, groups_of(house, member, today)) for member in seen)
