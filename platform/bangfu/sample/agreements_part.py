"""Care agreements of the sample: rates of the city, agreements in telling states, coverage below 100 %."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from bangfu.agreements import drafting, due, ending, handing_out, rates, rules, signing
from bangfu.agreements.drafting import Content, Line, Named
from bangfu.agreements.rate_rules import USUAL
from bangfu.agreements.tables import CareAgreement, CareBase, CareRateSheet
from bangfu.providers.tables import Organization
from bangfu.sample.accounts import CITY, actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.sample.organisations import uscc
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.files import look_at

_SPACE = UUID("5b0f6f0e-7d0a-4a6e-9a3c-0c5f3f5a9924")
_PEOPLE = (
    "SELECT p.id, p.name, p.household, coalesce(nullif(p.selfcare_level, ''), h.selfcare_level) AS level FROM person p"
    " JOIN household h ON h.id = p.household WHERE h.division LIKE {} AND h.category = 'tekun' AND h.status = 'active'"
    " AND h.support_mode = 'dispersed' AND p.is_head AND p.left_on IS NULL ORDER BY h.number LIMIT {}"
)


@dataclass(frozen=True, slots=True)
class Story:
    """An agreement that was drafted so many days ago; `signed`: how many of the seven have signed."""

    days: int
    signed: int
    caregiver: str
    relation: str
    wish: str
    ended: str = ""


STORIES = (
    Story(90, 7, "测试邻居甲", "neighbour", "愿意住在自己家里，由邻居每天来看看。"),
    Story(6, 5, "测试村民乙", "villager", "希望上午有人来打扫和做饭。"),
    Story(345, 7, "测试侄女丙", "other", "愿意由侄女继续照料，饭菜软一些。"),
    Story(3, 0, "测试邻居丁", "neighbour", "住在老屋，希望有人帮忙买药。"),
    Story(200, 7, "测试村民戊", "villager", "希望照料人按时来。", "breach"),
    Story(1, -1, "测试邻居己", "neighbour", "想每周洗一次澡。"),
)
"""The second one waits for two signatures, the third is due for renewal, the last is a draft."""


async def load(at: datetime) -> None:
    """Once; nothing where agreements exist."""
    if await CareAgreement.exists():
        return
    await _rates(at - timedelta(days=360))
    people = await _people(len(STORIES))
    for row, story in zip(people, STORIES, strict=False):
        await _tell(row, story, at)
    await due.look_after(at)


async def _rates(at: datetime) -> None:
    officer, lead, since = await actor_of("bureau"), await actor_of("lead"), date(civil_date(at).year - 1, 1, 1)
    key = uuid5(_SPACE, "rates")
    await rates.enter_sheet(officer, key, CITY, since, "测试市民发〔2025〕18号", USUAL, at)
    await rates.publish(lead, CareRateSheet, key, at)
    for kind, amount in (("disabled_subsidy", "180.00"), ("minimum_wage", "2490.00")):
        base = uuid5(_SPACE, kind)
        await rates.enter_base(officer, base, CITY, kind, Decimal(amount), since, "测试市政发〔2025〕7号", at)
        await rates.publish(lead, CareBase, base, at)
    coming = uuid5(_SPACE, "coming")
    later = date(civil_date(at).year + 2, 1, 1)
    await rates.enter_base(
        officer, coming, CITY, "disabled_subsidy", Decimal("195.00"), later, "测试市政发（征求意见）", at
    )


async def _people(count: int) -> list[dict[str, Any]]:
    """Heads supported at home who have a level, of the officer's township."""
    rows = await CareAgreement.raw(_PEOPLE, f"{OFFICER_TOWN}%", count * 4)
    return [row for row in rows if row["level"]][:count]


async def _tell(row: dict[str, Any], story: Story, at: datetime) -> None:
    officer, recorder, when = await actor_of("officer"), await actor_of("coordinator"), at - timedelta(days=story.days)
    key, start = uuid5(_SPACE, str(row["id"])), civil_date(when)
    institution = await Organization.select(Organization.id).where(Organization.uscc == uscc("chunhui"))
    content = Content(
        start, rules.last_possible(start),
        (Line("daily_care", 3, "week", 90), Line("visit_check", 1, "week", 30)),
        organization=institution[0]["id"] if institution else None,
        caregiver=Named(story.caregiver, "+8613900000010", story.relation), payer="care_subsidy",
        emergency=Named("测试亲友", "+8613900000011", "other"), wish=story.wish, e_signing=True,
    )  # fmt: skip
    await drafting.begin(officer, key, row["household"], row["id"], content, when)
    if story.signed < 0:
        await handing_out.guide(await actor_of("bureau"), key, "请写明用药提醒由谁负责。", when)
        return
    revision = await CareAgreement.select(CareAgreement.revision).where(CareAgreement.id == key)
    await handing_out.hand_out(officer, key, revision[0]["revision"], when)
    for role in rules.ROLES[: story.signed]:
        await _sign(key, role, row["name"], story, recorder, when + timedelta(hours=3))
    if story.ended:
        on = civil_date(at) - timedelta(days=12)
        await ending.terminate(officer, key, story.ended, "连续两周未按约定上门，经核实属实。", on, at)


async def _sign(agreement: UUID, role: str, person: str, story: Story, recorder: Actor, when: datetime) -> None:
    found = await CareAgreement.select(CareAgreement.document_hash).where(CareAgreement.id == agreement)
    seen = found[0]["document_hash"]
    own = {"institution": "manager1", "civil_affairs_bureau": "bureau", "township_government": "officer"}.get(role)
    if own is not None:
        given = signing.Signature("electronic", seen)
        await signing.sign(await actor_of(own), agreement, role, given, None, when)
        return
    scan = await look_at(f"{role}.pdf", b"%PDF-1.4\n% sample: the signed page\n", "file")
    natural = {"person": person, "caregiver": story.caregiver}.get(role, "测试经办")
    thumb = role == "person" and story.days > 60
    given = signing.Signature(
        "thumbprint" if thumb else "scan", seen, "self" if role in rules.NATURAL else "agent", natural,
        "测试见证" if thumb else "", civil_date(when),
    )  # fmt: skip
    await signing.sign(recorder, agreement, role, given, scan, when)
