"""What was said about a child under 14 is for those who work with children (DOMAIN.md 9.1)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from bangfu.households.sealing import seal
from bangfu.outreach.tables import OutreachContact, OutreachRow
from bangfu.shared.clock import now, today
from tests.assessments.steps import home_with
from tests.support import VILLAGE, World


async def test_what_was_said_about_a_child_is_hidden_from_who_does_not_work_with_children(
    world: World, visit: Any
) -> None:
    household, child = await home_with(birth=today() - timedelta(days=3000))
    row, said = uuid4(), uuid4()
    same: dict[str, Any] = {
        "household": household, "person": child, "division": VILLAGE, "service": "visit_check", "fingerprint": "x",
    }  # fmt: skip
    await OutreachRow(
        id=row, norm="child_red.1", kind="missing", child=True, times=1, period="week", visits=4, has_visits=0,
        since=today(), as_of=now(), **same,
    ).save()  # fmt: skip
    await OutreachContact(
        id=said, channel="phone", result="other", words_enc=seal("outreach_contact", "words_enc", said, "孩子说想妈妈"),
        made_by=world["coordinator"].me, made_at=now(), **same,
    ).save()  # fmt: skip
    shown = {}
    for name in ("worker", "officer", "dispatcher", "auditor", "coordinator"):
        page = await (await visit(name)).get(f"/outreach/{row}")
        assert page.status_code == 200
        shown[name] = "想妈妈" in page.text
    assert shown == {"worker": True, "officer": True, "dispatcher": False, "auditor": False, "coordinator": False}
