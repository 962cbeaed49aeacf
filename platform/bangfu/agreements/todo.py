"""What waits for a person about care agreements, for the start page."""

from datetime import datetime
from typing import Literal

from bangfu.agreements import coverage, rules
from bangfu.agreements.tables import CareAgreement
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount


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
            result.counts.append(TodoCount(_("Care agreements to make anew"), counts["anew"], "/agreements", "warn"))
    if allows(actor.roles, "agreements.own") and actor.organization is not None:
        rows = await CareAgreement.raw(
            "SELECT count(*) AS n FROM care_agreement a JOIN agreement_party p ON p.agreement = a.id"
            " AND p.role = 'institution' AND p.signed_at IS NULL WHERE a.organization = {}"
            " AND a.status = 'party_signing'",
            actor.organization,
        )
        result.counts.append(TodoCount(_("Care agreements to sign"), rows[0]["n"], "/my-agreements"))
    if actor.has("bureau_officer", "bureau_lead", "auditor"):
        without = sum(each.missing for each in await coverage.shares(actor, civil_date(at), 9))
        level: Literal["warn", "ok"] = "warn" if without else "ok"
        result.counts.append(TodoCount(_("People without a care agreement"), without, "/agreements/coverage", level))
    return result
