"""The sample's consents beyond the imported ones: photos and positions, a withdrawal, a request about one's data."""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.households.consent_actions import TakenBack, record_ground, withdraw_ground
from bangfu.households.facts import Ground
from bangfu.households.tables import Consent, Household
from bangfu.privacy.actions import decide_request, record_request
from bangfu.privacy.tables import PrivacyRequest
from bangfu.sample.accounts import actor_of
from bangfu.shared.civil_time import civil_date

_HOMES = (
    "SELECT h.id, p.id AS person, p.name FROM household h JOIN person p ON p.household = h.id AND p.is_head"
    " WHERE h.division LIKE {} AND h.status = 'active' AND p.birth_date < '1990-01-01'"
    " AND EXISTS (SELECT 1 FROM consent c WHERE c.household = h.id AND c.withdrawn_at IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM need n WHERE n.household = h.id AND n.status IN"
    " ('matching', 'assigned', 'in_service', 'suspended')) ORDER BY h.number LIMIT 6"
)


async def load(at: datetime) -> None:
    """Six households of the officer's township; loading again changes nothing."""
    coordinator, officer = await actor_of("coordinator"), await actor_of("officer")
    if await PrivacyRequest.count() or await Consent.exists().where(Consent.id == _key("photo", 0)):
        return
    homes = await Household.raw(_HOMES, f"{coordinator.scope}%")
    day = civil_date(at) - timedelta(days=20)
    for place, home in enumerate(homes[:4]):
        more = ("photo", "location") if place % 2 == 0 else ("photo",)
        ground = Ground(
            "consent", giver=home["name"], method="paper", given_on=day, purposes=("service", "share_provider", *more),
            text_version="2026-1", valid_until=day + timedelta(days=365), scan=f"同意书 2026-{place + 1:03d}",
        )  # fmt: skip
        await record_ground(coordinator, home["id"], _key("photo", place), ground, at)
    if len(homes) > 1:
        await _withdraw(coordinator, homes, at)
        await _ask(officer, homes, at)


async def _withdraw(coordinator: Any, homes: list[dict[str, Any]], at: datetime) -> None:
    """One takes back the photos only, one everything that was consented to."""
    first, second = homes[:2]
    said = civil_date(at) - timedelta(days=2)
    part = TakenBack(first["name"], "self", "spoken", said, ("photo",))
    await withdraw_ground(coordinator, first["id"], _key("photo", 0), part, at)
    whole = TakenBack(second["name"], "self", "paper", said, (), others=False)
    await withdraw_ground(coordinator, second["id"], _key("photo", 1), whole, at)


async def _ask(officer: Any, homes: list[dict[str, Any]], at: datetime) -> None:
    """A copy that is still to be handed out, and a correction that was answered."""
    first, last = homes[0], homes[-1]
    await record_request(
        officer,
        _key("request", 0),
        first["id"],
        first["person"],
        "access",
        first["name"],
        "self",
        "想知道登记了哪些信息",
        at,
    )
    done = await record_request(
        officer, _key("request", 1), last["id"], last["person"], "correction", last["name"], "self",
        "出生日期登记错误，以户口簿为准", at,
    )  # fmt: skip
    await decide_request(officer, done, "answer", "已核对户口簿并更正。", at)


def _key(kind: str, place: int) -> UUID:
    """Always the same id, so that a second load finds what the first one made."""
    return uuid5(NAMESPACE_URL, f"bangfu-sample-consent-{kind}-{place}")
