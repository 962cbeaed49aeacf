"""The check of visits in the sample city: flagged visits of each kind, one explained, rejected, verified, doubted."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.dispatch import actions as dispatch
from bangfu.errors import Told
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, day_span
from bangfu.verification import deciding, disputing, explaining, policy
from bangfu.verification.deciding import Cleared
from bangfu.verification.rules import Thresholds
from bangfu.visits import door_actions, door_checklists, door_rules
from bangfu.visits.door_data import Confirmation, Proof, Record
from bangfu.visits.door_rules import Answer
from bangfu.visits.making import NewVisit, make
from bangfu.visits.tables import Visit, VisitFlag

MARK: Final = "sample-verification"
METRE: Final = 1 / 111_195
"""Degrees of latitude."""


@dataclass(frozen=True, slots=True)
class Story:
    """A visit of one of the last days: where the phone was, how long it took, how the household confirmed."""

    days: int
    hour: float
    metres: int = 30
    share: float = 1.0
    confirmed: str = "voice"
    home: int = 0


STORIES: Final = (
    Story(9, 9), Story(4, 9, metres=620), Story(4, 14, share=0.5), Story(3, 9, metres=380), Story(3, 14, confirmed=""),
    Story(2, 9), Story(2, 9.05, home=1), Story(1, 15, metres=410), Story(1, 9),
)  # fmt: skip


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: nine visits of one caregiver, and what the organisation, the township and the bureau made of them."""
    if await Visit.exists().where(Visit.id == key("visit0")):
        return
    manager, carer, officer, bureau = [
        await actor_of(name) for name in ("manager1", "caregiver1", "officer", "bureau")
    ]  # fmt: skip
    homes = await homes_of(manager, at)
    if not homes:
        return
    for n, story in enumerate(STORIES):
        await _visit(manager, carer, homes[story.home], n, story, at)
    await _explained(manager, key("visit1"), at)
    await deciding.reject(officer, key("visit2"), "shorter", "邻居说只待了十来分钟。", at - timedelta(days=2))
    await _verified(officer, key("visit3"), at - timedelta(days=2))
    await disputing.dispute(
        bureau, key("dispute"), key("visit3"), "complaint", "家属来电说当天没有见到护理员。", at - timedelta(days=1)
    )
    await policy.enter(
        bureau, key("policy"), bureau.scope, civil_date(at) + timedelta(days=10), "服务核实办法（试行）第七条",
        Thresholds(far_rural_m=800, tolerance_minutes=45), at,
    )  # fmt: skip


async def homes_of(manager: Actor, at: datetime) -> list[dict[str, Any]]:
    """Two homes that the organisation serves in the officer's township; it accepts offers where there are fewer."""
    offers = await Visit.raw(
        "SELECT id FROM assignment WHERE organization = {} AND division LIKE {} AND status = 'offered' ORDER BY number",
        manager.organization, f"{OFFICER_TOWN}%",
    )  # fmt: skip
    for offer in [None, *offers]:
        if offer is not None:
            with suppress(Told):
                await dispatch.accept(manager, offer["id"], None, at)
        rows: list[dict[str, Any]] = await Visit.raw(
            "SELECT DISTINCT ON (a.household) a.id, h.lat, h.lon FROM assignment a"
            " JOIN household h ON h.id = a.household WHERE a.organization = {} AND a.division LIKE {}"
            " AND a.status IN ('accepted', 'scheduled', 'active') AND h.lat IS NOT NULL"
            " ORDER BY a.household, a.number LIMIT 2",
            manager.organization, f"{OFFICER_TOWN}%",
        )  # fmt: skip
        if len(rows) == 2:
            return rows
    return []


async def _visit(manager: Actor, carer: Actor, home: dict[str, Any], n: int, story: Story, at: datetime) -> None:
    day = day_span(civil_date(at) - timedelta(days=story.days))
    start = day[0] + timedelta(hours=story.hour)
    visit = key(f"visit{n}")
    await make(
        manager, NewVisit(id=visit, assignment=home["id"], start=start, due_from=day[0], due_until=day[1],
                          carer=carer.carer, source="hand"), start - timedelta(days=2),
    )  # fmt: skip
    row = await Visit.objects().get(Visit.id == visit)
    if row is None:
        raise LookupError("the visit was not made")
    lat = home["lat"] + story.metres * METRE
    begun, ended = start, start + timedelta(minutes=max(1, round(row.minutes * story.share)))
    await door_actions.arrive(carer, visit, Proof(key(f"in{n}"), "gps", lat=lat, lon=home["lon"], accuracy_m=12), begun)
    leaving = Proof(key(f"out{n}"), "gps", lat=lat, lon=home["lon"], accuracy_m=15)
    await door_actions.leave_and_submit(
        carer, visit, key(f"record{n}"), leaving, await record_of(row, story, n), [], ended
    )


async def record_of(row: Visit, story: Story, n: int) -> Record:
    form = await door_checklists.for_service(row.service, civil_date(row.planned_start))
    confirmed = Confirmation(story.confirmed, by="本人" if story.confirmed else "")
    text = f"第{n + 1}次上门，精神尚好，已提醒服药。"
    if form is None:
        return Record(findings_text=text, confirmation=confirmed, device=MARK)
    level = await door_checklists.level_of(row)
    answers = [
        Answer(line["code"], "done")
        if door_rules.is_must(line, level)
        else Answer(line["code"], "not_needed", "no_case")
        for line in form.lines
    ]
    return Record(
        form=form.code, form_version=form.version, checklist=answers, findings=dict.fromkeys(form.areas, "ok"),
        findings_text=text, confirmation=confirmed, device=MARK,
    )  # fmt: skip


async def _explained(manager: Actor, visit: UUID, at: datetime) -> None:
    flag = await VisitFlag.objects().get((VisitFlag.visit == visit) & (VisitFlag.flag == "geo_far"))
    if flag is not None:
        text = "当天老人在村卫生室输液，护理员在那里照看，村医可以证明。"
        await explaining.explain(manager, key("said"), visit, flag.id, text, at - timedelta(days=1))


async def _verified(officer: Actor, visit: UUID, at: datetime) -> None:
    flags = await deciding.open_flags(visit)
    cleared = {flag.id: Cleared("location_drift") for flag in flags if flag.flag != "incomplete"}
    await deciding.verify(officer, visit, cleared, at)
