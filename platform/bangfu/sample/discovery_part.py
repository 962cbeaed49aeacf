"""Reports of the sample in every step: urgent ones, late ones, a duplicate, a complaint, others' measures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bangfu.discovery import clearing, comparing, measuring, rejecting, reviewing, rules, verifying
from bangfu.discovery.actions import collect
from bangfu.discovery.facts import MeasureFacts, ReportFacts, ReviewFacts, TellingFacts, VisitFacts
from bangfu.discovery.tables import Report
from bangfu.divisions.tables import Division
from bangfu.households.tables import Household
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.identifiers import generate_mobile

_SPACE = UUID("6d1f0c52-2a0f-4a5e-8b1d-0c5f3f5a9911")


@dataclass(frozen=True, slots=True)
class Story:
    """A report of so many days ago that has come as far as `until`."""

    who: str
    source: str
    kinds: tuple[str, ...]
    name: str
    seen: str
    days: int
    until: str = "collected"
    urgent: bool = False
    hotline: str = ""
    findings: str = "独居，行动不便，做不了饭，子女在外地。"
    measures: tuple[tuple[str, str, str], ...] = field(default=())
    """Kind, words, and who carries it out."""


_CARE = (
    ("medical", "安排家庭医生上门体检，办理慢性病长处方", "liaison"),
    ("care", "每周三次上门送餐和家务服务", "socialworker"),
)
STORIES = (
    Story("gridworker", "grid_worker", ("care",), "汤桂芳", "敲门许久才应，家里没有热饭，走路要扶墙。", 0),
    Story("volunteer1", "volunteer", ("living", "medical"), "卜金生", "说药吃完了没钱买，冬衣单薄。", 0, urgent=True),
    Story("coordinator", "neighbour", ("care",), "汤桂芳", "邻居说老人几天没有出门。", 0),
    Story("", "hotline", ("disaster",), "章来福", "来电称昨夜厨房起火，暂住亲戚家。", 1, hotline="help", urgent=True),
    Story("", "data_comparison", ("disability",), "邵国强", "残疾人两项补贴名单内有，救助台账内无。", 4),
    Story("", "hotline", (), "", "咨询低保边缘家庭的认定收入怎么算。", 1, hotline="consult"),
    Story("", "hotline", (), "", "投诉入户人员态度生硬，催了两次无人回复。", 1, hotline="complaint"),
    Story("gridworker", "grid_worker", ("child", "education"), "乔小宝", "三天没有上学，家中只有奶奶。", 0, "matched",
          urgent=True),
    Story("coordinator", "aide", ("living",), "虞阿根", "丧偶后收入中断，水电费欠了两个月。", 4, "matched"),
    Story("coordinator", "aide", ("medical", "living"), "水银娣", "做透析每周三次，儿子打零工。", 4, "verified"),
    Story("gridworker", "grid_worker", ("housing",), "柏学礼", "屋顶漏雨，墙有裂缝。", 3, "reviewed",
          measures=(("housing", "请专业机构做危房鉴定", "officer"),)),
    Story("coordinator", "hospital", ("medical", "care"), "窦兰英", "出院无人接，家里没有人照料。", 8, "intervening",
          measures=_CARE),
    Story("gridworker", "grid_worker", ("mental", "medical"), "云长贵", "长期不出门，夜里大声喊叫。", 13, "closing",
          measures=(("mental", "精神科随访评估，落实服药督导", "liaison"),)),
    Story("coordinator", "self", ("employment",), "费晓东", "工伤后失业，孩子上小学。", 14, "cleared",
          measures=(("employment", "推荐公益性岗位", "socialworker"),)),
    Story("volunteer1", "volunteer", ("care",), "葛月珍", "独居老人洗澡困难。", 40, "informed",
          measures=(("care", "安排每周一次助浴服务", "socialworker"),)),
    Story("gridworker", "grid_worker", ("living",), "昌福林", "反映生活困难。", 3, "rejected",
          findings="家有门面房出租，收入稳定。"),
)  # fmt: skip
_ORDER = (*rules.STEPS[:5], "closing", "cleared", "informed")


async def load(at: datetime) -> None:
    """Every story once, played by the sample's people at their time."""
    if await Report.exists():
        return
    villages = await Division.raw(
        "SELECT code FROM division WHERE parent = {} AND level = 5 ORDER BY code LIMIT 8", OFFICER_TOWN.ljust(12, "0")
    )
    codes = [row["code"] for row in villages]
    for place, story in enumerate(STORIES):
        await _play(story, place, codes[_village(story) % len(codes)], at)
    await _known_household(at)


def _village(story: Story) -> int:
    """The same person lives in the same village, whoever reports it."""
    return sum(map(ord, story.name))


async def _play(story: Story, place: int, village: str, at: datetime) -> None:
    report, start = uuid5(_SPACE, str(place)), at - timedelta(days=story.days, hours=3)
    reporter = await actor_of(story.who) if story.who else SYSTEM
    facts = ReportFacts(
        source=story.source, division=village, need_kinds=story.kinds, urgent=story.urgent, seen=story.seen,
        name=story.name, phone=generate_mobile(71_000_000 + sum(map(ord, story.name))) if story.name else "",
        hotline_kind=story.hotline, reporter_name="来电人" if story.hotline else "",
    )  # fmt: skip
    await collect(reporter, report, facts, start)
    if story.until == "rejected":
        await _rejected(report, story, start)
    else:
        await _steps(report, story, start)


async def _steps(report: UUID, story: Story, start: datetime) -> None:
    goal = _ORDER.index(story.until)
    officer, worker = await actor_of("officer"), await actor_of("socialworker")
    if goal >= 1:
        await comparing.match_report(await actor_of("dispatcher"), report, None, None, start + timedelta(hours=2))
    if goal >= 2:
        await verifying.record_visit(worker, report, _part(report, "visit"), _visit(story, start), _later(start, 1))
    if goal >= 3:
        await reviewing.record_review(officer, report, _part(report, "review"), await _review(start), _later(start, 2))
        await _measures(officer, report, story, start)
    if goal >= 4:
        await reviewing.issue_prescription(officer, report, _later(start, 3))
    if goal >= 5:
        await _close_all(officer, report, story, start)
        await clearing.propose_clearing(officer, report, _later(start, 12))
    if goal >= 6:
        await clearing.confirm_clearing(await actor_of("bureau"), report, _later(start, 13))
    if goal >= 7:
        told = TellingFacts(civil_date(_later(start, 14)), "visit", "self", "signed", "已享受的政策和服务已逐项说明。")
        await clearing.tell(await actor_of("coordinator"), report, _part(report, "told"), told, _later(start, 14))


async def _measures(officer: Actor, report: UUID, story: Story, start: datetime) -> None:
    for place, (kind, words, who) in enumerate(story.measures):
        due = civil_date(_later(start, 12 + 2 * place))
        line = MeasureFacts(kind, words, (await actor_of(who)).me, due)
        await reviewing.add_measure(officer, report, _part(report, f"measure {place}"), line, _later(start, 2))


async def _close_all(officer: Actor, report: UUID, story: Story, start: datetime) -> None:
    for place, (_, _, who) in enumerate(story.measures):
        measure = _part(report, f"measure {place}")
        await measuring.report_done(await actor_of(who), measure, "已上门落实，回执存档。", _later(start, 9))
        await measuring.close_measure(officer, measure, _later(start, 10))


async def _rejected(report: UUID, story: Story, start: datetime) -> None:
    await comparing.match_report(await actor_of("dispatcher"), report, None, None, start + timedelta(hours=2))
    visit = VisitFacts(civil_date(_later(start, 1)), None, "self", story.findings, (), confirmed=False)
    worker = await actor_of("socialworker")
    await verifying.record_visit(worker, report, _part(report, "visit"), visit, _later(start, 1))
    reason = "经入户核实，家庭有稳定租金收入，不符合救助条件。"
    await rejecting.reject_report(await actor_of("officer"), report, "no_need", reason, _later(start, 2))


async def _known_household(at: datetime) -> None:
    """One report about somebody whom the register knows, so that the comparison has something to show."""
    homes: Sequence[dict[str, str]] = await Household.raw(
        "SELECT head_name, division FROM household WHERE division LIKE {} ORDER BY number LIMIT 1", f"{OFFICER_TOWN}%"
    )
    for home in homes:
        facts = ReportFacts(
            source="grid_worker", division=home["division"], need_kinds=("care",), name=home["head_name"],
            seen="近来腿脚更差，上下楼要人扶。",
        )  # fmt: skip
        await collect(await actor_of("gridworker"), _part(_SPACE, "known"), facts, at - timedelta(hours=5))


def _visit(story: Story, start: datetime) -> VisitFacts:
    return VisitFacts(civil_date(_later(start, 1)), None, "self", story.findings, story.kinds, confirmed=True)


async def _review(start: datetime) -> ReviewFacts:
    health = (await actor_of("liaison")).organization
    bodies = (health,) if health else ()
    return ReviewFacts(civil_date(_later(start, 2)), "meeting", bodies, "镇街、社工站、卫健局", "联合帮扶，逐项落实。")


def _later(start: datetime, days: int) -> datetime:
    return start + timedelta(days=days)


def _part(report: UUID, name: str) -> UUID:
    return uuid5(report, name)
