"""Needs of one household of a list: drafts and submitted ones; confirming stays with the officer (DOMAIN.md 8.3)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.imports.kinds.household_fields import NEED
from bangfu.imports.kinds.household_records import Records, carer_numbers, refused_numbers
from bangfu.imports.plan import Plan, Record, Sheet, changed
from bangfu.needs.rules import deadline, priority_of
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import published_calendar
from bangfu.shared.faults import N_
from bangfu.shared.tabular import CheckedRow

CHANGEABLE = ("draft", "submitted")
ENDED = ("rejected", "closed", "cancelled")


class Needs:
    """The needs of one household. `household`: its columns as they will be; `ground`: id of a live ground or None."""

    def __init__(
        self,
        actor: Actor,
        sheet: Sheet,
        plan: Plan,
        records: Records,
        household: Record,
        ground: UUID | None,
        at: datetime,
    ) -> None:
        self.actor, self.sheet, self.plan, self.records = actor, sheet, plan, records
        self.household, self.ground, self.at = household, ground, at
        self.known: list[Record] = records.needs.get(household["id"], [])
        self.seen: dict[tuple[object, ...], int] = {}
        self.touched: set[UUID] = set()

    def add(self, row: CheckedRow, person: UUID | None) -> str:
        """Plan the row's need, if it has one; the fate: inserted, updated, unchanged, or "" without a need."""
        given: dict[str, Any] = row.values
        if given["service"] is None:
            self._serviceless(row)
            return ""
        if not self._allowed(row) or self._repeated(row, person):
            return ""
        values = self._values(row)
        if values is None:
            return ""
        known = self.recognised(row, person)
        if known is not None and known["household"] != self.household["id"]:
            message = N_("This need number belongs to another household.")
            self.sheet.fault(
                row, "need_number", "need_elsewhere", message, N_("Correct the number, or leave it empty.")
            )
            return ""
        return self._write(row, person, known, values)

    def move(self, division: str) -> None:
        """Open needs follow a household that moved."""
        for need in self.known:
            if need["id"] not in self.touched and need["status"] not in ENDED and need["division"] != division:
                self.plan.update(Need, {**need, "division": division, "updated_at": self.at})

    def _serviceless(self, row: CheckedRow) -> None:
        if any(row.values[name] is not None for name in NEED):
            message = N_("This row describes a need without saying which service.")
            self.sheet.fault(
                row, "service", "service_missing", message, N_("Fill in the service, or empty the other cells.")
            )

    def _allowed(self, row: CheckedRow) -> bool:
        if row.values["need_status"] != "confirmed":
            return True
        fix = N_("Write 已提交: the township officer confirms it in the portal.")
        if not self.actor.has("system"):
            message = N_("A list cannot confirm needs.")
            self.sheet.fault(row, "need_status", "status_not_allowed", message, fix)
            return False
        if self.ground is None:
            message = N_("A need can only be confirmed with consent or a statutory ground.")
            self.sheet.fault(row, "consent_ground", "ground_missing", message, N_("Fill in the ground."))
            return False
        return True

    def _repeated(self, row: CheckedRow, person: UUID | None) -> bool:
        number = row.values["need_number"]
        key: tuple[object, ...] = (number,) if number else (row.values["service"], person)
        if key in self.seen:
            message = N_("This need stands already in row {row}.")
            fix = N_("Keep one of the two rows, or give each a need number of its own.")
            self.sheet.fault(row, "service", "need_twice", message, fix, row=self.seen[key])
            return True
        self.seen[key] = row.number
        return False

    def _values(self, row: CheckedRow) -> Record | None:
        """Columns that the row gives; None after a fault."""
        given: dict[str, Any] = row.values
        unknown = [number for number in carer_numbers(given) if number not in self.records.carers]
        if unknown:
            field = "current_carer" if given["current_carer"] in unknown else "excluded_carers"
            message = N_("There is no carer with the number {number}.")
            self.sheet.fault(row, field, "carer_unknown", message, N_("Import the carer first."), number=unknown[0])
            return None
        plain = ("service", "visits", "minutes", "priority", "gender_required", "gender_wish", "language_wish")
        values: Record = {name: given[name] for name in plain}
        values["reason"] = given["need_reason"]
        if given["windows"] is not None:
            values["windows"] = json.dumps([list(window) for window in given["windows"]])
        if given["current_carer"]:
            values["current_carer"] = self.records.carers[given["current_carer"]]
        if refused := refused_numbers(given):
            values["excluded"] = [self.records.carers[number] for number in refused]
        return {name: value for name, value in values.items() if value is not None}

    def recognised(self, row: CheckedRow, person: UUID | None) -> Record | None:
        """By number, else the newest need of the same service and member, an open one first."""
        if row.values["need_number"]:
            return self.records.needs_by_number.get(str(row.values["need_number"]))
        alike = [need for need in self.known if need["service"] == row.values["service"] and need["person"] == person]
        return next((need for need in reversed(alike) if need["status"] not in ENDED), alike[-1] if alike else None)

    def _write(self, row: CheckedRow, person: UUID | None, known: Record | None, values: Record) -> str:
        kept = known["status"] if known is not None and known["status"] in CHANGEABLE else "submitted"
        status = str(row.values["need_status"] or kept)
        if known is None:
            self._insert(row, person, values, status)
            return "inserted"
        self.touched.add(known["id"])
        compared = {**known, "windows": json.dumps(json.loads(known["windows"]))}
        differs = changed(compared, values)
        if known["status"] in ENDED and differs and not row.values["need_number"]:
            self._insert(row, person, values, status)
            return "inserted"
        if known["status"] not in CHANGEABLE:
            if differs:
                message = N_("The need {number} is already on its way and is not changed by a list.")
                fix = N_("Change it on its page, or write here what is recorded.")
                self.sheet.fault(row, "service", "need_locked", message, fix, number=known["number"])
            elif known["status"] not in ENDED and known["division"] != self.household["division"]:
                self.plan.update(Need, {**known, "division": self.household["division"], "updated_at": self.at})
            return "unchanged"
        return self._update(known, values, status)

    def _update(self, known: Record, values: Record, status: str) -> str:
        steps = (*CHANGEABLE, "confirmed")
        if steps.index(status) > steps.index(known["status"]):
            values |= self._status_columns(status, str(values.get("priority", known["priority"])))
        values["division"] = self.household["division"]
        if known["consent"] is None and self.ground is not None:
            values["consent"] = self.ground
        if not changed({**known, "windows": json.dumps(json.loads(known["windows"]))}, values):
            return "unchanged"
        self.plan.update(Need, {**known, **values, "updated_at": self.at, "version": known["version"] + 1})
        return "updated"

    def _insert(self, row: CheckedRow, person: UUID | None, values: Record, status: str) -> None:
        service = self.records.services[values["service"]]
        empty: Record = {
            "visits": service["visits"], "minutes": service["minutes"], "gender_required": "", "gender_wish": "",
            "language_wish": "", "windows": "[]", "excluded": [], "current_carer": None, "reason": "",
            "priority": priority_of(self.household["category"], urgent=False),
        }  # fmt: skip
        record: Record = {
            "id": uuid4(), "number": row.values["need_number"], "household": self.household["id"], "person": person,
            "division": self.household["division"], "qualifications": service["qualifications"],
            "kinds": list(service["kinds"]), "consent": self.ground, "binding_reason": "", "binding_detail": "{}",
            "submitted_by": None, "submitted_at": None, "confirmed_by": None, "confirmed_at": None, "due_at": None,
            "closed_reason": "", "created_by": self.actor.user, "created_at": self.at, "updated_at": self.at,
            "version": 1, **empty, **values,
        }  # fmt: skip
        record |= self._status_columns(status, record["priority"])
        if not record["number"]:
            self.plan.number(Need, record)
        self.plan.insert(Need, record)

    def _status_columns(self, status: str, priority: str) -> Record:
        if status == "draft":
            return {"status": "draft"}
        sent: Record = {"status": status, "submitted_by": self.actor.user, "submitted_at": self.at, "due_at": None}
        if status == "submitted":
            return {**sent, "due_at": deadline("confirm", priority, self.at, published_calendar())}
        return {**sent, "confirmed_at": self.at}
