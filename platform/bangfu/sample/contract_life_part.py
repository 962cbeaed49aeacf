"""The sample's contracts after their signature: milestones (one overdue, one reported), an amendment that waits for the
check, new wording that waits for the supplier; on contracts in force that came in by the sample's lists."""

import io
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from PIL import Image, ImageDraw

from bangfu.contracts import amending, milestones
from bangfu.contracts.amending import Proposal
from bangfu.contracts.life_tables import Milestone
from bangfu.contracts.tables import Contract, ContractLine
from bangfu.sample.accounts import actor_of
from bangfu.sample.organisations import uscc
from bangfu.shared.civil_time import civil_date
from bangfu.shared.files import look_at

_MILESTONES: Final = (
    ("third_quarter", "第三季度服务报告", "supplier", -6),
    ("training", "护理员培训记录", "supplier", 12),
    ("year_end", "年末入户抽查", "buyer", 30),
)


async def load(at: datetime) -> None:
    """Once; nothing where the sample has no contract of this agency in force."""
    rows = await Contract.raw(
        "SELECT c.id, c.starts_on FROM contract c JOIN organization o ON o.id = c.supplier WHERE o.uscc = {}"
        " AND c.status = 'active' AND c.ends_on > {} ORDER BY c.division, c.number LIMIT 2",
        uscc("chunhui"), civil_date(at) + timedelta(days=20),
    )  # fmt: skip
    if not rows or await Milestone.exists():
        return
    officer, manager = await actor_of("bureau"), await actor_of("manager1")
    first = rows[0]["id"]
    for name, title, side, days in _MILESTONES:
        due_on = max(rows[0]["starts_on"], civil_date(at) + timedelta(days=days))
        await milestones.set_milestone(officer, first, _key(name), title, side, due_on, at)
    await milestones.report(manager, first, _key("training"), await look_at("培训签到.png", _sheet()), at)
    lines = await ContractLine.raw(
        "SELECT id, max_units FROM contract_line WHERE contract = {} ORDER BY max_units DESC LIMIT 1", first
    )
    more = Proposal(_key("more"), "quantity", "本季度新增特困人员，原定次数不足。", {
        lines[0]["id"]: max(1, lines[0]["max_units"] // 20)
    })  # fmt: skip
    await amending.propose(manager, first, more, at)
    if len(rows) > 1:
        words = "服务满意度不低于90%，每月电话回访不少于一次。"
        new = Proposal(_key("terms"), "terms", "按新的服务规范调整质量要求。", {}, "quality", words)
        await amending.propose(officer, rows[1]["id"], new, at)


def _sheet() -> bytes:
    """A made-up scan of a page."""
    sheet = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(sheet)
    for line in range(12):
        pen.rectangle((60, 100 + 50 * line, 560, 140 + 50 * line), outline="grey")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _key(name: str) -> UUID:
    """The same row at every load."""
    return uuid5(NAMESPACE_URL, f"bangfu-sample-contract-life-{name}")
