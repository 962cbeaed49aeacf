"""Mandatory reports of the sample: one that waits to be taken on, one being handled, one concluded."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bangfu.incidents import actions
from bangfu.incidents.actions import Harm
from bangfu.incidents.tables import Incident
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN

_SPACE = UUID("5b0f6f0e-7d0a-4a6e-9a3c-0c5f3f5a9902")
_NEGLECT = "入户探访时发现孩子独自在家，已两天没有大人照料，家中无熟食。"
_HEARD = "楼上连续几晚有打骂和哭喊声，今天看到孩子手臂有淤青。"
_SCHOOL = "学校反映学生手腕有划痕，情绪低落，不愿回家。"


async def load(at: datetime) -> None:
    """Three reports, once; acted as the sample's people would."""
    if await Incident.exists():
        return
    volunteer, grid, worker = [await actor_of(name) for name in ("volunteer1", "gridworker", "socialworker")]
    officer, supervisor = await actor_of("officer"), await actor_of("childsupervisor")
    long_ago, earlier = at - timedelta(days=6), at - timedelta(hours=5)
    village = await _village()
    school = Harm(_SCHOOL, kinds=("self_harm",), child_age=13, told=("education",), division=village)
    done = await actions.report(worker, uuid5(_SPACE, "done"), school, long_ago)
    await actions.acknowledge(supervisor, done, long_ago + timedelta(minutes=8))
    await actions.tell(officer, done, "police", "值班民警已到校", long_ago + timedelta(minutes=15))
    words = "已由心理老师和社工陪伴，监护人到校，转介医院评估。"
    await actions.conclude(officer, done, "family_helped", words, at - timedelta(days=4))
    handled = Harm(_NEGLECT, kinds=("neglect",), child_age=6, told=("police",))
    incident = await actions.report(volunteer, uuid5(_SPACE, "handled"), handled, earlier)
    await actions.acknowledge(officer, incident, earlier + timedelta(minutes=12))
    await actions.add_note(officer, incident, "村委会已接到孩子，临时由邻居照看。", earlier + timedelta(minutes=50))
    waiting = Harm(_HEARD, kinds=("violence", "domestic_violence"))
    await actions.report(grid, uuid5(_SPACE, "waiting"), waiting, at - timedelta(minutes=10))


async def _village() -> str:
    rows = await Incident.raw(
        "SELECT min(code) AS code FROM division WHERE code LIKE {} AND level = 5", f"{OFFICER_TOWN}%"
    )
    return str(rows[0]["code"])
