"""One place that turns what is known of a person or a household into columns, and back: encryption, indexes, names.

Pages, imports and the sample city all write through these two functions, so that search and unmasking work alike.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.households import disability as disabilities
from bangfu.households.disability import Disability
from bangfu.shared.address_grams import address_tokens
from bangfu.shared.crypto import blind_index, decrypt, encrypt
from bangfu.shared.names import full_pinyin, grams, initials, normal_name, search_terms, sort_key

HEALTH_TAGS = frozenset({"serious_illness", "dementia", "mental_severe", "infectious", "disability_illness"})
"""Tags about health (DOMAIN.md 1.2, 9.1): sealed with the words on health, not kept with the other tags."""
_DOCUMENT = {"v": 1}
SEARCH_VERSION = 1
"""The form of the search columns; rows of an older one are made anew by the worker (households/indexing.py)."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A member of a household. `id_number` and `phone` as shared/identifiers.py gives them, `bank` digits only."""

    name: str
    relation: str = "self"
    is_head: bool = False
    sex: str = ""
    birth_date: date | None = None
    id_type: str = "resident_id"
    id_number: str = ""
    phone: str = ""
    bank: str = ""
    health: str = ""
    tags: tuple[str, ...] = ()
    child_type: str = ""
    disability: Disability = disabilities.NONE
    selfcare_level: str = ""
    ability_level: int | None = None
    assisted: bool = False


CHILD_TAGS = frozenset({"orphan", "de_facto_unattended"})
"""Tags of older lists that name a kind of child in difficulty: kept in step with `child_type`."""


def phone_tail(phone: str) -> str:
    """The last four digits of a stored phone, without its extension."""
    return phone.partition("-")[0][-4:]


def person_columns(person: UUID, facts: PersonFacts) -> dict[str, Any]:
    """Column -> value of a `person` row, without its id and household."""
    name = normal_name(facts.name)
    return {
        "name": name,
        "name_grams": grams(name),
        "search_terms": search_terms(name),
        "search_version": SEARCH_VERSION,
        "pinyin": full_pinyin(name)[:200],
        "initials": initials(name)[:32],
        "relation": facts.relation,
        "is_head": facts.is_head,
        "sex": facts.sex,
        "birth_date": facts.birth_date,
        "id_type": facts.id_type,
        "id_number_enc": seal("person", "id_number_enc", person, facts.id_number),
        "id_number_index": blind_index(facts.id_number, "id_number"),
        "phone_enc": seal("person", "phone_enc", person, facts.phone),
        "phone_index": blind_index(facts.phone, "phone"),
        "phone_tail_index": blind_index(phone_tail(facts.phone), "phone_tail"),
        "bank_enc": seal("person", "bank_enc", person, facts.bank),
        "bank_index": blind_index(facts.bank, "bank"),
        "health_enc": seal("person", "health_enc", person, _health_document(facts)),
        "tags": [tag for tag in _in_step(facts) if tag not in HEALTH_TAGS],
        "child_type": facts.child_type or next(iter(sorted(CHILD_TAGS.intersection(facts.tags))), ""),
        "disability_enc": seal("person", "disability_enc", person, disabilities.to_text(facts.disability)),
        "selfcare_level": facts.selfcare_level,
        "ability_level": facts.ability_level,
        "assisted": facts.assisted,
    }


def _in_step(facts: PersonFacts) -> tuple[str, ...]:
    """The tags, with those about the kind of child as `child_type` says."""
    if not facts.child_type:
        return facts.tags
    others = [tag for tag in facts.tags if tag not in CHILD_TAGS]
    return ordered([*others, *CHILD_TAGS.intersection({facts.child_type})])


def facts_of(row: Mapping[str, Any]) -> PersonFacts:
    """What a `person` row says, unsealed: for a change that keeps what it does not name.

    Raises:
        ValueError: as `unseal`.
    """
    health, health_tags = health_of(row)
    return PersonFacts(
        row["name"], row["relation"], row["is_head"], row["sex"], row["birth_date"], row["id_type"],
        **{name: unseal("person", row, f"{name}_enc") for name in ("id_number", "phone", "bank")},
        health=health, tags=ordered((*plain_tags(row), *health_tags)), child_type=row["child_type"],
        disability=disability_of(row), selfcare_level=row["selfcare_level"], ability_level=row["ability_level"],
        assisted=row["assisted"],
    )  # fmt: skip


def disability_of(row: Mapping[str, Any]) -> Disability:
    """The disability that a `person` row says, unsealed.

    Raises:
        ValueError: as `unseal`.
    """
    return disabilities.from_text(unseal("person", row, "disability_enc"))


def health_of(row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """What a `person` row says about health: the words, and the tags of HEALTH_TAGS.

    Raises:
        ValueError: as `unseal`.
    """
    text, tags = _read_document(unseal("person", row, "health_enc"))
    return text, ordered({*tags, *HEALTH_TAGS.intersection(row["tags"])})


def plain_tags(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The tags of a `person` row that say nothing about health."""
    return ordered(tag for tag in row["tags"] if tag not in HEALTH_TAGS)


def ordered(tags: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, in one order, so that the same tags compare as the same."""
    return tuple(sorted(set(tags)))


def _health_document(facts: PersonFacts) -> str:
    """The words alone where there is no tag; with tags (or words that look like a document) a document of both."""
    tags = ordered(HEALTH_TAGS.intersection(facts.tags))
    if not tags and not facts.health.startswith("{"):
        return facts.health
    return json.dumps({**_DOCUMENT, "text": facts.health, "tags": tags}, ensure_ascii=False)


def _read_document(stored: str) -> tuple[str, tuple[str, ...]]:
    if not stored.startswith("{"):
        return stored, ()
    try:
        found = json.loads(stored)
    except ValueError:
        return stored, ()
    if found.keys() != {*_DOCUMENT, "text", "tags"}:
        return stored, ()
    return found["text"], tuple(found["tags"])


def household_columns(household: UUID, *, head_name: str, address: str, note: str = "") -> dict[str, Any]:
    """The named and the encrypted columns of a `household` row."""
    name = normal_name(head_name)
    return {
        "head_name": name,
        "head_pinyin": sort_key(name)[:200],
        **address_columns(household, address),
        "note_enc": seal("household", "note_enc", household, note),
    }


def address_columns(household: UUID, address: str) -> dict[str, Any]:
    """The sealed address of a `household` row and what it is found by."""
    return {
        "address_enc": seal("household", "address_enc", household, address),
        "address_grams": address_tokens(address),
        "search_version": SEARCH_VERSION,
    }


def seal(table: str, column: str, row: UUID, value: str) -> str:
    """Ciphertext for one column of one row; empty stays empty."""
    return encrypt(value, f"{table}:{column}:{row}")


def unseal(table: str, row: Mapping[str, Any], column: str, id_column: str = "id") -> str:
    """The value behind an encrypted column of a row as the database gave it; `id_column` names the row's own id.

    Raises:
        ValueError: if the text is damaged or was moved from another row.
    """
    return decrypt(row[column], f"{table}:{column}:{row[id_column]}")
