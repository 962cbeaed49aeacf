"""The stored record of a merge, and undoing it: every changed value goes back, or nothing does."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_, NotYours, Refused
from bangfu.households import merge_rules
from bangfu.households.references import LIVING
from bangfu.households.row_content import Snapshot, changes, print_of, put_back, snapshot
from bangfu.households.sealing import seal, unseal
from bangfu.households.tables import Household, HouseholdMerge, Person
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.i18n import Word

CHANGED = N_(
    "Since the merge something was recorded or changed that depends on it ({what}). It can no longer be undone;"
    " correct the household by hand."
)


async def store_record(
    row: HouseholdMerge, before: Snapshot, persons: Sequence[UUID], choices: Mapping[str, Any], moved: Counter[str],
    stayed: Counter[str], told: Sequence[tuple[str, str, str]],
) -> None:  # fmt: skip
    """Keep what changed and what stands there now; called when the merge is done, in its transaction."""
    after = await snapshot((row.kept, row.merged), persons, before)
    document = {
        "persons": [str(person) for person in persons],
        "changes": changes(before, after),
        "there": [[table, str(key), print_of(content)] for (table, key), content in after.items()],
    }
    row.choices = json.dumps(dict(choices))
    row.counts = json.dumps({
        "moved": {table: count for table, count in moved.items() if count}, "stayed": dict(stayed), "told": list(told),
    })  # fmt: skip
    row.undo_enc = seal("household_merge", "undo_enc", row.id, json.dumps(document))
    await row.save()


async def undo(actor: Actor, merge_id: UUID, reason: str, at: datetime) -> HouseholdMerge:
    """Put every value back as it was before the merge. A repeat changes nothing.

    Raises:
        NotYours: for a merge outside the actor's scope.
        Refused: after 30 days, or where something depends on the merge (409).
    """
    async with transaction():
        row = await _locked(actor, merge_id)
        if row.undone_at is not None:
            return row
        if at > merge_rules.undo_until(row.merged_at):
            raise Refused(
                N_("A merge can be undone for {days} days only. Correct the household by hand."),
                days=merge_rules.UNDO_DAYS,
            )
        document = json.loads(unseal("household_merge", {"undo_enc": row.undo_enc, "id": row.id}, "undo_enc"))
        await _check_unchanged(row, document)
        await _restore(document["changes"])
        await HouseholdMerge.update(undone_by=actor.user, undone_at=at).where(HouseholdMerge.id == merge_id)
        await _note(actor, row, reason, at)
        row.undone_at = at
        return row


async def _locked(actor: Actor, merge_id: UUID) -> HouseholdMerge:
    row: HouseholdMerge | None = await HouseholdMerge.objects().where(HouseholdMerge.id == merge_id).first()
    if row is None or not actor.sees(row.division):
        raise NotYours
    for household in sorted((row.kept, row.merged)):
        home = await Household.objects().where(Household.id == household).first().lock_rows("UPDATE")
        if home is None or not actor.sees(home.division):
            raise NotYours
    await Person.raw("SELECT id FROM person WHERE household = ANY({}) ORDER BY id FOR UPDATE", [row.kept, row.merged])
    again: HouseholdMerge | None = (
        await HouseholdMerge.objects().where(HouseholdMerge.id == merge_id).first().lock_rows("UPDATE")
    )
    if again is None:
        raise NotYours
    return again


async def _check_unchanged(row: HouseholdMerge, document: Mapping[str, Any]) -> None:
    """Raises Refused where a row was added, removed or changed since; the message names the kind of thing."""
    there = {(table, UUID(key)): content for table, key, content in document["there"]}
    persons = [UUID(person) for person in document["persons"]]
    now = await snapshot((row.kept, row.merged), persons, there)
    changed = {(table, UUID(key)): values for table, key, values in document["changes"]}
    for place in {**there, **now}:
        if place not in there and place[0] in LIVING:
            continue
        if place not in there or place not in now or not _as_left(place, now[place], there[place], changed):
            raise Refused(CHANGED, what=_named(place[0]))


def _as_left(
    place: tuple[str, UUID], now: Mapping[str, str], left: str, changed: Mapping[tuple[str, UUID], Mapping[str, Any]]
) -> bool:
    if place[0] in LIVING:
        return all(now[name] == after for name, (_, after) in changed.get(place, {}).items() if name != "version")
    return print_of(now) == left


def _named(table: str) -> Word:
    return Word("merge_table", table)


async def _restore(rows: Sequence[tuple[str, str, Mapping[str, Sequence[str]]]]) -> None:
    for table, key, values in rows:
        if table == "person" and "id_number_index" in values:
            await Person.raw("UPDATE person SET id_number_index = '' WHERE id = {}", UUID(key))
    for table, key, values in rows:
        await put_back(table, UUID(key), {name: before for name, (before, _) in values.items()})


async def _note(actor: Actor, row: HouseholdMerge, reason: str, at: datetime) -> None:
    homes = {
        home["id"]: home
        for home in await Household.raw(
            "SELECT id, number, division FROM household WHERE id = ANY({})", [row.kept, row.merged]
        )
    }
    for subject, about in ((row.kept, row.merged), (row.merged, row.kept)):
        await audit.record(
            actor, "household.unmerged", "household", subject, division=homes[subject]["division"], reason=reason,
            at=at, data={"number": homes[subject]["number"], "other": homes[about]["number"], "merge": row.id},
        )  # fmt: skip
