"""Whether what the database says of scores still follows from the frozen facts: each difference by name (6.6).

Four things are compared: the text's own hash, the figures against the text, the hash in the chained audit event of the
freeze, and the present revision of each score. Used by the page's "Compute again" and by whoever looks after the house.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from bangfu.quality import snapshot
from bangfu.quality.freezing import columns_of
from bangfu.quality.tables import ScoreRevision


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not hold: `what` is text, hash, chain, missing, or the name of a figure (score_value, band,
    final_band, caps, scored, or points.Q3)."""

    score: UUID
    revision: int
    what: str
    kept: str
    computed: str


_ROWS: Final = (
    "SELECT s.id AS score, s.number, s.revision AS current, r.revision, r.facts, r.facts_hash, r.points, r.score_value,"
    " r.band, r.final_band, r.caps, r.scored, (SELECT e.data->>'facts_hash' FROM audit_event e"
    " WHERE e.subject_type = 'quarter_score' AND e.subject = s.id::text"
    " AND e.action IN ('quarter_score.frozen', 'quarter_score.revised')"
    " AND (e.data->>'revision')::int = r.revision LIMIT 1) AS chained"
    " FROM quarter_score s LEFT JOIN score_revision r ON r.score = s.id"
)


async def differences_of(score: UUID) -> list[Difference]:
    """What does not hold of one score; nothing, if all of it does."""
    rows = await ScoreRevision.raw(_ROWS + " WHERE s.id = {} ORDER BY r.revision", score)
    return [each for row in rows for each in _of_revision(row)] + _missing(rows)


async def differences() -> list[Difference]:
    """The same of every score there is."""
    ids = await ScoreRevision.raw("SELECT id FROM quarter_score ORDER BY id")
    return [each for row in ids for each in await differences_of(row["id"])]


def _missing(rows: list[dict[str, Any]]) -> list[Difference]:
    found = {row["revision"] for row in rows}
    return [
        Difference(rows[0]["score"], number, "missing", "", str(number))
        for number in range(1, (rows[0]["current"] if rows else 0) + 1)
        if number not in found
    ]


def _of_revision(row: Mapping[str, Any]) -> list[Difference]:
    if row["facts"] is None:
        return []
    about = (row["score"], row["revision"])
    real = snapshot.hash_of(row["facts"])
    found = []
    if row["facts_hash"] != real:
        found.append(Difference(*about, "hash", row["facts_hash"], real))
    if row["chained"] != real:
        found.append(Difference(*about, "chain", row["chained"] or "", real))
    try:
        computed = columns_of(row["facts"])
        if snapshot.text_of(snapshot.read(row["facts"])) != row["facts"]:
            raise ValueError("not canonical")
    except (ValueError, KeyError, TypeError) as error:
        return [*found, Difference(*about, "text", "", str(error)[:80])]
    kept = {
        "scored": row["scored"], "score_value": Decimal(row["score_value"]), "band": row["band"],
        "final_band": row["final_band"], "caps": json.loads(row["caps"]),
    }  # fmt: skip
    found += [
        Difference(*about, name, str(value), str(computed[name]))
        for name, value in kept.items()
        if value != computed[name]
    ]
    points = json.loads(row["points"])
    for code, each in computed["points"].items():
        if points.get(code) != each:
            found.append(Difference(*about, f"points.{code}", str(points.get(code)), str(each)))
    return found
