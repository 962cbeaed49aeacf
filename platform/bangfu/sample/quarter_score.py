"""The score of the quarter that is over: frozen, confirmed, published, one indicator appealed, final by the clock."""

import io
from datetime import datetime
from typing import Final
from uuid import UUID

from PIL import Image

from bangfu.quality import life, life_appealing, snapshot
from bangfu.quality.counting import Item, count, instant
from bangfu.quality.freezing import freeze
from bangfu.quality.life_appealing import Objection, Remedy
from bangfu.quality.life_candidates import townships_of
from bangfu.quality.life_moves import after_quarter
from bangfu.quality.life_rules import APPEAL_DAYS, FREEZE_DAYS
from bangfu.quality.tables import QuarterScore
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.sample.quarter_past import HOUR, Past
from bangfu.shared.actor import SYSTEM
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked

INDICATOR: Final = "Q2"


async def frozen(past: Past) -> tuple[UUID, datetime]:
    """Frozen as the clock does it, ten working days after the quarter; the score and when."""
    at = past.due(after_quarter(past.year, past.quarter, FREEZE_DAYS, past.calendar) + HOUR)
    async with transaction():
        score = await freeze(SYSTEM, "contract", past.contract, past.year, past.quarter, at)
        await life.begun(score, at)
    return score, at


async def published(past: Past) -> tuple[UUID, datetime]:
    """Confirmed by an assessor, published by an officer; the score and when it was published."""
    score, since = await frozen(past)
    await life.confirm(past.cast["assessor1"], score, past.working(since, 1, 15))
    at = past.working(since, 2)
    await life.publish(past.cast["bureau"], score, at)
    return score, at


async def appealed(past: Past, score: UUID, since: datetime) -> None:
    """The manager objects to a late start; the township says what happened."""
    case = await _late_start(score)
    row = await QuarterScore.objects().get(QuarterScore.id == score)
    if case is None or row is None:
        return
    towns = [code for code, _ in await townships_of(row)]
    said = Objection(
        INDICATOR, "other", OFFICER_TOWN if OFFICER_TOWN in towns else towns[0],
        "前一户老人突然头晕，护理员留下等家属，已电话告知这一户晚到，住户同意改时间。", (case.id,),
    )  # fmt: skip
    paper = Looked("通话记录.png", "image/png", _scan())
    await life_appealing.open_appeal(
        past.cast["manager"], past.key("appeal"), score, said, [paper], past.working(since, 2)
    )
    await life_appealing.answer(
        past.cast["officer"], past.key("appeal"), "confirmed", "已电话核实：住户当天同意推迟，前一户家属也证实。", None,
        past.working(since, 3),
    )  # fmt: skip


async def decided(past: Past, score: UUID, since: datetime) -> datetime:
    """An officer who did not score decides; after the time for a review the score is final. Returns when."""
    at = past.working(since, 5)
    case = await _late_start(score)
    if case is not None:
        agreed = instant(case.at).replace(minute=0)
        remedy = Remedy(case.id, "start", time=agreed)
        words = "改时间经住户同意，按约定时间计为准时；请今后当天在系统里改计划。"
        await life_appealing.decide(past.cast["bureau2"], past.key("appeal"), "upheld", words, [remedy], at)
    final = past.working(at, APPEAL_DAYS + 1, 1)
    await life.finish(score, final)
    return final


async def _late_start(score: UUID) -> Item | None:
    row = await QuarterScore.objects().get(QuarterScore.id == score)
    if row is None:
        return None
    misses = count(snapshot.read((await life.revision_of(row)).facts)).tallies[INDICATOR].misses
    return misses[0] if misses else None


def _scan() -> bytes:
    """A white page that stands for a scan."""
    out = io.BytesIO()
    Image.new("RGB", (200, 280), "white").save(out, "PNG")
    return out.getvalue()
