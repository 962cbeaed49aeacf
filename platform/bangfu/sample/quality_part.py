"""Quality in the sample: goals of needs in every state, and a stricter standard that waits for the lead.

The scores themselves follow from the sample's visits: the running quarter is shown as a preview.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.dispatch.tables import Assignment
from bangfu.quality import goals, standards
from bangfu.quality.standard_rules import DEFAULT
from bangfu.quality.tables import NeedGoal
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.civil_time import civil_date

GOALS: Final = (
    ("能自己从床边走到门口，每天至少一次", "open", True),
    ("每周至少三天在家吃上热饭", "judged", True),
    ("药盒按天放好，一周内不漏服", "confirmed", True),
    ("每月至少参加一次村里的活动", "confirmed", False),
)
"""What is to be reached, how far it is, whether it was reached."""
_SERVED: Final = (
    "SELECT DISTINCT ON (a.need) a.need FROM assignment a JOIN need n ON n.id = a.need WHERE a.division LIKE {}"
    " AND a.status IN ('accepted', 'scheduled', 'active') AND a.contract_line IS NOT NULL"
    " AND n.status NOT IN ('closed', 'cancelled') ORDER BY a.need LIMIT {}"
)


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"sample-quality:{name}")


async def load(at: datetime) -> None:
    """Goals of needs that are served, and a draft of the next version of QS-1."""
    await _goals(at)
    draft = key("standard")
    if not any(each.id == draft or each.version > 1 for each in await standards.versions()):
        rules: dict[str, Any] = {**DEFAULT, "tolerance_minutes": 20}
        since = civil_date(at) + timedelta(days=40)
        note = "准时容差由 30 分钟改为 20 分钟，自明年起签订的合同适用。"
        await standards.draft(await actor_of("bureau"), draft, "QS-1", rules, since, note, at)


async def _goals(at: datetime) -> None:
    if await NeedGoal.exists():
        return
    desk, officer = await actor_of("dispatcher"), await actor_of("officer")
    rows = await Assignment.raw(_SERVED, f"{OFFICER_TOWN}%", len(GOALS))
    for n, (row, (text, state, met)) in enumerate(zip(rows, GOALS, strict=False)):
        goal, early = key(f"goal{n}"), at - timedelta(days=3)
        due_on = civil_date(at) + timedelta(days=5 if state == "open" else 0)
        await goals.set_goal(desk, row["need"], goal, text, due_on, early)
        if state != "open":
            words = "上门时看到的" if met else "天冷没有出门，下个月再看"
            await goals.judge(desk, goal, met, words, at - timedelta(hours=5))
        if state == "confirmed":
            await goals.confirm(officer, goal, at - timedelta(hours=2))
