"""What is wrong with a plan, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One broken rule or false statement of a plan.

    `code` names it: a pair rule (kind, qualification, exclusion, distance, time, pair), a plan rule (capacity,
    households, organisation, organisation_share, line_visits, line_fen, limit_visits, limit_fen), or what a document
    says wrongly (unknown_need, unknown_carer, twice, missing, cost, km, load, objective, bound, status, reason).
    `said` is the limit or the stated value, `actual` what was computed.
    """

    code: str
    need: str | None = None
    carer: str | None = None
    organisation: str | None = None
    service: str | None = None
    limit: str | None = None
    said: Any = None
    actual: Any = None
