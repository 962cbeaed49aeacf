"""Households with members, grounds and needs: rows of one household number belong together (DOMAIN.md 1.1, 9.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.households.rules import is_live, is_minor, needs_guardian
from bangfu.households.sealing import household_columns, seal, unseal
from bangfu.households.tables import Consent, Household, Person
from bangfu.households.words import STATUTE_ZH
from bangfu.imports.kinds.base import Kind, covers
from bangfu.imports.kinds.household_fields import GROUND, HOUSEHOLD, household_fields
from bangfu.imports.kinds.household_members import Members
from bangfu.imports.kinds.household_needs import Needs
from bangfu.imports.kinds.household_records import Records, read_records
from bangfu.imports.kinds.places import division_of, location_of
from bangfu.imports.kinds.standing import in_register, unmasked
from bangfu.imports.plan import Plan, Record, Sheet, changed
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.faults import N_
from bangfu.shared.tabular import CheckedRow

Values = Mapping[str, Any]
_PLAIN = (
    "category",
    "category_since",
    "admission_mode",
    "support_mode",
    "selfcare_level",
    "risk_color",
    "two_person_visits",
    "trained_only",
)


async def plan_households(actor: Actor, sheet: Sheet, at: datetime) -> Plan:
    """New and changed households, members, grounds and needs; an empty cell leaves what is known as it is."""
    rows = list(sheet.distinct("household_number"))
    records = await read_records(actor, rows)
    return await asyncio.to_thread(_Planner(actor, sheet, records, at).plan, rows)


class _Planner:
    def __init__(self, actor: Actor, sheet: Sheet, records: Records, at: datetime) -> None:
        self.actor, self.sheet, self.records, self.at = actor, sheet, records, at
        self.result = Plan(inserts={Household: [], Person: [], Consent: [], Need: []})
        self.ids: dict[str, tuple[str, int]] = {}
        self.half_read = {str(row.values.get("household_number")) for row in sheet.rows if row.faulty}

    def plan(self, rows: list[CheckedRow]) -> Plan:
        groups: dict[str, list[CheckedRow]] = {}
        for row in rows:
            groups.setdefault(str(row.values["household_number"]), []).append(row)
        for number, group in groups.items():
            self._household(number, group)
        return self.result

    def _household(self, number: str, rows: list[CheckedRow]) -> None:
        known = self.records.households.get(number)
        if known is not None and not covers(self.actor, known["division"]):
            message, fix = N_("This number belongs to a household outside of your area."), N_("Use another number.")
            self.sheet.fault(rows[0], "household_number", "outside_scope", message, fix)
            return
        if (known is not None and not in_register(self.sheet, rows[0], known)) or not unmasked(self.sheet, rows):
            return
        said = self._said(rows)
        household: UUID = known["id"] if known else uuid4()
        members = Members(
            self.sheet, self.result, household, number, self.records.members.get(household, []), civil_date(self.at)
        )
        self._choose_head(members, rows)
        people = {row.number: members.add(row, self.records, self.ids) for row in rows}
        complete = self._complete(number, rows, said, known, members, people)
        values = self._columns(rows[0], said, known, household, members)
        if not complete or values is None:
            return
        record = {**known, **values} if known else self._new(number, household, values)
        ground, ground_is_new = self._ground(rows[0], said, household, members)
        self.result.divisions[household] = record["division"]
        fates = members.write()
        head_fate = self._write(known, record, values)
        needs = Needs(self.actor, self.sheet, self.result, self.records, record, ground, self.at)
        self._tell(rows, fates, head_fate or ("inserted" if ground_is_new else ""), needs, people, record)
        if known and known["division"] != record["division"]:
            needs.move(record["division"])
            self.result.moved[household] = record["division"]

    def _tell(
        self, rows: list[CheckedRow], fates: dict[int, str], first: str, needs: Needs,
        people: dict[int, UUID | None], record: Record,
    ) -> None:  # fmt: skip
        """The fate of a row is the weightiest of its household (first row), member and need."""
        for row in rows:
            parts = {needs.add(row, people[row.number]), fates.get(row.number, ""), first if row is rows[0] else ""}
            fate = "inserted" if "inserted" in parts else "updated" if "updated" in parts else "unchanged"
            self.result.tell(row.number, fate, record)

    def _said(self, rows: list[CheckedRow]) -> Values:
        """What the rows together say about the household; a row that contradicts an earlier one is at fault."""
        said: dict[str, tuple[Any, int]] = {}
        for row in rows:
            for name in (*HOUSEHOLD, *GROUND):
                value = row.values[name]
                if value is None:
                    continue
                first, line = said.setdefault(name, (value, row.number))
                if value != first:
                    message = N_("Row {row} says something else about the same household.")
                    fix = N_("Write the same in both rows, or leave this cell empty.")
                    self.sheet.fault(row, name, "household_contradiction", message, fix, row=line)
        return {name: said[name][0] if name in said else None for name in (*HOUSEHOLD, *GROUND)}

    def _choose_head(self, members: Members, rows: list[CheckedRow]) -> None:
        """In a new household without anybody called 本人 the first member is the head."""
        if members.head is None and not any(row.values["relation"] == "self" for row in rows):
            first = next((row for row in rows if row.values["member_name"]), None)
            if first is not None and first.values["relation"] is None:
                first.values["relation"] = "self"

    def _complete(
        self, number: str, rows: list[CheckedRow], said: Values, known: Record | None, members: Members,
        people: Mapping[int, UUID | None],
    ) -> bool:  # fmt: skip
        """Whether a new household has its village, category and head; silent where a row could not be read."""
        if known is not None:
            return True
        missing = [name for name in ("division", "category") if said[name] is None]
        named = [row for row in rows if row.values["member_name"]]
        if number not in self.half_read:
            message, fix = N_("A new household needs this in its first row."), N_("Enter the value.")
            for name in [*missing, *([] if named else ["member_name"])]:
                self.sheet.fault(rows[0], name, "household_incomplete", message, fix)
            if members.head is None and named and all(people[row.number] for row in named):
                message, fix = N_("Nobody of this household is its head."), N_("Write 本人 for one member.")
                self.sheet.fault(rows[0], "relation", "household_headless", message, fix)
        return not missing and members.head is not None

    def _columns(
        self, row: CheckedRow, said: Values, known: Record | None, household: UUID, members: Members
    ) -> Record | None:
        """Columns of the household that the list gives; None after a fault."""
        values: Record = {name: said[name] for name in _PLAIN}
        values["language"] = said["household_language"]
        division = str(known["division"]) if known else ""
        if said["division"] is not None:
            place = division_of(
                self.actor, self.sheet, row, self.records.divisions, civil_date(self.at), value=said["division"]
            )
            if place is None:
                return None
            if place.level < 4:
                message, fix = N_("A household belongs to a village or at least a township."), N_("Write its code.")
                self.sheet.fault(row, "division", "division_level", message, fix)
                return None
            division = place.code
        values["division"] = division
        values |= self._named(said, known, household, members)
        values |= self._place(row, said, known, division)
        return {name: value for name, value in values.items() if value is not None}

    def _named(self, said: Values, known: Record | None, household: UUID, members: Members) -> Record:
        if known is None:
            return household_columns(household, head_name=members.head_name, address=str(said["address"] or ""))
        named: Record = {}
        if members.head_name and members.head_name != known["head_name"]:
            sealed = household_columns(household, head_name=members.head_name, address="")
            named = {name: sealed[name] for name in ("head_name", "head_pinyin")}
        if said["address"] and said["address"] != unseal("household", known, "address_enc"):
            named["address_enc"] = seal("household", "address_enc", household, said["address"])
        return named

    def _place(self, row: CheckedRow, said: Values, known: Record | None, division: str) -> Record:
        """Own coordinates, else what is known, else the nearest known division point, marked as approximate."""
        if point := location_of(self.sheet, row, dict(said)):
            if known is not None and point == (known["lat"], known["lon"]):
                return {}  # what is known already keeps its source, such as the map
            return {"lat": point[0], "lon": point[1], "location_source": "import", "location_accuracy_m": None}
        if known is not None and known["location_source"] != "none" and known["division"] == division:
            return {}
        near = self.records.divisions.point_near(division)
        if near is None:
            self.sheet.note("no_location")
            return {"lat": None, "lon": None, "location_source": "none", "location_accuracy_m": None}
        self.sheet.note("approximate")
        self.result.to_locate += bool(said["address"])
        lat, lon = near[0]
        return {"lat": lat, "lon": lon, "location_source": "division", "location_accuracy_m": near[1]}

    def _new(self, number: str, household: UUID, values: Record) -> Record:
        empty: Record = {
            "category_since": None, "admission_mode": "", "support_mode": "", "selfcare_level": "", "risk_color": "",
            "lat": None, "lon": None, "location_source": "none", "location_accuracy_m": None,
            "two_person_visits": False, "trained_only": False, "language": "",
        }  # fmt: skip
        own: Record = {
            "id": household, "number": number, "gender_wish": "", "status": "active", "created_by": self.actor.user,
            "created_at": self.at, "updated_at": self.at, "version": 1,
        }  # fmt: skip
        return {**empty, **own, **values}

    def _write(self, known: Record | None, record: Record, values: Record) -> str:
        if known is None:
            self.result.insert(Household, record)
            return "inserted"
        if not changed(known, values):
            return ""
        self.result.update(Household, {**record, "updated_at": self.at, "version": known["version"] + 1})
        return "updated"

    def _ground(self, row: CheckedRow, said: Values, household: UUID, members: Members) -> tuple[UUID | None, bool]:
        """The live ground on which needs may be confirmed, and whether the list brings it."""
        today = civil_date(self.at)
        live = [
            ground for ground in self.records.grounds.get(household, [])
            if is_live(ground["withdrawn_at"], ground["given_on"], today, ground["valid_until"])
        ]  # fmt: skip
        newest: UUID | None = live[-1]["id"] if live else None
        if said["consent_ground"] is None:
            self._groundless(row, said)
            return newest, False
        facts = self._ground_facts(said, members)
        if not self._ground_stands(row, facts, said, members):
            return newest, False
        same = next((ground for ground in live if not changed(ground, facts)), None)
        if same is not None:
            return same["id"], False
        purposes = ["service", "share_provider"]
        if any(is_minor(born, civil_date(self.at)) for born in members.births()):
            purposes.append("minor_data")
        ground = uuid4()
        self.result.insert(Consent, {
            "id": ground, "household": household, "person": None, "purposes": purposes, "text_version": "",
            "recorded_by": self.actor.user, "recorded_at": self.at, "withdrawn_at": None, **facts,
        })  # fmt: skip
        return ground, True

    def _ground_facts(self, said: Values, members: Members) -> Record:
        statutory = said["consent_ground"] == "statutory"
        return {
            "ground": said["consent_ground"],
            "giver": "" if statutory else said["consent_giver"] or members.head_name,
            "giver_relation": said["consent_relation"] or "self",
            "statute": (said["statute"] or STATUTE_ZH) if statutory else "",
            "method": "" if statutory else said["consent_method"] or "",
            "given_on": said["consent_on"],
        }

    def _groundless(self, row: CheckedRow, said: Values) -> None:
        if any(said[name] is not None for name in GROUND):
            message = N_("This row describes a consent without saying whether it is consent or a statutory ground.")
            self.sheet.fault(row, "consent_ground", "ground_unclear", message, N_("Fill in the ground."))

    def _ground_stands(self, row: CheckedRow, facts: Record, said: Values, members: Members) -> bool:
        if facts["ground"] == "consent" and facts["given_on"] is None:
            message = N_("A consent needs the day on which it was given.")
            self.sheet.fault(row, "consent_on", "consent_day", message, N_("Enter the value."))
            return False
        by_child = facts["ground"] == "consent" and facts["giver_relation"] == "self" and not said["consent_giver"]
        if by_child and needs_guardian(members.head_birth, civil_date(self.at)):
            message = N_("For a child under 14 a guardian gives the consent.")
            self.sheet.fault(
                row, "consent_giver", "guardian_missing", message, N_("Write the guardian's name and relation.")
            )
            return False
        return True


HOUSEHOLDS = Kind(
    "households",
    household_fields,
    frozenset({"household_number", "division", "category", "member_name"}),
    plan_households,
    (
        {
            "household_number": "HH-DEMO-1",
            "division": "990101001201",
            "address": "柳树村一组 12 号",
            "category": "低保家庭",
            "category_since": "2024-05-01",
            "admission_mode": "整户保",
            "member_name": "示例一",
            "relation": "本人",
            "id_number": "990101194503150035",
            "phone": "13812345678",
            "tags": "独居",
            "consent_ground": "consent",
            "consent_method": "书面签字",
            "consent_on": "2026-01-05",
            "service": "生活照料",
            "visits": 12,
            "minutes": 90,
            "windows": "周一至周五 08:00-12:00",
            "need_status": "已提交",
        },
        {
            "household_number": "HH-DEMO-1",
            "member_name": "示例二",
            "relation": "子女",
            "id_number": "990101201506010022",
        },
    ),
)
