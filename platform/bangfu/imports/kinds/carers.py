"""Workers of organisations, social workers and volunteers with certificates and weekly hours (DOMAIN.md 2.3, 2.4)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bangfu.households.sealing import seal
from bangfu.imports.kinds.base import Kind, barring_stands, covers, is_manager, reaches
from bangfu.imports.kinds.carer_certificates import certificates_of, plan_certificates
from bangfu.imports.kinds.carer_fields import EXAMPLE, carer_fields
from bangfu.imports.kinds.carer_papers import GRACE_DAYS, Papers, papers_of, plan_papers, sound_papers
from bangfu.imports.kinds.persons import check_against_id, sex_of
from bangfu.imports.kinds.places import division_of, location_of, stands_there
from bangfu.imports.kinds.references import (
    Divisions,
    divisions_for,
    organisations,
    organisations_by_id,
)
from bangfu.imports.kinds.standing import unmasked
from bangfu.imports.kinds.team import own_employer, own_person, team_scope
from bangfu.imports.plan import Plan, Record, Sheet, changed
from bangfu.providers.carer_tables import GuardianConsent, VolunteerInsurance
from bangfu.providers.tables import Availability, Carer, Qualification
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.coordinates import SPEED_KMH
from bangfu.shared.crypto import blind_index
from bangfu.shared.faults import N_
from bangfu.shared.identifiers import ResidentId
from bangfu.shared.names import sort_key
from bangfu.shared.tabular import CheckedRow

FARTHEST_KM = {"walk": 5.0, "ebike": 10.0, "car": 30.0}
"""DOMAIN.md 2.4 [D], as are the next ones: minutes a week and households at most."""
WEEKLY = {"worker": (2400, 20), "social_worker": (2400, 30), "volunteer": (480, 5)}


@dataclass(slots=True)
class _Known:
    """What the database holds about the people of the list."""

    carers: list[Record]
    qualifications: dict[UUID, dict[str, list[Record]]]
    windows: dict[UUID, list[Record]]
    papers: Papers
    organisations: dict[str, Record]
    employers: dict[UUID, Record]
    """The organisations that the known carers work for, by id."""
    divisions: Divisions


async def plan_carers(actor: Actor, sheet: Sheet, at: datetime) -> Plan:
    """New and changed carers; certificates are added or renewed by code, weekly hours replaced as a whole.

    The list of a manager holds people of the own organisation only; its certificates wait to be verified.
    """
    rows = list(sheet.distinct("kind", "division", "name", "sex"))
    if is_manager(actor):
        actor = await team_scope(actor)
    known = await _known(actor, rows)
    return await asyncio.to_thread(_Planner(actor, sheet, known, at).plan, rows)


async def _known(actor: Actor, rows: list[CheckedRow]) -> _Known:
    ids = [blind_index(str(row.values["id_number"] or ""), "id_number") for row in rows]
    phones = [blind_index(str(row.values["phone"] or ""), "phone") for row in rows]
    carers = await Carer.raw(
        "SELECT * FROM carer WHERE number = ANY({}) OR (id_number_index <> '' AND id_number_index = ANY({}))"
        " OR (phone_index <> '' AND phone_index = ANY({}))",
        sorted({str(row.values["number"] or "") for row in rows} - {""}),
        sorted(set(ids) - {""}),
        sorted(set(phones) - {""}),
    )
    keys = [carer["id"] for carer in carers]
    windows: dict[UUID, list[Record]] = {}
    for row in await Availability.raw("SELECT * FROM availability WHERE carer = ANY({})", keys):
        windows.setdefault(row["carer"], []).append(row)
    return _Known(
        carers,
        await certificates_of(keys),
        windows,
        await papers_of(keys),
        await organisations(str(row.values["organisation"] or "") for row in rows),
        await organisations_by_id(carer["organization"] for carer in carers),
        await divisions_for(actor, [str(row.values["division"]) for row in rows]),
    )


class _Planner:
    def __init__(self, actor: Actor, sheet: Sheet, known: _Known, at: datetime) -> None:
        self.actor, self.sheet, self.known, self.at = actor, sheet, known, at
        self.by_number = {carer["number"]: carer for carer in known.carers}
        self.by_id = {(c["id_number_index"], _employer(c)): c for c in known.carers if c["id_number_index"]}
        self.by_phone = {(c["phone_index"], c["name"], _employer(c)): c for c in known.carers if c["phone_index"]}
        self.seen: dict[tuple[str, object], int] = {}
        self.result = Plan(
            inserts={Carer: [], Qualification: [], Availability: [], VolunteerInsurance: [], GuardianConsent: []}
        )

    def plan(self, rows: list[CheckedRow]) -> Plan:
        for row in rows:
            self._take(row)
        return self.result

    def _take(self, row: CheckedRow) -> None:
        values = self._values(row)
        if values is None or not unmasked(self.sheet, [row]) or self._repeated(row, values):
            return
        known = self._recognised(row, values)
        if known is not None and self._belongs_elsewhere(row, known, values):
            return
        if not barring_stands(self.actor, self.sheet, row, known) or not sound_papers(self.sheet, row):
            return
        place = self._place(row, values, known)
        if known is None:
            carer = self._new(row, values, place)
            self.result.insert(Carer, carer)
            self._ask_for_place(row, carer["id"], place)
            plan_certificates(self.result, self.actor, row, carer["id"], {}, self.at)
            self._hours(row, carer["id"], [])
            plan_papers(self.result, row, carer["id"], self.known.papers, self.at)
            self.result.tell(row.number, "inserted", carer)
            return
        self._ask_for_place(row, known["id"], place)
        differs = self._update(row, known, {**values, **place})
        held = self.known.qualifications.get(known["id"], {})
        differs |= plan_certificates(self.result, self.actor, row, known["id"], held, self.at)
        differs |= self._hours(row, known["id"], self.known.windows.get(known["id"], []))
        differs |= plan_papers(self.result, row, known["id"], self.known.papers, self.at)
        self.result.tell(row.number, "updated" if differs else "unchanged", known)

    def _values(self, row: CheckedRow) -> Record | None:
        given: dict[str, Any] = row.values
        division = division_of(self.actor, self.sheet, row, self.known.divisions, civil_date(self.at))
        employer = self._employer_of(row)
        check_against_id(self.sheet, row, given["id_number"], given["sex"], given["birth_date"])
        if division is None or employer is False:
            return None
        if not (given["number"] or given["id_number"] or given["phone"] or row.faulty):
            message = N_("Without a number, an ID number or a phone this person could not be recognised again.")
            self.sheet.fault(row, "number", "carer_unrecognisable", message, N_("Fill in one of the three."))
            return None
        born = given["id_number"].birth_date if isinstance(given["id_number"], ResidentId) else given["birth_date"]
        plain = ("number", "kind", "name", "travel_mode", "max_households", "blacklist_until")
        values: Record = {name: given[name] for name in plain}
        values |= {"organization": employer, "division": division.code, "sex": sex_of(given["sex"]), "birth_date": born}
        values |= {"languages": given["languages"] or None, "pinyin": sort_key(given["name"])[:200]}
        values |= {name: None if given[name] is None else float(given[name]) for name in ("speed_kmh", "max_km")}
        hours = given["hours_per_week"]
        values["training_level"] = None if given["training_level"] is None else int(given["training_level"])
        values["minutes_per_week"] = None if hours is None else int(hours * 60)
        values["id_number_index"] = blind_index(str(given["id_number"] or ""), "id_number") or None
        values["phone_index"] = blind_index(str(given["phone"] or ""), "phone") or None
        return {name: value for name, value in values.items() if value is not None}

    def _employer_of(self, row: CheckedRow) -> UUID | bool | None:
        """The organisation's id, None without one, False after a fault."""
        uscc = row.values["organisation"]
        if is_manager(self.actor):
            return own_employer(self.actor, self.sheet, row, self.known.organisations)
        if uscc is None:
            if row.values["kind"] != "worker":
                return None
            message = N_("A provider's worker needs the credit code of the organisation.")
            self.sheet.fault(row, "organisation", "employer_missing", message, N_("Fill in the credit code."))
            return False
        found = self.known.organisations.get(str(uscc))
        if found is None:
            message = N_("No organisation with this social credit code is known.")
            self.sheet.fault(row, "organisation", "organisation_unknown", message, N_("Import the organisation first."))
            return False
        if not reaches(self.actor, found):
            message, fix = N_("{name} lies outside of your area."), N_("Leave the row to the people of that area.")
            self.sheet.fault(row, "organisation", "outside_scope", message, fix, name=found["name"])
            return False
        return UUID(str(found["id"]))

    def _repeated(self, row: CheckedRow, values: Record) -> bool:
        """Whether number or ID number (with the same employer) stand already in an earlier row: a fault."""
        keys = {"number": values.get("number"), "id_number": values.get("id_number_index")}
        for field, value in keys.items():
            key = (field, (value, _employer(values)) if field == "id_number" else value)
            if value and key in self.seen:
                message = N_("This person stands already in row {row}, with other values.")
                fix = N_("Keep one of the two rows.")
                self.sheet.fault(row, field, "duplicate", message, fix, row=self.seen[key])
                return True
            if value:
                self.seen[key] = row.number
        return False

    def _recognised(self, row: CheckedRow, values: Record) -> Record | None:
        if values.get("number"):
            return self.by_number.get(values["number"])
        if values.get("id_number_index"):
            return self.by_id.get((values["id_number_index"], _employer(values)))
        return self.by_phone.get((values.get("phone_index", ""), values["name"], _employer(values)))

    def _belongs_elsewhere(self, row: CheckedRow, known: Record, values: Record) -> bool:
        """An ID number of another carer of the same employer, or a carer of another area, is a fault."""
        other = self.by_id.get((values.get("id_number_index", ""), _employer(values)))
        if other is not None and other["id"] != known["id"]:
            message = N_("This ID number belongs to carer {number}.")
            fix = N_("Compare number and ID number of the two.")
            self.sheet.fault(row, "id_number", "id_of_another", message, fix, number=other["number"])
            return True
        if is_manager(self.actor):
            return not own_person(self.actor, self.sheet, row, known)
        employer = self.known.employers.get(known["organization"])
        if not covers(self.actor, known["division"]) or (employer is not None and not reaches(self.actor, employer)):
            message = N_("This number belongs to a carer outside of your area.")
            self.sheet.fault(row, "number", "outside_scope", message, N_("Use another number."))
            return True
        return False

    def _place(self, row: CheckedRow, values: Record, known: Record | None) -> Record:
        """Own coordinates, else the nearest known division point for people without a place."""
        if point := location_of(self.sheet, row):
            if stands_there(known, point) and known and known["location_source"] not in ("none", "division"):
                return {}
            return {"lat": point[0], "lon": point[1], "location_source": "import"}
        moved = known is not None and known["division"] != values["division"] and known["location_source"] == "division"
        if known is not None and known["location_source"] != "none" and not moved:
            return {}
        near = self.known.divisions.point_near(values["division"])
        if near is None:
            self.sheet.note("no_location")
            return {}
        self.sheet.note("approximate")
        return {"lat": near[0][0], "lon": near[0][1], "location_source": "division"}

    def _ask_for_place(self, row: CheckedRow, carer: UUID, place: Record) -> None:
        if row.values["address"] and place.get("location_source") == "division":
            sealed = seal("carer", "address", carer, str(row.values["address"]))
            self.result.carers_to_locate.append((carer, sealed))

    def _new(self, row: CheckedRow, values: Record, place: Record) -> Record:
        carer = uuid4()
        minutes, households = WEEKLY[values["kind"]]
        travel = values.get("travel_mode", "ebike")
        empty: Record = {
            "organization": None, "birth_date": None, "id_number_index": "", "phone_index": "", "languages": [],
            "lat": None, "lon": None, "location_source": "none", "travel_mode": "ebike", "speed_kmh": SPEED_KMH[travel],
            "max_km": FARTHEST_KM[travel], "minutes_per_week": minutes, "max_households": households,
            "blacklist_until": None, "active": True, "created_at": self.at, "training_level": 0, "insurance_by": None,
        }  # fmt: skip
        if values["kind"] == "volunteer" and row.values["insured_until"] is None:
            empty["insurance_by"] = civil_date(self.at) + timedelta(days=GRACE_DAYS)
        record = {**empty, "id": carer, **values, **place, **self._sealed(row, carer)}
        if "number" not in values:
            self.result.number(Carer, record)
        return record

    def _sealed(self, row: CheckedRow, carer: UUID) -> Record:
        id_number, phone = str(row.values["id_number"] or ""), str(row.values["phone"] or "")
        return {
            "id_number_enc": seal("carer", "id_number_enc", carer, id_number),
            "phone_enc": seal("carer", "phone_enc", carer, phone),
        }

    def _update(self, row: CheckedRow, known: Record, values: Record) -> bool:
        if not changed(known, values):
            return False
        sealed = {name: value for name, value in self._sealed(row, known["id"]).items() if value}
        self.result.update(Carer, {**known, **values, **sealed, "version": known["version"] + 1})
        return True

    def _hours(self, row: CheckedRow, carer: UUID, known: list[Record]) -> bool:
        given: Any = row.values["availability"]
        if given is None:
            return False
        before = sorted((span["weekday"], span["start_minute"], span["end_minute"]) for span in known)
        if before == sorted(tuple(window) for window in given):
            return False
        self.result.delete(Availability, [span["id"] for span in known])
        for day, start, end in given:
            span = {"id": uuid4(), "carer": carer, "weekday": day, "start_minute": start, "end_minute": end}
            self.result.insert(Availability, span)
        return True


def _employer(carer: Record) -> str:
    """As the unique index of the table: one entry of a person per employer, or per kind without one."""
    return str(carer.get("organization") or carer["kind"])


CARERS = Kind(
    "carers",
    carer_fields,
    frozenset({"kind", "division", "name", "sex"}),
    plan_carers,
    (EXAMPLE,),
    team=True,
)
