"""Voices without homes: what a home says stands in the facts under a mark that leads to none of its visits.

The facts reach the provider (settlement bundle), who knows which home each of its visits went to. Were stars and calls
named by the same number as visits, it would learn who complained (DOMAIN.md 6.6: no identities). The mark is a keyed
hash: only the portal can tie it to a home, for the comparison of cohorts. Call-backs have marks of their own, so that
a call that a home tells of does not lead to the stars that it gave.

Fewer than five voices are not in the facts at all, but for how many they were: each could be known again, and they do
not count (Q6 is not applicable then).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from bangfu.quality.snapshot import RatingFact, Snapshot
from bangfu.shared.crypto import audit_hash
from bangfu.visits.tables import Visit

LENGTH = 10
FEW_VOICES: Final = 5
"""Below so many respondents no single voice is kept or shown (6.6)."""


def voice_of(subject: str, year: int, quarter: int, kind: str = "voice") -> Callable[[UUID], str]:
    """Household -> its mark in the facts of one quarter: V and ten digits; another one for each kind of voice."""
    return lambda home: "V" + audit_hash(f"{kind}:{subject}:{year}Q{quarter}:{home}")[:LENGTH]


def shown(ratings: Sequence[RatingFact]) -> tuple[tuple[RatingFact, ...], int]:
    """(the voices that stand in the facts, how many are withheld): all or, below five, none."""
    enough = len(ratings) >= FEW_VOICES
    return (tuple(ratings), 0) if enough else ((), len(ratings))


async def linked(facts: Snapshot) -> Snapshot:
    """The facts with the stars named like the visits of the same home; for offices alone, never to be handed out."""
    numbers = {visit.id: visit.recipient for visit in facts.visits}
    rows = await Visit.raw(
        "SELECT id, household FROM visit WHERE id = ANY({}::uuid[])", [UUID(each) for each in numbers]
    )
    mark = voice_of(facts.subject, facts.year, facts.quarter)
    homes = {mark(row["household"]): numbers[str(row["id"])] for row in rows}
    ratings = tuple(replace(each, recipient=homes.get(each.recipient, each.recipient)) for each in facts.ratings)
    return replace(facts, ratings=ratings)
