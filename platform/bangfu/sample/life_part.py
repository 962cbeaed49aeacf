"""Scores on their way in the sample city: one under appeal, one final with what follows from it, a veto to be heard."""

import io
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from PIL import Image

from bangfu.errors import Told
from bangfu.quality import life, life_appealing, life_charging, life_vetoing, snapshot
from bangfu.quality.counting import count
from bangfu.quality.life_appeal_rules import LIKELY
from bangfu.quality.life_appealing import Objection
from bangfu.quality.life_candidates import townships_of
from bangfu.quality.life_charging import Charge
from bangfu.quality.tables import QuarterScore
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import day_span
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.files import Looked

MARK: Final = "sample-life"
PAST: Final = timedelta(days=25)
"""How long ago the first score was confirmed: its window is over."""


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: of the scores that are frozen, one is published and appealed, one becomes final, the others wait."""
    bureau, second, manager = [await actor_of(name) for name in ("bureau", "bureau2", "manager1")]
    scores = await _frozen(bureau)
    own = next((row for row in scores if row["organization"] == manager.organization), None)
    if own is not None:
        await _tried(life.confirm(second, own["id"], at - timedelta(days=2)))
        await _tried(life.publish(bureau, own["id"], at - timedelta(days=1)))
        await _tried(_object(manager, own["id"], at))
        await _tried(_accuse(bureau, own, at))
    others = [row for row in scores if row is not own]
    if others:
        await _tried(life.confirm(second, others[0]["id"], at - PAST))
        await _tried(life.publish(bureau, others[0]["id"], at - PAST + timedelta(days=1)))
        await _tried(life.finish(others[0]["id"], at - timedelta(hours=1)))
    if len(others) > 1:
        await _tried(life.confirm(second, others[1]["id"], at - timedelta(days=1)))


async def _tried(act: Awaitable[Any]) -> None:
    """A refusal (too few checks in a small sample, say) leaves that step out."""
    with suppress(Told):
        await act


async def _frozen(bureau: Actor) -> list[dict[str, Any]]:
    """The frozen contracts of the bureau's county, the lowest score first."""
    rows: list[dict[str, Any]] = await QuarterScore.raw(
        "SELECT s.id, s.organization, s.subject, s.year, s.quarter FROM quarter_score s JOIN score_revision r"
        " ON r.score = s.id AND r.revision = s.revision WHERE s.status = 'frozen' AND s.kind = 'contract' AND r.scored"
        " AND s.division LIKE {} ORDER BY r.score_value, s.number, s.id",
        f"{bureau.scope}%",
    )
    return rows


async def _object(manager: Actor, score: UUID, at: datetime) -> None:
    """Against the indicator that lost most cases, with the first three of them."""
    row = await QuarterScore.objects().get(QuarterScore.id == score)
    if row is None:
        return
    facts = snapshot.read((await life.revision_of(row)).facts)
    tallies = [each for code, each in count(facts).tallies.items() if code in {"Q1", "Q2", "Q3", "Q4"}]
    worst = max(tallies, key=lambda each: len(each.misses))
    towns = [code for code, _ in await townships_of(row)]
    said = Objection(
        worst.code, LIKELY[worst.code][0], OFFICER_TOWN if OFFICER_TOWN in towns else towns[0],
        "当天护理员按时到达，老人在村卫生室输液，随后在那里完成服务，村医可以证明。",
        tuple(item.id for item in worst.misses[:3]),
    )  # fmt: skip
    await life_appealing.open_appeal(manager, key("appeal"), score, said, [_paper()], at - timedelta(hours=3))


async def _accuse(bureau: Actor, own: dict[str, Any], at: datetime) -> None:
    """A charge whose hearing is set in two weeks."""
    charge = Charge(
        "contract", own["subject"], own["year"], own["quarter"], "fee_demand",
        "两户反映护理员上门时推销保健品并收取现金，附通话记录。", evidence=(_paper(),),
    )  # fmt: skip
    veto = await life_charging.propose(bureau, key("veto"), charge, at - timedelta(hours=2))
    day = day_span((at + timedelta(days=14)).astimezone(SHANGHAI).date())[0] + timedelta(hours=9, minutes=30)
    await life_vetoing.summon(bureau, veto, day, "区民政局二楼会议室", at - timedelta(hours=1))


def _paper() -> Looked:
    """A white page that stands for a scan."""
    out = io.BytesIO()
    Image.new("RGB", (200, 280), "white").save(out, "PNG")
    return Looked("证明材料.png", "image/png", out.getvalue())
