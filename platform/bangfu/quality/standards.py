"""Versions of the scoring standard: drafted by an officer of the bureau, published by its lead, never changed then.

A contract is scored by the version that was in force on the day it was signed, whatever is published later
(DOMAIN.md 6: "version stored on each contract"): a version counts from the day after its publication at the earliest.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.quality import standard_rules
from bangfu.quality.standard_rules import Standard
from bangfu.quality.tables import ScoringStandard
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows

SINCE: Final = date(2000, 1, 1)
"""The standard that comes with the program holds for every contract there is."""


@dataclass(frozen=True, slots=True)
class StandardView:
    """A version as pages show it; `contracts`: how many running contracts are scored by it."""

    id: UUID
    code: str
    version: int
    rules: Mapping[str, Any]
    note: str
    status: str
    valid_from: date | None
    made_by: UUID | None
    made_name: str
    published_name: str
    published_at: datetime | None
    contracts: int = 0

    @property
    def standard(self) -> Standard:
        return standard_rules.read(self.code, self.version, self.rules)


async def load_defaults() -> None:
    """QS-1, version 1, where no version of it is there; what the bureau made of it stays."""
    await ScoringStandard.raw(
        "INSERT INTO scoring_standard (id, code, version, rules, note, status, valid_from, created_at, row_version)"
        " SELECT {}, 'QS-1', 1, {}, '', 'published', {}, now(), 1"
        " WHERE NOT EXISTS (SELECT 1 FROM scoring_standard WHERE code = 'QS-1') ON CONFLICT DO NOTHING",
        uuid4(), json.dumps(dict(standard_rules.DEFAULT)), SINCE,
    )  # fmt: skip


async def in_force(code: str, day: date) -> ScoringStandard:
    """The version of a standard that holds on a day; before the first one, the first.

    Raises:
        Refused: where no version of the code was ever published.
    """
    rows = await ScoringStandard.objects().where(
        (ScoringStandard.code == code) & (ScoringStandard.status.is_in(["published", "retired"]))
    ).order_by(ScoringStandard.valid_from)  # fmt: skip
    if not rows:
        raise Refused(N_("No version of the scoring standard {code} is published."), code=code)
    found: ScoringStandard = next((row for row in reversed(rows) if row.valid_from <= day), rows[0])
    return found


async def numbered(code: str, version: int) -> UUID:
    """The id of a version.

    Raises:
        NotYours: if there is none.
    """
    row = await ScoringStandard.objects().get((ScoringStandard.code == code) & (ScoringStandard.version == version))
    if row is None:
        raise NotYours
    return row.id


def data_of(row: ScoringStandard) -> dict[str, Any]:
    """What a snapshot keeps of a version."""
    return standard_rules.data_of(row.code, row.version, rules_of(row))


def rules_of(row: ScoringStandard) -> dict[str, Any]:
    """The rules of a version as data."""
    found: dict[str, Any] = json.loads(row.rules) if isinstance(row.rules, str) else row.rules
    return found


_VIEW: Final = (
    "SELECT s.*, coalesce(m.display_name, '') AS made_name, coalesce(p.display_name, '') AS published_name,"
    " (SELECT count(*) FROM contract c WHERE c.scoring = s.code AND c.status IN ('active', 'suspended', 'accepting')"
    " AND s.status <> 'draft' AND coalesce(c.signed_on, c.starts_on) >= s.valid_from AND NOT EXISTS (SELECT 1"
    " FROM scoring_standard n WHERE n.code = s.code AND n.status <> 'draft' AND n.valid_from > s.valid_from"
    " AND n.valid_from <= coalesce(c.signed_on, c.starts_on)))::int AS contracts FROM scoring_standard s"
    " LEFT JOIN app_user m ON m.id = s.made_by LEFT JOIN app_user p ON p.id = s.published_by"
)


async def versions() -> list[StandardView]:
    """Every version: drafts first, then by code and version, the latest first."""
    rows = await ScoringStandard.raw(_VIEW + " ORDER BY s.status <> 'draft', s.code, s.version DESC LIMIT 200")
    return [_view(row) for row in rows]


async def version_of(standard: UUID) -> StandardView:
    """One version.

    Raises:
        NotYours: if there is none.
    """
    rows = await ScoringStandard.raw(_VIEW + " WHERE s.id = {}", standard)
    if not rows:
        raise NotYours
    return _view(rows[0])


def _view(row: Mapping[str, Any]) -> StandardView:
    plain = {name: row[name] for name in StandardView.__slots__ if name != "rules"}
    return StandardView(**plain, rules=json.loads(row["rules"]))


async def draft(
    actor: Actor, key: UUID, code: str, rules: Mapping[str, Any], valid_from: date | None, note: str, at: datetime
) -> UUID:
    """A new version of a standard, or another content of one's own draft; the same key is the same version.

    Raises:
        NotAllowed: without the permission.
        NotYours: for another's draft.
        Refused: for a published version.
        StandardFaultError: for rules that make no sense.
    """
    if not allows(actor.roles, "standards.edit"):
        raise NotAllowed
    standard_rules.read(code, 1, rules)
    async with transaction():
        await audit.hold("")
        found = await ScoringStandard.objects().where(ScoringStandard.id == key).first().lock_rows("UPDATE")
        if found is None:
            last = await ScoringStandard.raw(
                "SELECT coalesce(max(version), 0) AS version FROM scoring_standard WHERE code = {}", code
            )
            found = ScoringStandard(
                id=key, code=code, version=last[0]["version"] + 1, made_by=actor.user, created_at=at
            )
        elif found.status != "draft":
            raise Refused(N_("A published version never changes: make a new one."))
        elif found.made_by != actor.user:
            raise NotYours
        found.rules, found.valid_from, found.note = json.dumps(dict(rules)), valid_from, note
        await found.save()
        data = {"code": found.code, "version": found.version, "rules": dict(rules)}
        await audit.record(actor, "scoring_standard.drafted", "scoring_standard", key, at=at, data=data)
    return key


async def publish(actor: Actor, standard: UUID, at: datetime) -> None:
    """draft -> published, by another person than who drafted it; repeats change nothing.

    Raises:
        NotYours, NotAllowed: if there is none; without the permission.
        Refused: for one's own draft, or one that does not begin after today.
    """
    if not allows(actor.roles, "standards.publish"):
        raise NotAllowed
    async with transaction():
        await audit.hold("")
        found = await ScoringStandard.objects().where(ScoringStandard.id == standard).first().lock_rows("UPDATE")
        if found is None:
            raise NotYours
        if found.status != "draft":
            return
        if found.made_by == actor.user:
            raise Refused(N_("You drafted this version yourself: another person publishes it."))
        if found.valid_from is None or found.valid_from <= civil_date(at):
            raise Refused(N_("A version counts from tomorrow on at the earliest: contracts that stand keep theirs."))
        await _check_day_is_free(found)
        await ScoringStandard.update(
            {
                ScoringStandard.status: "published",
                ScoringStandard.published_by: actor.user,
                ScoringStandard.published_at: at,
            }
        ).where(ScoringStandard.id == standard)
        data = {"code": found.code, "version": found.version, "valid_from": found.valid_from.isoformat()}
        await audit.record(actor, "scoring_standard.published", "scoring_standard", standard, at=at, data=data)


async def _check_day_is_free(row: ScoringStandard) -> None:
    same = (ScoringStandard.code == row.code) & (ScoringStandard.valid_from == row.valid_from)
    if await ScoringStandard.exists().where(same & (ScoringStandard.status != "draft")):
        raise Refused(N_("Another version counts from that day already: choose a later day."))
