"""What waits for a person about care agreements, for the start page."""

from datetime import datetime
from typing import Final, Literal

from bangfu.agreements import coverage, rules
from bangfu.agreements.tables import CareAgreement
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import MOST_WAITING, Todo, TodoCount, TodoRow, rows_wanted

ROWS: Final = 3
"""Rows on the start page; the number above them opens the rest."""
_ANEW: Final = "agreements-to-make-anew"
_SIGN: Final = "agreements-to-sign"


async def todo(actor: Actor, at: datetime) -> Todo:
    """Township officers: what is due for renewal, to be made anew, being signed; institutions: what they have to
    sign; bureau and auditor: who has none."""
    result = Todo()
    if allows(actor.roles, "agreements.draft"):
        rows = await CareAgreement.raw(
            "SELECT count(*) FILTER (WHERE status = 'renewal_due') AS renew,"
            " count(*) FILTER (WHERE status IN ('active', 'renewal_due') AND outdated_by IS NOT NULL) AS anew,"
            " count(*) FILTER (WHERE status = 'party_signing') AS signing FROM care_agreement"
            " WHERE status = ANY({}::varchar[]) AND division LIKE {}",
            sorted(rules.ALIVE), f"{actor.scope}%" if actor.scope else "",
        )  # fmt: skip
        counts = rows[0]
        href = "/agreements?state="
        result.counts += [
            TodoCount(_("Care agreements to renew"), counts["renew"], href + "renewal_due", "warn"),
            TodoCount(_("Care agreements being signed"), counts["signing"], href + "party_signing"),
        ]
        if counts["anew"]:
            label = _("Care agreements to make anew")
            result.counts.append(TodoCount(label, counts["anew"], "/agreements", "warn", of=_ANEW))
            anew = await _rows(
                "a.status IN ('active', 'renewal_due') AND a.outdated_by IS NOT NULL AND a.division LIKE {}",
                f"{actor.scope}%" if actor.scope else "", "/agreements", _("Open the agreement"), label, _ANEW,
            )  # fmt: skip
            result.rows += anew[: rows_wanted(ROWS)]
    if allows(actor.roles, "agreements.own") and actor.organization is not None:
        label = _("Care agreements to sign")
        found = await _rows(
            "a.status = 'party_signing' AND EXISTS (SELECT 1 FROM agreement_party p WHERE p.agreement = a.id"
            " AND p.role = 'institution' AND p.signed_at IS NULL) AND a.organization = {}",
            actor.organization, "/my-agreements", _("Read and sign"), label, _SIGN,
        )  # fmt: skip
        result.counts.append(TodoCount(label, len(found), "/my-agreements", of=_SIGN))
        result.rows += found[: rows_wanted(ROWS)]
    if actor.has("bureau_officer", "bureau_lead", "auditor"):
        without = sum(each.missing for each in await coverage.shares(actor, civil_date(at), 9))
        level: Literal["warn", "ok"] = "warn" if without else "ok"
        result.counts.append(TodoCount(_("People without a care agreement"), without, "/agreements/coverage", level))
    return result


async def _rows(where: str, value: object, base: str, button: str, label: str, of: str) -> list[TodoRow]:
    """Agreements by the day on which they end."""
    rows = await CareAgreement.raw(
        "SELECT a.id, a.number, coalesce(d.name, '') AS village FROM care_agreement a"  # noqa: S608 (constants)
        f" LEFT JOIN division d ON d.code = a.division WHERE {where} ORDER BY a.ends_on, a.number LIMIT {MOST_WAITING}",
        value,
    )
    return [TodoRow(f"{label} · {row['number']}", row["village"], f"{base}/{row['id']}", button, of=of) for row in rows]
