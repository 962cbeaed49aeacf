"""Reads about consents and the texts that people consent to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households import rules
from bangfu.households.tables import Consent, ConsentText, ConsentWithdrawal
from bangfu.shared.masking import mask_name


@dataclass(frozen=True, slots=True)
class GroundView:
    """A consent or a statutory ground; `live` says whether it counts today."""

    id: UUID
    ground: str
    giver: str
    giver_relation: str
    method: str
    given_on: date | None
    statute: str
    purposes: tuple[str, ...]
    valid_until: date | None
    recorded_at: datetime
    withdrawn_at: datetime | None
    live: bool


@dataclass(frozen=True, slots=True)
class TextView:
    """One version of the consent text; `current` marks the one that forms show today."""

    id: UUID
    version: str
    zh: str
    en: str
    purposes: tuple[str, ...]
    valid_from: date | None
    status: str
    revision: int
    published_at: datetime | None
    published_by: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """A withdrawal; the person's name is masked."""

    purposes: tuple[str, ...]
    withdrawn_by: str
    relation: str
    method: str
    said_on: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One consent or statutory ground in full; names are masked. `given_for`: what it covered when it was given."""

    id: UUID
    ground: str
    person: UUID | None
    giver: str
    giver_relation: str
    method: str
    given_on: date | None
    valid_until: date | None
    scan: str
    statute: str
    purposes: tuple[str, ...]
    given_for: tuple[str, ...]
    text_version: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawals: tuple[WithdrawalView, ...]


_TEXT = (
    "SELECT t.*, coalesce(u.display_name, '') AS publisher FROM consent_text t"
    " LEFT JOIN app_user u ON u.id = t.published_by"
)


async def texts(today: date) -> list[TextView]:
    """Every version, the newest first."""
    rows = await ConsentText.raw(_TEXT + " ORDER BY t.valid_from DESC NULLS FIRST, t.version DESC")
    live = [row for row in rows if row["status"] == "published" and row["valid_from"] <= today]
    current = live[0]["id"] if live else None
    return [_view(row, row["id"] == current) for row in rows]


async def published_texts(today: date) -> list[TextView]:
    """The versions that people may have consented to until today, the current one first."""
    return [
        text
        for text in await texts(today)
        if text.status == "published" and text.valid_from is not None and text.valid_from <= today
    ]


async def text_for(text: UUID, today: date) -> TextView:
    """One version.

    Raises:
        NotYours: if there is none.
    """
    found = [known for known in await texts(today) if known.id == text]
    if not found:
        raise NotYours
    return found[0]


async def text_of(version: str) -> TextView | None:
    """The published text of a version, or None."""
    rows = await ConsentText.raw(_TEXT + " WHERE t.version = {} AND t.status = 'published'", version)
    return _view(rows[0], False) if rows else None


def _view(row: Mapping[str, Any], current: bool) -> TextView:
    return TextView(
        row["id"], row["version"], row["zh"], row["en"], tuple(row["purposes"]), row["valid_from"], row["status"],
        row["revision"], row["published_at"], row["publisher"], current,
    )  # fmt: skip


async def grounds(household: UUID, today: date) -> list[GroundView]:
    """Consents and statutory grounds, the newest first; the giver's name is masked."""
    rows = await Consent.raw("SELECT * FROM consent WHERE household = {} ORDER BY recorded_at DESC, id", household)
    return [
        GroundView(
            **{name: row[name] for name in GroundView.__slots__ if name not in {"giver", "purposes", "live"}},
            giver=mask_name(row["giver"]),
            purposes=tuple(row["purposes"]),
            live=rules.is_live(row["withdrawn_at"], row["given_on"], today, row["valid_until"]),
        )
        for row in rows
    ]


async def live_grounds(household: UUID, today: date) -> list[GroundView]:
    """The grounds that count today: what a need can be confirmed on."""
    return [ground for ground in await grounds(household, today) if ground.live]


async def consent_for(household: UUID, consent: UUID) -> ConsentView:
    """One ground of a household (which the caller may see), with what was taken back.

    Raises:
        NotYours: if the household has none such.
    """
    rows = await Consent.raw("SELECT * FROM consent WHERE id = {} AND household = {}", consent, household)
    if not rows:
        raise NotYours
    row, back = rows[0], await _withdrawals(consent)
    given = set(row["purposes"]).union(*(taken.purposes for taken in back))
    same = ("id", "ground", "person", "giver_relation", "method", "given_on", "valid_until", "scan", "statute",
            "text_version", "recorded_at", "withdrawn_at")  # fmt: skip
    return ConsentView(
        **{name: row[name] for name in same}, giver=mask_name(row["giver"]), purposes=tuple(row["purposes"]),
        given_for=tuple(sorted(given)), withdrawals=tuple(back),
    )  # fmt: skip


async def _withdrawals(consent: UUID) -> list[WithdrawalView]:
    rows = await ConsentWithdrawal.raw(
        "SELECT * FROM consent_withdrawal WHERE consent = {} ORDER BY recorded_at, id", consent
    )
    return [
        WithdrawalView(
            tuple(row["purposes"]), mask_name(row["withdrawn_by"]), row["relation"], row["method"], row["said_on"],
            row["recorded_at"],
        )
        for row in rows
    ]  # fmt: skip


async def births(household: UUID) -> list[tuple[UUID, bool, date | None]]:
    """(member, whether the head, birth date), for the rule on guardians."""
    rows = await Consent.raw("SELECT id, is_head, birth_date FROM person WHERE household = {}", household)
    return [(row["id"], row["is_head"], row["birth_date"]) for row in rows]
