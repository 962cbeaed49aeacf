"""Complaints of the sample: by every channel and in every state, some confidential, one reported by the side itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from bangfu.complaints import deciding, handling, intake, own
from bangfu.complaints.deciding import Reply
from bangfu.complaints.handling import Set
from bangfu.complaints.intake import Told
from bangfu.complaints.routing import About
from bangfu.complaints.tables import Complaint
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import SYSTEM, Actor

PLACE: Final = OFFICER_TOWN.ljust(12, "0")
HOUR: Final = timedelta(hours=1)
_REPLY: Final = (
    "您好。我们查了服务记录，也问了机构。那天护理员确实没有上门，机构也没有提前告诉您。"
    "机构已经认错，本周五上午会补上一次服务。以后再有这样的事，请打电话告诉我们。"
)
_ASKED: Final = "有住户反映某日约定的上门服务没有来人，也没有接到电话。请说明当天的排班、联系情况和补救安排。"


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"sample-complaints:{name}")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts."""

    desk: Actor
    officer: Actor
    second: Actor
    bureau: Actor
    lead: Actor
    auditor: Actor
    manager: Actor


async def load(at: datetime) -> None:
    """Eleven of them, once; acted as the sample's people and its public would."""
    if await Complaint.exists():
        return
    names = ("coordinator", "officer", "officer2", "bureau", "lead", "auditor", "manager1")
    cast = Cast(*[await actor_of(name) for name in names])
    assert cast.manager.organization is not None  # noqa: S101 (the sample's manager has one)
    body = About("organization", organization=cast.manager.organization)
    await _ended(cast, body, at - timedelta(days=12))
    await _asked(cast, body, at - timedelta(days=2))
    await _waiting(cast, at)
    await _past(cast, at)
    await _self_reported(cast, at - timedelta(days=3))


def _told(facts: str, channel: str, kind: str, about: About, **more: Any) -> Told:
    return Told(facts=facts, division=PLACE, channel=channel, kind=kind, about=about, **more)


async def _ended(cast: Cast, body: About, at: datetime) -> None:
    """Substantiated, read aloud, the complainant satisfied; and one passed to the right office."""
    visits = await Complaint.raw(
        "SELECT id FROM visit WHERE organization = {} AND division LIKE {} AND status IN ('verified', 'submitted')"
        " ORDER BY planned_start LIMIT 1",
        cast.manager.organization, f"{OFFICER_TOWN}%",
    )  # fmt: skip
    about = About("visit", visit=visits[0]["id"]) if visits else body
    facts = "约好上午来打扫，等到中午没有人来，打电话也没人接。"
    told = _told(
        facts, "12345", "no_show", about, channel_number="12345-20261109-0417", name="谢桂英", phone="+8619900004417"
    )
    complaint = await intake.enter(cast.desk, key("ended"), told, at)
    await handling.accept(cast.second, complaint, Set("minor", "no_show"), at + 3 * HOUR)
    await handling.begin(cast.second, complaint, at + 4 * HOUR)
    await handling.hear(cast.second, complaint, "complainant", "phone", "那天一直在家等。", at + 5 * HOUR, key("h1"))
    await handling.ask(cast.second, complaint, _ASKED, 3, at + 5 * HOUR)
    later = at + timedelta(days=2)
    await own.answer(
        cast.manager, complaint, "护理员临时请病假，排班没有及时调整，是我们的疏漏。", None, later, key("h2")
    )
    await handling.add_evidence(cast.second, complaint, "visit_record", "当天没有签到记录。", None, later, key("e1"))
    await deciding.decide(cast.second, complaint, "substantiated", "记录、机构说明与投诉一致。", later + HOUR)
    await deciding.reply(cast.second, complaint, Reply(_REPLY, "read_aloud", "谢桂英"), later + 2 * HOUR)
    await deciding.close(cast.second, complaint, "yes", later + timedelta(days=3))
    debt = _told(
        "邻居借钱不还，想请你们管一管。", "desk", "", About(), intake="help", name="芮大妈", phone="+8619900004418"
    )
    routed = await intake.enter(cast.desk, key("routed"), debt, at + HOUR)
    words = "这是民间借贷纠纷，请先找村调解委员会，调解不成可向人民法院起诉。"
    await handling.route(cast.officer, routed, "transfer", "court", words, at + 6 * HOUR)


async def _asked(cast: Cast, body: About, at: datetime) -> None:
    """Being looked into: the organisation has yet to answer; another is decided and waits for its reply."""
    facts = "护理员做事马虎，说两句还顶嘴，擦洗只用了十来分钟。"
    told = _told(facts, "phone", "attitude", body, name="巢阿婆", phone="+8619900004419")
    complaint = await intake.enter(cast.desk, key("asked"), told, at)
    await handling.accept(cast.officer, complaint, Set("minor", "attitude"), at + HOUR)
    await handling.begin(cast.officer, complaint, at + HOUR)
    await handling.hear(cast.officer, complaint, "complainant", "talk", "希望换一个人。", at + 2 * HOUR, key("h3"))
    question = "有住户反映护理时态度生硬、时间不足。请说明近两周在该村的服务情况和处理意见。"
    await handling.ask(cast.officer, complaint, question, 3, at + 3 * HOUR)
    consult = _told(
        "低保对象能不能同时享受居家护理？",
        "phone",
        "",
        About(),
        intake="consult",
        name="杭先生",
        phone="+8619900004420",
    )
    question_one = await intake.enter(cast.desk, key("consult"), consult, at)
    await handling.accept(cast.officer, question_one, Set("minor"), at + HOUR)
    await handling.begin(cast.officer, question_one, at + HOUR)
    await deciding.decide(
        cast.officer, question_one, "answered", "符合失能条件可以同时享受，已说明申请方式。", at + 2 * HOUR
    )


async def _waiting(cast: Cast, at: datetime) -> None:
    """Just come in: a critical one without a name, advice from the public page, and one that is overdue."""
    harm = _told("看见护理员推搡老人，老人手臂青了一块，请快来看看。", "phone", "harm", About("carer"))
    await intake.enter(cast.desk, key("critical"), harm, at - 0.7 * HOUR)
    advice = Told(
        facts="建议助餐点周末也开放，独居老人周末吃饭不方便。", division=PLACE, intake="advice", name="史志强",
        phone="+8619900004421",
    )  # fmt: skip
    await intake.enter_with_receipt(SYSTEM, uuid4(), advice, at - 3 * HOUR)
    late = _told(
        "补贴比别人少发了一个月，问了两次没有答复。", "letter", "pay", About(), name="郑老伯", phone="+8619900004422"
    )
    await intake.enter(cast.desk, key("late"), late, at - timedelta(days=6))


async def _past(cast: Cast, at: datetime) -> None:
    """Past the township's officer to the bureau; a report of wrongdoing; and what 12388 passed on, for the auditor."""
    about = About("staff", staff=cast.officer.user)
    told = _told("去街道办事，经办人让我跑了三趟，每次说的材料都不一样。", "portal", "attitude", about)
    await intake.enter_with_receipt(SYSTEM, uuid4(), told, at - timedelta(days=1))
    fee = _told(
        "机构负责人要求住户每次另付二十元现金，不给就排在后面。", "portal", "fee_demand",
        About("organization", organization=cast.manager.organization), intake="report", name="吴建平",
        phone="+8619900004423",
    )  # fmt: skip
    report = await intake.enter_with_receipt(SYSTEM, uuid4(), fee, at - timedelta(days=4))
    await handling.accept(cast.bureau, report.complaint, Set("major", "fee_demand"), at - timedelta(days=4) + HOUR)
    await handling.begin(cast.bureau, report.complaint, at - timedelta(days=3))
    from_12388 = _told(
        "反映某村救助对象名单有人情因素，优亲厚友。", "12388", "eligibility", About("township_office"), intake="report",
        channel_number="12388-2026-0077", name="实名举报人", phone="+8619900004424",
    )  # fmt: skip
    await intake.enter(cast.auditor, key("12388"), from_12388, at - timedelta(days=2))


async def _self_reported(cast: Cast, at: datetime) -> None:
    """The organisation says itself what went wrong; substantiated, and told apart in the figures."""
    told = Told(
        facts="自查发现：上周有两户的服务时长少记了项目，已联系住户补做，并重新培训了护理员。", division=PLACE,
        kind="quality", about=About("organization", organization=cast.manager.organization), self_reported=True,
    )  # fmt: skip
    receipt = await intake.enter_with_receipt(cast.manager, uuid4(), told, at)
    complaint = receipt.complaint
    await handling.accept(cast.second, complaint, Set("minor", "quality"), at + HOUR)
    await handling.begin(cast.second, complaint, at + HOUR)
    await handling.add_evidence(
        cast.second, complaint, "visit_record", "记录与自查情况一致。", None, at + 2 * HOUR, key("e2")
    )
    await deciding.decide(cast.second, complaint, "substantiated", "情况属实，已主动纠正。", at + 3 * HOUR)
