"""The cases of an indicator that an appeal may name, and what a decision may say of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bangfu.contracts.tables import Contract
from bangfu.quality import snapshot
from bangfu.quality.counting import Item, count, instant
from bangfu.quality.life_correction_rules import remedies_for
from bangfu.quality.snapshot import Snapshot
from bangfu.quality.tables import QuarterScore, ScoreRevision
from bangfu.shared.division_codes import division_prefix

MOST = 100
TOWN_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Case:
    """A case that does not count: the fact's id in the snapshot, the number of the visit behind it, when, why."""

    id: str
    kind: str
    reason: str
    visit: str
    visit_number: str
    at: datetime | None
    remedies: tuple[str, ...]


async def cases_of(facts: Snapshot, indicator: str) -> list[Case]:
    """What pulls an indicator down: its misses, then what was left out for another reason than an excuse. Ratings are
    nobody's to pick out: an appeal against them names none (DOMAIN.md 6.6: no identities)."""
    tally = count(facts).tallies[indicator]
    if indicator == "Q6":
        return []
    others = [item for item in tally.left_out if item.kind in {"visit", "check", "callback"}]
    return await _shown(indicator, [*tally.misses, *others][:MOST])


async def named_cases(facts: Snapshot, indicator: str, named: Collection[str]) -> list[Case]:
    """The cases that an appeal names, or for ratings all of them, for who decides."""
    tally = count(facts).tallies[indicator]
    items = [*tally.misses, *tally.left_out, *tally.hits]
    return await _shown(indicator, [item for item in items if item.kind == "rating" or item.id in named][:MOST])


async def _shown(indicator: str, items: Sequence[Item]) -> list[Case]:
    ids = {each for item in items for each in (item.visit, item.id) if _is_id(each)}
    rows = await QuarterScore.raw(
        "SELECT id, number FROM visit WHERE id = ANY({}::uuid[])", [UUID(each) for each in ids]
    )
    numbers = {str(row["id"]): row["number"] for row in rows}
    return [
        Case(
            item.id, item.kind, item.reason, item.visit, numbers.get(item.visit or item.id, ""),
            instant(item.at) if item.at else None, remedies_for(indicator, item.kind, item.visit),
        )
        for item in items
    ]  # fmt: skip


async def townships_of(score: QuarterScore) -> list[tuple[str, str]]:
    """(nine digits, name) of the townships in which a score's services are delivered: those of the contract's area, and
    those of the frozen visits, which may lie in another county than the contract."""
    contract = await Contract.objects().get(Contract.id == score.subject)
    scope = [division_prefix(part) for part in contract.scope] if contract is not None else []
    prefixes = scope or [division_prefix(score.division[:TOWN_DIGITS].ljust(12, "0"))]
    facts = await ScoreRevision.objects().get(
        (ScoreRevision.score == score.id) & (ScoreRevision.revision == score.revision)
    )
    served = {visit.division for visit in snapshot.read(facts.facts).visits} if facts is not None else set()
    rows = await QuarterScore.raw(
        "SELECT left(code, 9) AS code, name FROM division WHERE level = 4"
        " AND EXISTS (SELECT 1 FROM unnest({}::text[]) p WHERE code LIKE p || '%' OR p LIKE left(code, 9) || '%')"
        " ORDER BY code",
        [*prefixes, *sorted(served - {""})],
    )
    return [(row["code"], row["name"]) for row in rows]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
