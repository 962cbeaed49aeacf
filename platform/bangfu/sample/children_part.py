"""Child files of the sample: the four colours, one review that is overdue, one red child to be contacted today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bangfu.children import actions
from bangfu.children.actions import Guardian, Judgement, Measure
from bangfu.children.tables import ChildFile
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.civil_time import add_months, civil_date

_SPACE = UUID("5b0f6f0e-7d0a-4a6e-9a3c-0c5f3f5a9901")


@dataclass(frozen=True, slots=True)
class Story:
    """A child as the director found it, so many days ago."""

    color: str
    days: int
    areas: tuple[str, ...]
    basis: str
    goal: str = ""
    measures: tuple[str, ...] = ()
    visits: tuple[int, ...] = ()
    capacity: str = "able"


STORIES = (
    Story("yellow", 100, ("guardianship",), "父母常年在外务工，祖母七十六岁，照料有困难。", "有人管、按时吃饭上学",
          ("每月入户两次，查看饮食起居", "联系父母每周视频一次", "联系学校安排课后托管"), (9, 24), "partly"),
    Story("blue", 60, ("physical",), "慢性病已控制，需按时复诊。", "按时复诊，不影响上学", ("陪同复诊并记录",), (20,)),
    Story("green", 30, ("guardianship", "physical", "behaviour"), "家庭照料良好，成绩稳定。", visits=(12,)),
    Story("red", 0, ("guardianship", "behaviour"), "母亲离家，父亲服刑，孩子三天未到校。", "当日见到孩子，落实监护",
          ("24小时内入户", "会同派出所、村委会落实临时监护人", "联系学校复课"), (), "absent"),
    Story("green", 200, ("guardianship", "physical", "behaviour"), "随祖父母生活，情况稳定。", visits=(190,)),
    Story("yellow", 20, ("behaviour",), "沉迷手机，与家人冲突。", "恢复作息，缓和亲子关系",
          ("社工个案辅导六次", "家长课堂"), (6,), "able"),
)  # fmt: skip

_SEEN = "入户走访，见到孩子，情况与登记一致。"
_MINORS = (
    "SELECT p.id FROM person p JOIN household h ON h.id = p.household WHERE h.division LIKE {} AND p.birth_date > {}"
    " AND NOT p.is_head ORDER BY h.number, p.birth_date LIMIT {}"
)


async def load(at: datetime) -> None:
    """Files for the first minors of the officer's township, once."""
    director = await actor_of("childdirector")
    if await ChildFile.exists():
        return
    born_after = add_months(civil_date(at), -12 * 17)
    rows = await ChildFile.raw(_MINORS, f"{OFFICER_TOWN}%", born_after, len(STORIES))
    for row, story in zip(rows, STORIES, strict=False):
        when = at - timedelta(days=story.days, hours=2)
        key = uuid5(_SPACE, str(row["id"]))
        judgement = Judgement(story.color, story.areas, story.basis)
        file = await actions.open_file(director, key, row["id"], judgement, when)
        guardian = Guardian("测试祖母", "grandparent", capacity=story.capacity, lives_with=True)
        await actions.add_guardian(director, file, uuid5(key, "guardian"), guardian, when)
        if story.goal:
            lines = [Measure(words, "儿童主任", civil_date(when) + timedelta(days=30)) for words in story.measures]
            await actions.write_plan(director, file, uuid5(key, "plan"), story.goal, lines, when)
        for days in sorted(story.visits, reverse=True):
            met = at - timedelta(days=days)
            await actions.add_contact(
                director,
                file,
                uuid5(key, f"visit {days}"),
                "visit",
                met,
                True,
                "入户走访，见到孩子，情况与登记一致。",
                met,
            )
