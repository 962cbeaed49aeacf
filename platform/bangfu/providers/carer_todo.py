"""What waits for a person about carers, for the start page."""

from datetime import datetime

from bangfu.providers.certificates_queries import waiting
from bangfu.providers.expiries import count_endings
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import _, word
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow

ROWS = 5


async def todo(actor: Actor, at: datetime) -> Todo:
    """Who verifies: certificates that wait; who keeps records: what ends within 60 days or is over."""
    result, today = Todo(), civil_date(at)
    if allows(actor.roles, "qualifications.verify"):
        rows, total = await waiting(actor, today, ROWS, 0)
        if total:
            result.counts.append(TodoCount(_("Certificates to verify"), total, "/certificates", "warn"))
        result.rows += [
            TodoRow(
                what=word("qualification", row["code"]), who=f"{row['name']} {row['number']}",
                href=f"/carers/{row['id']}", button=_("Verify certificate"), since=row["entered_at"],
            )
            for row in rows
        ]  # fmt: skip
    if allows(actor.roles, "carers.keep"):
        ending = await count_endings(actor, today)
        if ending:
            label = _("Certificates and policies that end")
            result.counts.append(TodoCount(label, ending, "/carers/expiring", "warn"))
    return result
