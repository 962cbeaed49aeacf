"""Certificates of a list beside those that are recorded already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.imports.kinds.qualifications import Certificate
from bangfu.imports.kinds.team import verification, verifies
from bangfu.imports.plan import Plan, Record
from bangfu.providers.tables import Qualification
from bangfu.shared.actor import Actor
from bangfu.shared.tabular import CheckedRow

Held = dict[str, list[Record]]
"""Code -> the certificates of one carer that are not rejected, the one that ends last at the end."""


async def certificates_of(carers: Iterable[UUID]) -> dict[UUID, Held]:
    """What known carers hold, by carer and code."""
    found: dict[UUID, Held] = {}
    for row in await Qualification.raw(
        "SELECT * FROM qualification WHERE carer = ANY({}) AND status <> 'rejected' ORDER BY expires_on, id",
        list(carers),
    ):
        found.setdefault(row["carer"], {}).setdefault(row["code"], []).append(row)
    return found


def plan_certificates(plan: Plan, actor: Actor, row: CheckedRow, carer: UUID, known: Held, at: datetime) -> bool:
    """New and renewed certificates become rows; whether there was one.

    What the list of an office that verifies says takes the place of what a list said before. Others take nothing away:
    until the renewal is verified, the old certificate counts. What was handed in on a page always stays.
    """
    given: Any = row.values["qualifications"] or ()
    differs = False
    for certificate in given:
        before = known.get(certificate.code, [])
        if any(_same(one, certificate) for one in before):
            continue
        differs = True
        listed = [one for one in before if one["entered_by"] is None]
        if listed and verifies(actor):
            plan.delete(Qualification, [one["id"] for one in listed])
        last = listed[-1] if listed else {"number": "", "issuer": ""}
        plan.insert(Qualification, {
            "id": uuid4(), "carer": carer, "code": certificate.code, "number": certificate.number or last["number"],
            "issuer": certificate.issuer or last["issuer"], "issued_on": certificate.issued_on,
            "expires_on": certificate.expires_on, **verification(actor, at),
        })  # fmt: skip
    return differs


def _same(before: Record, certificate: Certificate) -> bool:
    return bool(
        before["expires_on"] == certificate.expires_on
        and certificate.number in ("", before["number"])
        and certificate.issuer in ("", before["issuer"])
        and certificate.issued_on in (None, before["issued_on"])
    )
