"""Where the home is, and what a proof says about it: the verdict is kept, the point only where the household consents
to keeping it (DOMAIN.md 5.2, 9.1, 9.4, 9.6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bangfu.errors import N_, FormError
from bangfu.households.consents import ground_for
from bangfu.shared.civil_time import civil_date
from bangfu.shared.coordinates import Point, to_wgs84
from bangfu.shared.crypto import encrypt
from bangfu.visits import door_rules
from bangfu.visits.codes import home_code_of, spend_call_code
from bangfu.visits.door_data import Proof
from bangfu.visits.door_rules import Place
from bangfu.visits.tables import Visit

ROUGH_HOME_M: Final = 500
"""A home whose own place is less sure than this says nothing about who stands where."""
WRONG_CODE: Final = N_("This code does not fit this home or is no longer valid. Check it, or choose another way.")
WRONG_CALL: Final = N_("This code is wrong, was used or has run out. Call again for a new one, or choose another way.")


@dataclass(frozen=True, slots=True)
class HomePlace:
    """The home's point in WGS-84, None where it is not known well enough; whether its village is rural."""

    point: Point | None
    rural: bool


async def place_of_home(household: UUID) -> HomePlace:
    """The home as the register knows it; the middle of a village is no home."""
    rows = await Visit.raw(
        "SELECT h.lat, h.lon, h.location_source, h.location_accuracy_m, coalesce(d.rural, false) AS rural"
        " FROM household h LEFT JOIN division d ON d.code = h.division WHERE h.id = {}",
        household,
    )
    row = rows[0]
    rough = row["location_source"] == "division" or (row["location_accuracy_m"] or 0) > ROUGH_HOME_M
    known = row["lat"] is not None and row["lon"] is not None and not rough
    return HomePlace((row["lat"], row["lon"]) if known else None, row["rural"])


def point_of(proof: Proof) -> Point | None:
    """The proof's position in WGS-84; only a location counts as one."""
    if proof.method != "gps" or proof.lat is None or proof.lon is None:
        return None
    return to_wgs84(proof.lat, proof.lon, proof.crs)


async def judged(row: Visit, proof: Proof) -> Place:
    """The verdict on one proof: by code, by distance, or unknown."""
    if proof.method == "home_code":
        return Place(None, "code")
    home = await place_of_home(row.household)
    return door_rules.judge(home.point, point_of(proof), proof.accuracy_m, home.rural)


async def sealed_point(row: Visit, proof: Proof, at: datetime) -> str:
    """The point, sealed, where the household has consented to keeping it; else nothing is kept but the verdict."""
    point = point_of(proof)
    if point is None:
        return ""
    about = await Visit.raw("SELECT person FROM need WHERE id = {}", row.need)
    if await ground_for(row.household, "location", civil_date(at), about[0]["person"] if about else None) is None:
        return ""
    return encrypt(f"{point[0]:.6f},{point[1]:.6f}", f"visit_proof:point_enc:{proof.key}")


async def checked_code(row: Visit, side: str, proof: Proof, at: datetime) -> UUID | None:
    """The code that was shown, used up where it is a one-time code; None for methods without one.

    Raises:
        FormError: naming `code`, if it does not hold.
    """
    if proof.method not in {"home_code", "call_code"}:
        return None
    by_call = proof.method == "call_code"
    found = (
        await spend_call_code(row.id, proof.code, at, side) if by_call
        else await home_code_of(row.household, proof.code, at)
    )  # fmt: skip
    if found is None:
        raise FormError({"code": (WRONG_CALL if by_call else WRONG_CODE, {})})
    return found
