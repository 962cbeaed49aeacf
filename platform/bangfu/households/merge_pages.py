"""What the pages of a merge show: two households side by side, masked, and what has been chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.households import merge_rules
from bangfu.households.merging import Choices, opened
from bangfu.households.reading import note_read
from bangfu.households.rules import needs_guardian
from bangfu.households.sealing import facts_of
from bangfu.households.tables import Household, HouseholdMerge, Person
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import _, word
from bangfu.shared.masking import mask_address, mask_bank, mask_id, mask_name, mask_phone
from bangfu.shared.web.forms import Form

_WORDS = {"selfcare_level": "selfcare_level", "risk_color": "risk_color", "contact_channel": "contact_channel",
          "language": "language", "gender_wish": "sex", "sex": "sex"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the two: what stands there (masked), whether somebody has to choose, and what is chosen."""

    name: str
    field: str
    kept: str
    other: str
    conflict: bool
    chosen: str


@dataclass(frozen=True, slots=True)
class MemberChoice:
    """A member of the duplicate: who they are in the kept household ("" for a further member), and their fields."""

    id: UUID
    shown: str
    same_as: str
    fields: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class PairView:
    """Both households with everything there is to choose."""

    kept: Household
    other: Household
    kept_head: str
    other_head: str
    fields: Sequence[Choice]
    members: Sequence[MemberChoice]
    kept_members: Sequence[tuple[str, str]]


async def pair_for(actor: Actor, kept: UUID, other: UUID) -> tuple[Household, Household]:
    """Both households.

    Raises:
        NotYours: if one of the two is not in the actor's scope.
    """
    rows = [await Household.objects().get(Household.id == household) for household in (kept, other)]
    if any(row is None or not actor.sees(row.division) for row in rows):
        raise NotYours
    return rows[0], rows[1]  # type: ignore[return-value]


async def note_children(actor: Actor, kept: UUID, other: UUID, at: datetime) -> None:
    """Note that the two side by side showed the data of children under 14."""
    for row in [*await _people(kept), *await _people(other)]:
        if needs_guardian(row["birth_date"], civil_date(at)):
            await note_read(actor, row["household"], row["id"], "child", "merge", at)


async def proposed(kept: UUID, other: UUID) -> Choices:
    """What the page proposes first: members who seem to be the same person."""
    mine, theirs = await _people(kept), await _people(other)
    return Choices(pairs=merge_rules.likely_pairs(_compared(mine), _compared(theirs)))


def read_choices(form: Form) -> Choices:
    """The posted choices; what is not there stays as proposed by the rules."""
    named = {name: form.get(name, "") for name in form}
    pairs = {
        UUID(name.removeprefix("same-")): UUID(value)
        for name, value in named.items()
        if name.startswith("same-") and _is_uuid(value) and _is_uuid(name.removeprefix("same-"))
    }
    unique = {same: double for double, same in pairs.items()}
    return Choices(
        fields={name.removeprefix("field-"): value for name, value in named.items() if name.startswith("field-")},
        pairs={double: same for double, same in pairs.items() if unique[same] == double},
        person_fields={name.removeprefix("of-"): value for name, value in named.items() if name.startswith("of-")},
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def view_of(kept: Household, other: Household, choices: Choices) -> PairView:
    """Both side by side."""
    mine, theirs = await _people(kept.id), await _people(other.id)
    by_id = {row["id"]: row for row in mine}
    return PairView(
        kept, other, mask_name(kept.head_name), mask_name(other.head_name),
        [choice for choice in _fields(kept, other, choices) if choice.kept or choice.other],
        [_member(row, by_id, choices) for row in theirs],
        [(str(row["id"]), _shown(row)) for row in mine],
    )  # fmt: skip


def _fields(kept: Household, other: Household, choices: Choices) -> list[Choice]:
    mine, theirs = opened(kept), opened(other)
    return [
        Choice(
            name, f"field-{name}", _masked(name, mine[name]), _masked(name, theirs[name]),
            merge_rules.conflict(mine[name], theirs[name]),
            merge_rules.side(mine[name], theirs[name], choices.fields.get(name, "")),
        )
        for name in merge_rules.FIELDS
    ]  # fmt: skip


def _member(row: dict[str, Any], kept: dict[UUID, dict[str, Any]], choices: Choices) -> MemberChoice:
    same = choices.pairs.get(row["id"])
    fields = _person_fields(kept[same], row, choices) if same in kept else []
    return MemberChoice(row["id"], _shown(row), str(same) if same in kept else "", fields)


def _person_fields(mine: dict[str, Any], theirs: dict[str, Any], choices: Choices) -> list[Choice]:
    one, two = facts_of(mine), facts_of(theirs)
    found = []
    for name in merge_rules.PERSON_FIELDS:
        kept, other, key = getattr(one, name), getattr(two, name), f"{theirs['id']}:{name}"
        chosen = merge_rules.side(kept, other, choices.person_fields.get(key, ""))
        found.append(Choice(
            name, f"of-{key}", _masked(name, kept), _masked(name, other), merge_rules.conflict(kept, other), chosen
        ))  # fmt: skip
    return [choice for choice in found if choice.conflict or choice.chosen == merge_rules.OTHER]


def _masked(name: str, value: Any) -> str:
    if not value:
        return ""
    masks = {
        "place": mask_address,
        "name": mask_name,
        "id_number": _mask_number,
        "phone": mask_phone,
        "bank": mask_bank,
    }
    if name in masks:
        return masks[name](value)
    if name in {"note", "food"}:
        return _("(hidden)")
    if isinstance(value, date):
        return value.isoformat()
    return word(_WORDS[name], value) if name in _WORDS else str(value)


def _mask_number(number: str) -> str:
    """As a minor's: it may be one, and a comparison needs no more."""
    return mask_id(number, minor=True)


def _shown(row: dict[str, Any]) -> str:
    born = f" {row['birth_date'].year}" if row["birth_date"] else ""
    return f"{mask_name(row['name'])} {word('relation', row['relation'])}{born}"


def _compared(rows: Sequence[dict[str, Any]]) -> list[merge_rules.Member]:
    return [
        merge_rules.Member(row["id"], row["name"], row["birth_date"], row["phone_index"], row["id_number_index"])
        for row in rows
    ]


async def _people(household: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await Person.raw(
        "SELECT * FROM person WHERE household = {} ORDER BY is_head DESC, created_at, id", household
    )
    return found


async def merge_for(actor: Actor, merge: UUID) -> HouseholdMerge:
    """One merge.

    Raises:
        NotYours: if there is none in the actor's scope.
    """
    row: HouseholdMerge | None = await HouseholdMerge.objects().get(HouseholdMerge.id == merge)
    if row is None or not actor.sees(row.division):
        raise NotYours
    return row


async def recent_merges(actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """The newest merges of the actor's scope, with the numbers of both households."""
    if not actor.scope:
        return []
    found: list[dict[str, Any]] = await HouseholdMerge.raw(
        "SELECT m.id, m.merged_at, m.undone_at, k.number AS kept, o.number AS other FROM household_merge m"
        " JOIN household k ON k.id = m.kept JOIN household o ON o.id = m.merged WHERE m.division LIKE {}"
        " ORDER BY m.merged_at DESC LIMIT {}",
        f"{actor.scope}%", limit,
    )  # fmt: skip
    return found
