"""Putting a duplicate together with the household that is kept: in one transaction, with all that names it.

The duplicate stays as a row of the status `merged` that points to the kept one. What a later feature has to settle
(two open needs of one service) it does in a reaction registered with `on_merge`; reactions never raise for what two
files may hold, and change nothing but rows of the tables in references.py.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from bangfu.errors import N_, NotYours, Refused
from bangfu.households import merge_rules, references
from bangfu.households.actions import relocated
from bangfu.households.merge_grounds import take_over_withdrawals
from bangfu.households.merge_record import store_record
from bangfu.households.row_content import snapshot
from bangfu.households.sealing import PersonFacts, facts_of, person_columns, seal, unseal
from bangfu.households.tables import Household, HouseholdMerge, Person
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import DB, transaction
from bangfu.shared.names import normal_name, sort_key
from bangfu.supervision import actions as supervision

SERVED = frozenset({"active", "grace"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What the officer chose: `fields` and `person_fields` ("<person>:<field>") -> "kept" or "other"; `pairs`: which
    members of the duplicate are members of the kept household already."""

    fields: Mapping[str, str] = field(default_factory=dict)
    pairs: Mapping[UUID, UUID] = field(default_factory=dict)
    person_fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What a merge did, or would do: rows by table; `told` are (word, number, number) that reactions settled."""

    moved: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)
    told: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Merging:
    """What a reaction is given, inside the transaction."""

    actor: Actor
    kept: UUID
    other: UUID
    at: datetime
    outcome: Outcome


Reaction = Callable[[Merging], Awaitable[None]]
_reactions: list[Reaction] = []


def on_merge(reaction: Reaction) -> None:
    """Let a later feature settle what two files must not both hold."""
    if reaction not in _reactions:
        _reactions.append(reaction)


class _OnlyLooked(Exception):
    """Ends the transaction of a preview."""


async def preview(actor: Actor, kept: UUID, other: UUID, choices: Choices, at: datetime) -> Outcome:
    """What `merge` would do: it is done and taken back at once.

    Raises:
        NotYours, Refused: as `merge`.
    """
    outcome = Outcome()
    try:
        async with transaction():
            await _merge(actor, kept, other, choices, at, outcome)
            raise _OnlyLooked
    except _OnlyLooked:
        return outcome


async def merge(actor: Actor, key: UUID, kept: UUID, other: UUID, choices: Choices, reason: str, at: datetime) -> UUID:
    """Put `other` together with `kept`; the merge's id. A repeat leads to the same merge.

    Raises:
        NotYours: if one of the two is not in the actor's scope.
        Refused: for one household with itself, or one that was merged or ended (409).
    """
    async with transaction():
        homes = await locked_pair(actor, kept, other)
        if (done := await _done_already(homes, kept, other)) is not None:
            return done
        persons = await _people_of(kept, other)
        before = await snapshot((kept, other), persons, ())
        outcome = Outcome()
        await _merge(actor, kept, other, choices, at, outcome)
        row = HouseholdMerge(
            id=key, kept=kept, merged=other, division=homes[kept].division, reason=reason, merged_by=actor.user,
            merged_at=at,
        )  # fmt: skip
        await store_record(row, before, persons, choices_told(choices), outcome.moved, outcome.stayed, outcome.told)
        await _note(actor, homes, kept, other, key, reason, at)
    return key


async def locked_pair(actor: Actor, kept: UUID, other: UUID) -> dict[UUID, Household]:
    """Both households with their row locks, taken in one order whoever is kept.

    Raises:
        NotYours: if one of the two is not in the actor's scope.
    """
    found: dict[UUID, Household] = {}
    for household in sorted({kept, other}):
        row = await Household.objects().where(Household.id == household).first().lock_rows("UPDATE")
        if row is None or not actor.sees(row.division):
            raise NotYours
        found[household] = row
    return found


async def _done_already(homes: Mapping[UUID, Household], kept: UUID, other: UUID) -> UUID | None:
    if homes[other].status != "merged" or homes[other].merged_into != kept:
        return None
    rows = await HouseholdMerge.raw("SELECT id FROM household_merge WHERE merged = {} AND undone_at IS NULL", other)
    return rows[0]["id"] if rows else None


async def _merge(
    actor: Actor, kept: UUID, other: UUID, choices: Choices, at: datetime, outcome: Outcome
) -> None:  # fmt: skip
    homes = await locked_pair(actor, kept, other)
    check_mergeable(homes[kept], homes[other], same=kept == other)
    people = {row["id"]: row for row in await Person.raw(
        "SELECT * FROM person WHERE household = ANY({}) ORDER BY id FOR UPDATE", [kept, other]
    )}  # fmt: skip
    pairs = {mine: theirs for mine, theirs in choices.pairs.items() if _may_pair(people, mine, theirs, kept, other)}
    merging = Merging(actor, kept, other, at, outcome)
    for reaction in _reactions:
        await reaction(merging)
    await _settle_tasks(actor, other, at)
    for double, same in pairs.items():
        await _one_person(people[same], people[double], choices)
        for table, column in references.moving(references.PERSON_COLUMNS):
            await _follow(table, column, double, same, outcome)
    await take_over_withdrawals(kept, other, at)
    await _move_members(kept, other, list(pairs), outcome)
    for table, column in references.moving(references.HOUSEHOLD_COLUMNS):
        await _follow(table, column, other, kept, outcome)
    await _keep_fields(homes[kept], homes[other], choices, at)
    await Household.raw(
        "UPDATE household SET status = 'merged', merged_into = {}, updated_at = {}, version = version + 1"
        " WHERE id = {}",
        kept, at, other,
    )  # fmt: skip


def check_mergeable(kept: Household, other: Household, *, same: bool = False) -> None:
    """Raises Refused for one household with itself, merged ones, or an ended one that would be kept."""
    if same:
        raise Refused(N_("These are one and the same household."))
    if "merged" in {kept.status, other.status}:
        raise Refused(N_("One of the two was merged already. Look at the list of duplicates again."))
    if kept.status not in SERVED and other.status in SERVED:
        raise Refused(N_("Keep the household that is served, and merge the one that has ended into it."))


def _may_pair(people: Mapping[UUID, Any], double: UUID, same: UUID, kept: UUID, other: UUID) -> bool:
    known = double in people and same in people
    return known and people[double]["household"] == other and people[same]["household"] == kept


async def _settle_tasks(actor: Actor, other: UUID, at: datetime) -> None:
    """The clocks of the duplicate itself (its review) fall away; the kept household has its own."""
    rows = await Household.raw(
        "SELECT kind FROM supervision_task WHERE subject = {} AND status NOT IN ('cancelled', 'dropped')", other
    )
    for row in rows:
        await supervision.drop(actor, row["kind"], other, at, reason="merged")


async def _follow(table: str, column: str, old: UUID, new: UUID, outcome: Outcome) -> None:
    """Let the rows of one table follow; those for which there is no room stay, one by one."""
    sql = f'UPDATE {table} SET "{column}" = {{}} WHERE '  # noqa: S608 (names of the registry)
    try:
        async with _savepoint():
            rows = await Household.raw(sql + f'"{column}" = {{}} RETURNING id', new, old)
            outcome.moved[table] += len(rows)
            return
    except _NO_ROOM:
        pass
    rows = await Household.raw(f'SELECT id FROM {table} WHERE "{column}" = {{}} ORDER BY id', old)  # noqa: S608
    for row in rows:
        try:
            async with _savepoint():
                await Household.raw(sql + "id = {}", new, row["id"])
            outcome.moved[table] += 1
        except _NO_ROOM:
            outcome.stayed[table] += 1


_NO_ROOM = (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError, asyncpg.RestrictViolationError)


def _savepoint() -> Any:
    current = DB.current_transaction.get()
    if current is None:
        raise RuntimeError("A merge is one transaction.")
    return current.connection.transaction()


async def _one_person(same: Mapping[str, Any], double: Mapping[str, Any], choices: Choices) -> None:
    """What is known of one person from both rows, into the row that is kept."""
    mine, theirs = facts_of(same), facts_of(double)
    taken: dict[str, Any] = {}
    for name in merge_rules.PERSON_FIELDS:
        chosen = choices.person_fields.get(f"{double['id']}:{name}", "")
        if merge_rules.side(getattr(mine, name), getattr(theirs, name), chosen) == merge_rules.OTHER:
            taken[name] = getattr(theirs, name)
    if "id_number" in taken:
        taken["id_type"] = theirs.id_type
        await Person.raw(
            "UPDATE person SET id_number_enc = '', id_number_index = '' WHERE id = {}", double["id"]
        )  # the number may stand once only
    facts = _with_health(replace(mine, **taken), theirs)
    await Person.update(**person_columns(same["id"], facts)).where(Person.id == same["id"])


def _with_health(mine: PersonFacts, theirs: PersonFacts) -> PersonFacts:
    """Tags of both count; words on health of both are kept one after the other."""
    texts = [text for text in dict.fromkeys((mine.health, theirs.health)) if text]
    return replace(mine, tags=tuple(sorted({*mine.tags, *theirs.tags})), health="；".join(texts))


async def _move_members(kept: UUID, other: UUID, doubles: Sequence[UUID], outcome: Outcome) -> None:
    """Members who are not yet there follow; the duplicate's head becomes a further member."""
    rows = await Person.raw(
        "UPDATE person SET household = {}, is_head = false,"
        " relation = CASE WHEN is_head OR relation = 'self' THEN 'other' ELSE relation END"
        " WHERE household = {} AND NOT id = ANY({}) RETURNING id",
        kept, other, list(doubles),
    )  # fmt: skip
    outcome.moved["person"] += len(rows)


async def _keep_fields(kept: Household, other: Household, choices: Choices, at: datetime) -> None:
    mine, theirs = opened(kept), opened(other)
    values: dict[str, Any] = {name: getattr(kept, name) or getattr(other, name) for name in merge_rules.SAFETY}
    for name, columns in merge_rules.FIELDS.items():
        if merge_rules.side(mine[name], theirs[name], choices.fields.get(name, "")) == merge_rules.OTHER:
            values |= {column: getattr(other, column) for column in columns}
    for column in [name for name in values if name.endswith("_enc")]:
        opened_value = unseal("household", {column: values[column], "id": other.id}, column)
        values[column] = seal("household", column, kept.id, opened_value)
    values["time_wishes"] = sorted({*kept.time_wishes, *other.time_wishes})
    heads = await Person.raw("SELECT name FROM person WHERE household = {} AND is_head LIMIT 1", kept.id)
    if heads:
        name = normal_name(heads[0]["name"])
        values |= {"head_name": name, "head_pinyin": sort_key(name)[:200]}
    await Household.update(**values, updated_at=at, version=kept.version + 1).where(Household.id == kept.id)
    await relocated(kept.id, values.get("division", kept.division))


def opened(row: Household) -> dict[str, Any]:
    """The values that are chosen between, sealed ones opened."""
    values = {name: getattr(row, merge_rules.DECIDING.get(name, name), "") for name in merge_rules.FIELDS}
    for name, value in merge_rules.DECIDING.items():
        column = f"{value}_enc"
        values[name] = unseal("household", {column: getattr(row, column), "id": row.id}, column)
    return values


async def _people_of(kept: UUID, other: UUID) -> list[UUID]:
    rows = await Person.raw("SELECT id FROM person WHERE household = ANY({}) ORDER BY id", [kept, other])
    return [row["id"] for row in rows]


def choices_told(choices: Choices) -> dict[str, Any]:
    """The choices as codes and ids, for the record."""
    return {
        "fields": dict(choices.fields),
        "pairs": {str(double): str(same) for double, same in choices.pairs.items()},
        "person_fields": dict(choices.person_fields),
    }


async def _note(
    actor: Actor, homes: Mapping[UUID, Household], kept: UUID, other: UUID, merge_id: UUID, reason: str, at: datetime
) -> None:
    for event, subject, about in (("household.merged", kept, other), ("household.merged_away", other, kept)):
        await audit.record(
            actor, event, "household", subject, division=homes[subject].division, reason=reason, at=at,
            data={"number": homes[subject].number, "other": homes[about].number, "merge": merge_id},
        )  # fmt: skip
