"""What leaks of a mandatory report beside its own pages: nothing but that there is something (DOMAIN.md 8.2)."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from bangfu.incidents import actions
from bangfu.incidents.actions import Harm
from bangfu.incidents.tables import Incident
from bangfu.messages.channels.webhook import document
from bangfu.messages.rendering import render
from bangfu.messages.rules import CHANNELS
from bangfu.shared.clock import now
from tests.support import VILLAGE, World


async def test_a_board_says_neither_where_the_child_lives_nor_who_handles_it(world: World, visit: Any) -> None:
    await actions.report(world["volunteer"], uuid4(), Harm("听见孩子哭喊", division=VILLAGE), now())
    rows = await Incident.raw("SELECT id, subject FROM supervision_task WHERE kind = {}", actions.POLICE)
    for name in ("dispatcher", "auditor", "lead"):
        other = await visit(name)
        for path in ("/supervision/list", f"/supervision/{rows[0]['id']}"):
            page = (await other.get(path)).text.split("<main", 1)[1]
            assert "Tell the police of a mandatory report" in page
            assert f"/incidents/{rows[0]['subject']}" not in page
        assert "柳树村" not in page


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("kind", "href"),
    [
        ("incident", "/incidents/6f"),
        ("child_red", "/children/6f"),
        ("consent_withdrawn", "/households/6f"),
        ("supervision_reminder", "/children/6f"),
        ("supervision_reminder", "/incidents/6f"),
    ],
)
def test_no_other_channel_learns_what_is_feared_from_a_kind_or_an_address(channel: str, kind: str, href: str) -> None:
    made = render(
        channel, uuid4(), kind, {"number": "QB-000001"}, href, portal="https://p.example", lang="en",
        occurred_at=datetime.now(UTC),
    )  # fmt: skip
    told = f"{made} {document('someone', made)}"
    assert not [word for word in ("incident", "child", "consent", "/households/") if word in told]
    assert made.href == "/inbox"
