"""One fault after the other: inject, let everything come back, look, act as the user would, look again."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bangfu.quality import proving
from bangfu.shared import audit
from tests.faults.case import AFTER, BEFORE, Case
from tests.faults.injecting import FAULTS
from tests.faults.scenes import SCENES
from tests.faults.stand import Answer, Stand

REPEATS = 15
"""How often a user sends again what did not come through, before giving up."""


@dataclass
class Played:
    """What one injected fault did."""

    scene: str
    fault: str
    acknowledged: bool = False
    seen: str = ""
    """The state once everything stood again, before the user did anything more."""
    losses: list[str] = field(default_factory=list)
    seconds: float = 0.0


async def play(stand: Stand, scene: str, fault: str, seed: int) -> Played:
    """Inject a fault into a fresh case of a scene.

    A loss is: what was acknowledged is not there; something is half done; the user's repeat does not come through;
    there is more than one audit event of what happened once.
    """
    begun, dice, found = time.monotonic(), random.Random(seed), Played(scene, fault)
    await stand.ready()
    case = await SCENES[scene](stand)
    if (state := await case.state()) != BEFORE:
        raise AssertionError(f"{scene} does not begin at its beginning: {state}")
    answers = await FAULTS[fault](stand, case, dice)
    found.acknowledged = any(answer.acknowledged for answer in answers)
    await stand.ready()
    found.seen = await settled(stand, case)
    if found.seen not in {BEFORE, AFTER, *case.between}:
        found.losses.append(found.seen)
    if found.acknowledged and found.seen not in {AFTER, *case.between}:
        found.losses.append(f"acknowledged, but {found.seen}: {[answer.status for answer in answers]}")
    if found.seen != AFTER:
        await repeat(stand, case, found)
    for action, subject in case.events:
        count = await stand.one("SELECT count(*) FROM audit_event WHERE action = $1 AND subject = $2", action, subject)
        if count != 1:
            found.losses.append(f"{count} audit events {action}")
    found.seconds = time.monotonic() - begun
    return found


async def settled(stand: Stand, case: Case) -> str:
    """The state once no transaction of the product is open any more."""
    for _ in range(100):
        if not await stand.one(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bangfu' AND state <> 'idle'"
            " AND pid <> pg_backend_pid()"
        ):
            break
        await asyncio.sleep(0.1)
    return await case.state()


async def repeat(stand: Stand, case: Case, found: Played) -> None:
    """The user sends it again, as the page says, until it is done."""
    answer = Answer()
    for _ in range(REPEATS):
        answer = await case.send(await stand.browser(case.who))
        if (state := await case.state()) == AFTER:
            return
        await asyncio.sleep(0.3)
    found.losses.append(f"not possible any more ({answer.status}): {state}")


async def broken(stand: Stand) -> list[str]:
    """What has to hold over everything: the audit chain, the frozen facts, the money."""
    faults = []
    _, link = await audit.verify()
    if link is not None:
        faults.append(f"audit chain: {link}")
    for row in await stand.asked(
        "SELECT s.id FROM quarter_score s JOIN contract c ON c.id = s.subject WHERE c.number LIKE 'F-%'"
    ):  # the other scores are made up
        if wrong := await proving.differences_of(row["id"]):
            faults.append(f"frozen facts: {wrong[:3]}")
    paid = await stand.one(
        "SELECT coalesce(sum(amount), 0) FROM settlement_claim WHERE status IN ('paid', 'reconciled')"
    )
    booked = await stand.one("SELECT coalesce(sum(amount), 0) FROM contract_movement WHERE kind = 'settled'")
    if paid != booked:
        faults.append(f"paid {paid}, booked {booked}")
    if twice := await stand.asked(
        "SELECT visit FROM settlement_visit WHERE verdict = 'paid' GROUP BY visit HAVING count(*) > 1"
    ):
        faults.append(f"{len(twice)} visits in two statements")
    if twice := await stand.asked(
        "SELECT subject, line, kind FROM contract_movement WHERE kind IN ('reserved', 'settled')"
        " GROUP BY 1, 2, 3 HAVING count(*) > 1"
    ):
        faults.append(f"{len(twice)} entries of the ledger twice")
    return faults


def turns(rounds: int, seed: int, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, int]]:
    """(scene, fault, seed) for every pair, so many times, in an order by dice."""
    dice = random.Random(seed)
    every = [
        (scene, fault, seed + 1000 * turn)
        for turn in range(rounds)
        for scene in SCENES
        for fault in FAULTS
        if fault not in without
    ]
    dice.shuffle(every)
    yield from every


def told(played: list[Played]) -> str:
    """A table: fault, how often, how often the user had been told, how often it was done although not told, losses."""
    lines = ["| fault | injected | answered in time | done unanswered | lost |", "|---|--:|--:|--:|--:|"]
    for fault in dict.fromkeys(each.fault for each in played):
        mine = [each for each in played if each.fault == fault]
        counts = Counter("told" if each.acknowledged else "done" if each.seen == AFTER else "open" for each in mine)
        lost = sum(1 for each in mine if each.losses)
        lines.append(f"| {fault} | {len(mine)} | {counts['told']} | {counts['done']} | {lost} |")
    return "\n".join(lines)
