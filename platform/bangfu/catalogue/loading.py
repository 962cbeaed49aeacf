"""The catalogue that comes with the program: loaded where its codes are missing; what an operator published stays."""

import csv
import json
from collections.abc import Mapping
from datetime import date
from importlib import resources
from typing import Any, Final

from bangfu.catalogue.tables import CatalogueItem, ServiceDefault, ServiceNorm
from bangfu.needs.tables import Service
from bangfu.shared.names import search_terms

SINCE: Final = date(2026, 1, 1)
"""The first day of the shipped versions."""
POLICY: Final = "2026"


def shipped(name: str) -> list[dict[str, str]]:
    """The rows of a file of catalogue/data: `items` or `norms`."""
    text = (resources.files("bangfu.catalogue") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def terms_of(code: str, zh: str, en: str) -> str:
    """What an item is found by, between spaces: its code, characters, pinyin, initials, English words."""
    words = [word.strip(",.()").lower() for word in en.split()]
    return " ".join(dict.fromkeys([code.lower(), *search_terms(zh, person=False), *words]))


async def load_defaults() -> None:
    """Add the items, norms and usual values whose codes are not there, published for SINCE."""
    there = await CatalogueItem.raw(
        "SELECT 'i' || code AS code FROM catalogue_item UNION SELECT 'n' || code FROM service_norm"
        " UNION SELECT 's' || code FROM service_default"
    )
    known = {row["code"] for row in there}
    items = [_item(row) for row in shipped("items") if f"i{row['code']}" not in known]
    norms = [_norm(row) for row in shipped("norms") if f"n{row['code']}" not in known]
    defaults = [_default(row) for row in await Service.objects() if f"s{row.code}" not in known]
    for table, rows in ((CatalogueItem, items), (ServiceNorm, norms), (ServiceDefault, defaults)):
        if rows:
            await table.insert(*rows).on_conflict(action="DO NOTHING")


_FIRST: Final[Mapping[str, Any]] = {"version": 1, "status": "published", "valid_from": SINCE}


def _item(row: Mapping[str, str]) -> CatalogueItem:
    plain: dict[str, Any] = {name: row[name] for name in row if name not in {"minutes", "kinds", "targets"}}
    return CatalogueItem(
        **plain, **_FIRST, minutes=int(row["minutes"]), kinds=row["kinds"].split(), targets=row["targets"].split(),
        terms=terms_of(row["code"], row["zh"], row["en"]),
    )  # fmt: skip


def _norm(row: Mapping[str, str]) -> ServiceNorm:
    numbers: dict[str, Any] = {name: int(row[name]) for name in ("times", "minutes", "within_hours")}
    plain: dict[str, Any] = {name: row[name] for name in row if name not in {*numbers, "on_request"}}
    return ServiceNorm(**plain, **numbers, **_FIRST, on_request=row["on_request"] == "yes", policy_version=POLICY)


def _default(row: Service) -> ServiceDefault:
    qualifications = row.qualifications if isinstance(row.qualifications, str) else json.dumps(row.qualifications)
    return ServiceDefault(
        **_FIRST, code=row.code, minutes=row.minutes, visits=row.visits, kinds=row.kinds, qualifications=qualifications
    )
