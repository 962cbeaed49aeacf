"""The sample city: made-up people around the real places of Changzhou, the same for every `as_of` but for its dates.

All draws come from one seed and none depends on the date: another `as_of` shifts birth dates, certificates, contracts
and consents by as many days and changes nothing else, so that a demo looks alike in spring and in autumn.

Measured (seeds 1 to 3, 4 to 20 seconds, days from November 2026 to February 2028): about 1,400 confirmed needs, 90.7 %
served; unserved: too_far 46, no_capacity 30, no_time 14, no_qualified 11, no_kind 10, budget 10, excluded 9. The first
five do not depend on the solver. What makes them so stands in demand.py, organisations.py and carers.py.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from bangfu.sample.carers import STAFF, carer_rows
from bangfu.sample.households import Staff, household_rows
from bangfu.sample.organisations import contract_rows, organisation_rows
from bangfu.sample.people import People
from bangfu.sample.places import division_rows

SEED = 20261
Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class City:
    """The sample's lists, keyed by import kind in the order in which they have to be taken."""

    as_of: date
    rows: Mapping[str, Rows]

    def digest(self) -> str:
        """A fingerprint of all rows."""
        return hashlib.sha256(json.dumps(self.rows, ensure_ascii=False).encode()).hexdigest()


def make_city(as_of: date, seed: int = SEED) -> City:
    """The sample city as it stands on a day; dates of birth, certificates and contracts are counted from it."""
    people = People(Random(seed), as_of)
    organisations = organisation_rows(people)
    carers = carer_rows(people)
    trades = [trade for _, trade, towns in STAFF for _ in towns.split()]
    staff = [
        Staff(row["number"], trade, float(row["lat"]), float(row["lon"]))
        for row, trade in zip(carers, trades, strict=True)
    ]
    return City(
        as_of,
        {
            "divisions": division_rows(),
            "organisations": organisations,
            "carers": carers,
            "contract_lines": contract_rows(as_of),
            "households": household_rows(people, staff),
        },
    )
