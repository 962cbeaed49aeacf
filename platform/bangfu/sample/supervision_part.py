"""The sample's timed tasks: by hand, in every state, some late, so that board and wall have life in them."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.providers.tables import Organization
from bangfu.sample.accounts import actor_of
from bangfu.sample.homes import OFFICER_TOWN
from bangfu.sample.organisations import uscc
from bangfu.supervision import actions, handling
from bangfu.supervision.actions import BY_HAND, Timed
from bangfu.supervision.calendar import current_calendar, end_of_working_day
from bangfu.supervision.tables import SupervisionTask
from bangfu.supervision.ticking import tick

TOWN = OFFICER_TOWN.ljust(12, "0")
_TASKS = (
    # name, kind, title, unit, body, issued so many days ago, working days given
    ("handrails", "rectification", "服务记录缺签字，限期整改", "organization", "chunhui", 12, 3),
    ("meals", "complaint", "助餐送达超时的投诉", "organization", "bangshou", 9, 4),
    ("cold", "warning", "寒潮期间独居老人逐户排查", "township", "", 4, 2),
    ("files", "rectification", "补齐需求登记依据", "township", "", 6, 8),
    ("signs", "other", "更新社工站服务公示牌", "station", "", 2, 10),
    ("visit", "complaint", "探访频次不足的投诉核查", "station", "", 7, 8),
    ("training", "other", "上报协理员培训人数", "township", "", 1, 5),
)


async def load(at: datetime) -> None:
    """Seven tasks of the bureau, handled as the sample's people do; loaded once."""
    if await SupervisionTask.exists().where(SupervisionTask.id == _id("handrails")):
        return
    bureau, officer = await actor_of("bureau"), await actor_of("officer")
    manager, dispatcher = await actor_of("manager2"), await actor_of("dispatcher")
    calendar = await current_calendar()
    for name, kind, title, unit, body, ago, days in _TASKS:
        begun = at - timedelta(days=ago)
        timed = Timed(
            kind=kind, subject_type=BY_HAND, subject=_id(name), href="", division=TOWN, unit=unit,
            due_at=end_of_working_day(begun, days, calendar), organization=await _organization(body),
        )  # fmt: skip
        await actions.issue(bureau, timed, title, begun, key=_id(name))
    await tick(at)
    await handling.track(officer, _id("cold"), "已排查 31 户，余 6 户明日完成。", at)
    await handling.feed_back(manager, _id("meals"), "已调整送餐路线，连续三天准点送达，附送达记录。", "SC-2026-118", at)
    await handling.hold(bureau, _id("files"), "等待系统数据核对结果", None, at)
    await handling.feed_back(dispatcher, _id("visit"), "已补访三次，恢复每周一次探访，记录可查。", "", at)
    await handling.close(officer, _id("visit"), "电话回访属实，同意销号。", at)


def _id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"bangfu:sample:supervision:{name}")


async def _organization(body: str) -> UUID | None:
    if not body:
        return None
    rows = await Organization.raw("SELECT id FROM organization WHERE uscc = {}", uscc(body))
    found: UUID = rows[0]["id"]
    return found
