"""The sample's outreach: the list is computed, some were asked, the quarter's verification is under way."""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.outreach import quarters, refreshing
from bangfu.outreach.contacting import contact
from bangfu.outreach.facts import Contact, Verified
from bangfu.outreach.tables import OutreachRow, QuarterLine, QuarterList
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import civil_date

_SAID: Final = (
    ("phone", "interested", "电话中表示愿意，约定周三上门登记"),
    ("visit", "refused", "本人说暂时能自理，两个月后再看"),
    ("phone", "unreachable", ""),
    ("wechat", "interested", "家属微信回复同意"),
)
_FOUND: Final = (
    Verified("at_home", "visit", "本人在家，精神尚好，灶具已检查"),
    Verified("at_home", "visit", "本人在家，与邻居一同确认"),
    Verified("selfcare_changed", "visit", "下床需搀扶，较上季度变差"),
    Verified("at_home", "phone", "电话中本人应答，村干部前日见过"),
    Verified("in_institution", "institution", "镇供养服务中心名册核对，本月入住"),
)


async def load(at: datetime) -> None:
    """Once; a second load finds the quarterly lists."""
    if await QuarterList.exists():
        return
    coordinator = await actor_of("coordinator")
    await refreshing.refresh_all(at)
    rows = await OutreachRow.objects().where(OutreachRow.division.like(f"{OFFICER_TOWN}%")).order_by(
        OutreachRow.kind, OutreachRow.household
    ).limit(len(_SAID))  # fmt: skip
    for place, (row, (channel, result, words)) in enumerate(zip(rows, _SAID, strict=False)):
        again = civil_date(at) + timedelta(days=60) if result == "refused" else None
        await contact(coordinator, row.id, Contact(_key(place), channel, result, words, again), at)
    await quarters.make_lists(SYSTEM, at)
    lines = await QuarterLine.objects().where(QuarterLine.division.like(f"{OFFICER_TOWN}%")).order_by(
        QuarterLine.household
    ).limit(len(_FOUND))  # fmt: skip
    for line, found in zip(lines, _FOUND, strict=False):
        await quarters.verify(coordinator, line.id, found, at)


def _key(place: int) -> UUID:
    """The same contact at every load."""
    return uuid5(NAMESPACE_URL, f"bangfu-sample-outreach-{place}")
