"""Members of one household of a list: recognised by ID number, else by name and birth date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from bangfu.households.sealing import HEALTH_TAGS, PersonFacts, facts_of, ordered, person_columns
from bangfu.households.tables import Person
from bangfu.imports.kinds.household_fields import MEMBER
from bangfu.imports.kinds.household_records import Records
from bangfu.imports.kinds.persons import check_against_id, sex_of
from bangfu.imports.plan import Plan, Record, Sheet
from bangfu.shared.crypto import blind_index
from bangfu.shared.faults import N_
from bangfu.shared.identifiers import ResidentId
from bangfu.shared.names import normal_name
from bangfu.shared.resident_id import parse_resident_id
from bangfu.shared.tabular import CheckedRow

Fate = str


class Members:
    """The members of one household, known ones and those of the list; `head_name` and `head_birth` after `add`."""

    def __init__(
        self, sheet: Sheet, plan: Plan, household: UUID, number: str, known: Iterable[Record], today: date
    ) -> None:
        self.sheet, self.plan, self.household, self.number, self.today = sheet, plan, household, number, today
        self.known = {row["id"]: row for row in known}
        self.facts: dict[UUID, PersonFacts] = {}
        self.rows: dict[UUID, CheckedRow] = {}
        self.head: UUID | None = next((row["id"] for row in self.known.values() if row["is_head"]), None)
        self.by_id = {row["id_number_index"]: row["id"] for row in self.known.values() if row["id_number_index"]}
        self.by_name = {(row["name"], row["birth_date"]): row["id"] for row in self.known.values()}

    def add(self, row: CheckedRow, records: Records, seen: dict[str, tuple[str, int]]) -> UUID | None:
        """The member that the row names; None where it names none or is at fault. `seen`: ID numbers of the list."""
        given: dict[str, Any] = row.values
        if given["member_name"] is None:
            self._nameless(row)
            return None
        check_against_id(self.sheet, row, given["id_number"], given["sex"], given["birth_date"])
        index = blind_index(str(given["id_number"] or ""), "id_number")
        if not self._document_fits(row) or (index and not self._free(row, index, records, seen)):
            return None
        born = given["id_number"].birth_date if isinstance(given["id_number"], ResidentId) else given["birth_date"]
        person = self._recognised(normal_name(given["member_name"]), born, index)
        if person is not None and person in self.rows:
            return person if self._agrees(row, self.rows[person]) else None
        if person is not None and (self._has_left(row, person) or self._other_number(row, person, index)):
            return None
        return self._enter(row, person or uuid4(), born, index)

    def write(self) -> dict[int, Fate]:
        """Plan the rows of new and changed members; the fate of each row of the list that is a member's first."""
        fates: dict[int, Fate] = {}
        for person, facts in self.facts.items():
            row = self.rows[person]
            if person not in self.known:
                own = {"id": person, "household": self.household}
                self.plan.insert(Person, {**own, **person_columns(person, facts)})
                fates[row.number] = "inserted"
            elif facts != self._before(person) or HEALTH_TAGS.intersection(self.known[person]["tags"]):
                self.plan.update(Person, {**self.known[person], **person_columns(person, facts)})
                fates[row.number] = "updated"
        return fates

    @property
    def head_name(self) -> str:
        if self.head is None:
            return ""
        return self.facts[self.head].name if self.head in self.facts else str(self.known[self.head]["name"])

    @property
    def head_birth(self) -> date | None:
        if self.head is None:
            return None
        born = self.facts[self.head].birth_date if self.head in self.facts else self.known[self.head]["birth_date"]
        return born if isinstance(born, date) else None

    def births(self) -> list[date]:
        """Birth dates of all members, as far as they are known."""
        stored = [row["birth_date"] for person, row in self.known.items() if person not in self.facts]
        return [born for born in (*stored, *(facts.birth_date for facts in self.facts.values())) if born]

    def _nameless(self, row: CheckedRow) -> None:
        extra = next((name for name in MEMBER if name != "member_name" and row.values[name] is not None), None)
        if extra:
            message = N_("This says something about a member whose name is missing.")
            self.sheet.fault(row, "member_name", "member_nameless", message, N_("Fill in the name."))

    def _document_fits(self, row: CheckedRow) -> bool:
        number, kind = row.values["id_number"], row.values["id_type"] or "resident_id"
        if kind == "none" and number:
            message = N_("A person without a document has no ID number.")
            self.sheet.fault(row, "id_type", "id_type_none", message, N_("Correct the kind of document."))
            return False
        if isinstance(number, str) and kind == "resident_id":
            try:
                parse_resident_id(number, self.today)
            except ValueError as fault:
                message, fix = getattr(fault, "message", ""), N_("Correct the number, or name the kind of document.")
                self.sheet.fault(
                    row, "id_number", getattr(fault, "code", ""), message, fix, **getattr(fault, "params", {})
                )
            return False
        return True

    def _free(self, row: CheckedRow, index: str, records: Records, seen: dict[str, tuple[str, int]]) -> bool:
        """Whether the ID number belongs to no other household, neither in the list nor in the database."""
        number, line = seen.setdefault(index, (self.number, row.number))
        fix = N_("A person belongs to one household only: correct the number or delete the row.")
        if number != self.number:
            message = N_("This ID number stands already in row {row}, in household {number}.")
            self.sheet.fault(row, "id_number", "id_in_list", message, fix, row=line, number=number)
            return False
        owner = records.owner_of_id.get(index)
        if owner is None or owner["id"] == self.household:
            return True
        if records.divisions.places and owner["division"] in records.divisions.places:
            message = N_("This ID number is recorded already, in household {number}.")
        else:
            message = N_("This ID number is recorded already, in another household.")
        self.sheet.fault(row, "id_number", "id_recorded", message, fix, number=owner["number"])
        return False

    def _recognised(self, name: str, born: date | None, index: str) -> UUID | None:
        found = self.by_id.get(index) if index else None
        return found or self.by_name.get((name, born)) or (self.by_name.get((name, None)) if born is None else None)

    def _has_left(self, row: CheckedRow, person: UUID) -> bool:
        if person not in self.known or self.known[person].get("left_on") is None:
            return False
        message = N_("This member has left the household.")
        fix = N_("Delete the row; who comes back is recorded on the household's page.")
        self.sheet.fault(row, "member_name", "member_left", message, fix)
        return True

    def _other_number(self, row: CheckedRow, person: UUID, index: str) -> bool:
        stored = self.known.get(person, {}).get("id_number_index", "")
        if not (index and stored and stored != index):
            return False
        message = N_("Another ID number is recorded for this member.")
        self.sheet.fault(row, "id_number", "id_differs", message, N_("Compare the number with the ID card."))
        return True

    def _agrees(self, row: CheckedRow, first: CheckedRow) -> bool:
        """Whether a further row of the same member says nothing else than its first one."""
        for name in ("id_number", *MEMBER):
            value = row.values[name]
            if value is not None and first.values[name] is not None and value != first.values[name]:
                message = N_("Row {row} says something else about the same member.")
                fix = N_("Write the same in both rows, or leave this cell empty.")
                self.sheet.fault(row, name, "member_contradiction", message, fix, row=first.number)
                return False
        return True

    def _enter(self, row: CheckedRow, person: UUID, born: date | None, index: str) -> UUID | None:
        relation = self._relation(row, person)
        if relation is None:
            return None
        before = self._before(person) if person in self.known else PersonFacts(str(row.values["member_name"]), relation)
        self.facts[person] = self._merged(row, before, relation, born)
        self.rows[person] = row
        self.by_name[(self.facts[person].name, born)] = person
        if index:
            self.by_id[index] = person
        return person

    def _relation(self, row: CheckedRow, person: UUID) -> str | None:
        """Relation to the head; the first member of a new household is its head unless another row says so."""
        given = row.values["relation"]
        if given == "self" and self.head not in (None, person):
            message = N_("This household has another head already: {name}.")
            fix = N_("Write the relation to the head.")
            self.sheet.fault(row, "relation", "second_head", message, fix, name=self.head_name)
            return None
        if given == "self":
            self.head = person
            return "self"
        if given is None and person in self.known:
            return str(self.known[person]["relation"])
        return str(given) if given else ("self" if self.head == person else "other")

    def _merged(self, row: CheckedRow, before: PersonFacts, relation: str, born: date | None) -> PersonFacts:
        given: dict[str, Any] = row.values
        new: dict[str, Any] = {
            "name": normal_name(given["member_name"]), "sex": sex_of(given["sex"], given["id_number"]),
            "birth_date": born, "id_type": given["id_type"],
            "id_number": str(given["id_number"]) if given["id_number"] else None,
            "phone": given["phone"], "bank": given["bank"], "health": given["health"],
            "tags": ordered(given["tags"]) if given["tags"] else None,
        }  # fmt: skip
        kept = {name: value for name, value in new.items() if value is not None}
        return replace(before, relation=relation, is_head=relation == "self", **kept)

    def _before(self, person: UUID) -> PersonFacts:
        return facts_of(self.known[person])
