"""The sample's rows as a matching problem, without a database (MATCHING.md, "How planning fills it")."""

from datetime import date
from decimal import Decimal

from bangfu.needs.catalogue import DEFAULTS
from bangfu.sample.city import City
from bangfu.sample.places import place
from bangfu.shared.civil_time import parse_weekly
from bangfu.shared.coordinates import to_wgs84
from bangfu.shared.identifiers import division_prefix
from matching import Carer, ContractLine, Need, Organisation, Problem, Weights

UNSERVED = {"urgent": 100_000, "key": 40_000, "edge": 20_000, "general": 10_000}
WEIGHTS = Weights(
    unserved=UNSERVED, per_km=100, gender_wish=200, language_wish=400, change_of_carer=500, per_yuan=1
)  # fmt: skip
SEX = {"女": "f", "男": "m"}
Row = dict[str, str]


def problem_of(city: City) -> Problem:
    """Every confirmed need of the city on its own day."""
    rows = city.rows
    areas = {row["uscc"]: tuple(map(division_prefix, row["service_area"].split("、"))) for row in rows["organisations"]}
    reach = {row["number"]: areas[row["organisation"]] for row in rows["carers"]}
    hours = {row["uscc"]: int(row["hours_per_4_weeks"] or 0) for row in rows["organisations"]}
    return Problem(
        as_of=city.as_of,
        detour=1.3,
        weights=WEIGHTS,
        organisations=tuple(Organisation(id=key, minutes_per_4_weeks=60 * value) for key, value in hours.items()),
        contract_lines=tuple(_line(row, city.as_of) for row in rows["contract_lines"] if _runs(row, city.as_of)),
        carers=tuple(_carer(row) for row in rows["carers"]),
        needs=tuple(_need(row, reach) for row in rows["households"] if row.get("need_status") == "confirmed"),
    )


def _runs(row: Row, as_of: date) -> bool:
    return row["starts_on"] <= as_of.isoformat() <= row["ends_on"]


def _line(row: Row, as_of: date) -> ContractLine:
    """What is left of the line, times four by the weeks left."""
    weeks = Decimal((date.fromisoformat(row["ends_on"]) - as_of).days + 1) / 7
    return ContractLine(
        organisation=row["organisation"],
        service=row["service"],
        unit_price_fen=int(Decimal(row["unit_price"]) * 100),
        max_visits=int(int(row["max_units"]) * 4 / weeks),
        max_fen=int(Decimal(row["max_amount"]) * 400 / weeks),
    )


def _carer(row: Row) -> Carer:
    return Carer(
        id=row["number"],
        organisation=row["organisation"] if row["kind"] == "worker" else None,
        kind=row["kind"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        speed_kmh=float(row["speed_kmh"]),
        max_km=float(row["max_km"]),
        minutes_per_4_weeks=int(row["hours_per_week"]) * 240,
        max_households=int(row["max_households"]),
        gender=SEX[row["sex"]],
        languages=tuple(row["languages"].split("、")),
        qualifications={
            code: date.fromisoformat(end)
            for code, _, end in (entry.partition(":") for entry in row["qualifications"].split(";"))
        },
        windows=tuple(parse_weekly(row["availability"])),
    )


def _need(row: Row, reach: dict[str, tuple[str, ...]]) -> Need:
    middle, service = place(row["division"]), next(found for found in DEFAULTS if found.code == row["service"])
    lat, lon = middle.lat, middle.lon
    if row["datum"]:
        lat, lon = to_wgs84(float(row["lat"]), float(row["lon"]), row["datum"])
    outside = {carer for carer, areas in reach.items() if not row["division"].startswith(areas)}
    return Need(
        id=row["need_number"],
        household=row["household_number"],
        lat=lat,
        lon=lon,
        service=row["service"],
        visits=int(row["visits"]),
        minutes=int(row["minutes"]),
        priority=row["priority"],
        qualifications=service.qualifications,
        kinds=service.kinds,
        gender_required=row["gender_required"] or None,
        gender_wish=row["gender_wish"] or None,
        language_wish=row["language_wish"] or row["household_language"] or None,
        windows=tuple(parse_weekly(row["windows"])),
        excluded=tuple(sorted(outside | set(filter(None, [row["excluded_carers"]])))),
        current=row["current_carer"] or None,
    )
