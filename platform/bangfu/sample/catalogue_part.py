"""The sample's catalogue has a life of its own: a new item published, a change that waits, proposals answered, and an
emergency that is helped before its papers are there."""

from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.catalogue import proposing, versions
from bangfu.catalogue.answers import Answer, Decline
from bangfu.catalogue.loading import shipped, terms_of
from bangfu.catalogue.proposals import Proposal, proposals_of
from bangfu.catalogue.tables import CatalogueItem
from bangfu.households.tables import Household
from bangfu.needs import emergency
from bangfu.needs.facts import Wish
from bangfu.needs.recording import record_need
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date

_ACCEPTED: Final = 6
_DECLINED: Final = 3


def _key(name: str) -> UUID:
    """The same object at every load."""
    return uuid5(NAMESPACE_URL, f"bangfu-sample-catalogue-{name}")


async def load(at: datetime) -> None:
    """Once; a second load finds the first item."""
    if await CatalogueItem.exists().where(CatalogueItem.id == _key("haircut")):
        return
    bureau, lead = await actor_of("bureau"), await actor_of("lead")
    coordinator, officer = await actor_of("coordinator"), await actor_of("officer")
    await _items(bureau, lead, at)
    await _proposals(coordinator, at)
    await _emergency(coordinator, officer, at)


async def _items(bureau: Actor, lead: Actor, at: datetime) -> None:
    kind, today = versions.KINDS["items"], civil_date(at)
    haircut = _values("SH02", zh="上门理发", en="Haircut at home", minutes=40)
    haircut |= {"content_zh": "上门理发、修面、剪指甲，工具消毒，一人一巾", "note": "村（社区）反映较多"}
    haircut |= {"content_en": "Haircut, shave and nails at home; tools disinfected, one towel a person"}
    await versions.draft(bureau, kind, _key("haircut"), "SH26", haircut, at)
    await versions.submit(bureau, kind, _key("haircut"), at)
    await versions.publish(lead, kind, _key("haircut"), today, today, at)
    bath = {**_values("SH01", minutes=100), "note": "冬季助浴准备时间延长"}
    await versions.draft(bureau, kind, _key("bath"), "SH01", bath, at)
    await versions.submit(bureau, kind, _key("bath"), at)


def _values(code: str, **changes: Any) -> dict[str, Any]:
    """The content of a shipped item, changed."""
    row = next(row for row in shipped("items") if row["code"] == code)
    content: dict[str, Any] = {name: row[name] for name in row if name != "code"}
    content |= {"minutes": int(row["minutes"]), "kinds": row["kinds"].split(), "targets": row["targets"].split()}
    content |= changes
    return {**content, "terms": terms_of(code, content["zh"], content["en"])}


async def _homes(category: str, limit: int) -> list[UUID]:
    rows = await Household.raw(
        "SELECT h.id FROM household h WHERE h.division LIKE {} AND h.category = {} AND h.status = 'active'"
        " ORDER BY h.number LIMIT {}",
        f"{OFFICER_TOWN}%", category, limit,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def _proposals(coordinator: Actor, at: datetime) -> None:
    """Some are recorded as the norm says, some with fewer visits, some declined."""
    today, answered = civil_date(at), 0
    for household in await _homes("tekun", 30):
        open_ones = [one for one in await proposals_of(household, today) if one.state == "open"]
        if not open_ones or answered == _ACCEPTED + _DECLINED:
            continue
        if answered < _ACCEPTED:
            await proposing.accept(coordinator, household, _answer(open_ones[0], household, answered), today, at)
        else:
            await proposing.decline(coordinator, household, _decline(open_ones[0], household), today, at)
        answered += 1


def _answer(proposal: Proposal, household: UUID, place: int) -> Answer:
    fewer = place == _ACCEPTED - 1 and proposal.visits > 1
    visits = proposal.visits - 1 if fewer else proposal.visits
    reason = "女儿每周回家照料一次，次数相应减少" if fewer else "按频次标准应提供，已与本人商定"
    return Answer(
        proposal.due.service, proposal.due.person, proposal.fingerprint, _key(f"accept-{household}"), visits,
        proposal.minutes, reason, submit=place % 2 == 0,
    )  # fmt: skip


def _decline(proposal: Proposal, household: UUID) -> Decline:
    return Decline(
        proposal.due.service, proposal.due.person, proposal.fingerprint, _key(f"decline-{household}"), "family",
        "儿子同住照料，暂不需要", None,
    )  # fmt: skip


async def _emergency(coordinator: Actor, officer: Actor, at: datetime) -> None:
    """Two emergencies: one helped at once with a paper missing, one that waits for the officer."""
    for place, household in enumerate(await _homes("emergency", 2)):
        wish = Wish(
            "daily_care", None, 8, 60, (), "", "", "", "车祸受伤，家中无人照料" if place else "家中失火，老人无人照料",
            True, emergency=True,
        )  # fmt: skip
        need = await record_need(coordinator, _key(f"emergency-{place}"), household, wish, at, submit=True)
        if place == 0:
            await emergency.help_first(officer, need, "失火当日须有人照料", at)
            await emergency.add_paper(coordinator, need, "event", "消防救援出警证明，卷宗第3页", at)
            await emergency.add_paper(coordinator, need, "identity", "户口簿复印件，卷宗第1页", at)
