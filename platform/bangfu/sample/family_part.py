"""Cards of the household's page in the sample city: three homes, one that says no and asks for another time."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.errors import Told
from bangfu.family import cards, entering, rules, saying
from bangfu.family.tables import FamilyCard
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.civil_time import civil_date

MARK: Final = "sample-family"
CODE, PIN = "HUAN2YANG3", "2026"
"""What the first home's card says: the sample's people are made up, so the demo may tell it."""
HOMES: Final = 3


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def has_card() -> bool:
    """Whether the card that the demo tells of counts."""
    found: bool = await FamilyCard.exists().where(
        (FamilyCard.code_hash == rules.code_mark(CODE)) & (FamilyCard.status == "printed")
    )
    return found


async def load(at: datetime) -> None:
    """Once: cards for homes with a visit ahead, the one with the most first; one is asked to come another day."""
    if await FamilyCard.exists():
        return
    coordinator = await actor_of("coordinator")
    rows: list[dict[str, Any]] = await FamilyCard.raw(
        "SELECT v.household, min(v.id::text) FILTER (WHERE v.status = 'planned' AND v.planned_start > {}) AS next"
        " FROM visit v JOIN household h ON h.id = v.household WHERE h.division LIKE {} AND h.status = 'active'"
        " AND EXISTS (SELECT 1 FROM person p WHERE p.household = h.id AND p.left_on IS NULL"
        " AND has_ground(h.id, 'service', {}::date, p.id)) GROUP BY v.household"
        " HAVING count(*) FILTER (WHERE v.status = 'planned' AND v.planned_start > {}) > 0"
        " ORDER BY count(*) FILTER (WHERE v.submitted_at > {}) > 0 DESC, count(*) DESC, v.household LIMIT {}",
        at, f"{OFFICER_TOWN}%", civil_date(at), at, at - timedelta(days=60), HOMES,
    )  # fmt: skip
    for n, row in enumerate(rows):
        with suppress(Told):
            given = {"code": CODE, "pin": PIN} if n == 0 else {}
            printed = await cards.print_card(
                coordinator, row["household"], key(f"card{n}"), at - timedelta(days=1), **given
            )
            if n != 1:
                continue
            home = (await entering.enter(printed.code, printed.pin, "", at)).home
            if home is not None:
                visit = UUID(row["next"])
                await saying.answer(None, home, visit, key("answer"), "away", at)
                wish = saying.Wish(key("wish"), "time", part="afternoon", words="上午要去卫生院，下午在家。")
                await saying.ask(None, home, visit, wish, at)
