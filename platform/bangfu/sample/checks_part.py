"""Spot checks in the sample city: one passed, one failed and objected to, one not reached yet, one waiting for the
second name, one inspector who fell ill. It tells about checks that the sample's draws have made."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.accounts.tables import User
from bangfu.errors import Told
from bangfu.oversight import check_appeals, check_reading, check_replacing, check_reporting
from bangfu.oversight.check_rules import Finding, Line
from bangfu.oversight.check_seating import inspectors_of
from bangfu.oversight.check_tables import SpotCheck
from bangfu.sample.accounts import actor_of
from bangfu.shared.actor import Actor

MARK: Final = "sample-checks"
Tell = Callable[[SpotCheck, Actor, Actor, datetime], Awaitable[None]]


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: what inspectors made of the first checks that were drawn; the others stay to be done."""
    if await SpotCheck.exists().where(SpotCheck.status.not_in(["drawn", "assigned"])):
        return
    checks = (
        await SpotCheck.objects()
        .where((SpotCheck.status == "assigned") & SpotCheck.visit.is_not_null())
        .order_by(SpotCheck.number)
        .limit(len(STORIES))
    )
    for story, check in zip(STORIES, checks, strict=False):
        first, second = [await _person(one.inspector) for one in await inspectors_of(check.id)]
        with suppress(Told):
            await story(check, first, second, at)


async def _person(user: UUID) -> Actor:
    rows = await User.raw("SELECT username FROM app_user WHERE id = {}", user)
    return await actor_of(rows[0]["username"])


async def _report(check: SpotCheck, who: Actor, at: datetime, **found: str) -> None:
    told = await check_reading.compared(check.visit, at)
    weak = found["result"] == "fail"
    lines = [
        Line(code, "partly" if weak and place == 1 else "met", "做得匆忙" if weak and place == 1 else "")
        for place, code in enumerate(told.codes)
    ]
    finding = Finding(lines=lines, **found)
    await check_reporting.report(who, check.id, finding, told.codes, told.must, told.form, [], at)


async def _passed(check: SpotCheck, first: Actor, _: Actor, at: datetime) -> None:
    await _report(
        check,
        first,
        min(check.created_at + timedelta(days=3), at),
        method="phone",
        result="pass",
        said="小姑娘人好，待了四十多分钟。",
    )


async def _objected(check: SpotCheck, first: Actor, second: Actor, at: datetime) -> None:
    """Failed on site; the provider explains the short visit."""
    await _report(
        check, first, at - timedelta(hours=6), method="onsite", result="fail", reason="shorter",
        said="来了一会儿就走了，说还要赶下一家。", remarks="邻居和本人均称停留约二十分钟，记录为四十五分钟。",
        confirmation="refused", confirmation_reason="afraid",
    )  # fmt: skip
    await check_reporting.confirm(second, check.id, at - timedelta(hours=5))
    managers = await User.raw(
        "SELECT username FROM app_user WHERE organization = {} AND 'provider_manager' = ANY(roles) ORDER BY username",
        check.organization,
    )
    if managers:
        words = "当天老人要求提前结束，护理员已在记录中说明，请核对签到签退时间。"
        await check_appeals.appeal(
            await actor_of(managers[0]["username"]), check.id, words, [], at - timedelta(hours=1)
        )


async def _tried(check: SpotCheck, first: Actor, _: Actor, at: datetime) -> None:
    await check_reporting.attempt(first, key("try"), check.id, "phone", at - timedelta(days=1))


async def _waiting(check: SpotCheck, first: Actor, _: Actor, at: datetime) -> None:
    await _report(
        check, first, at - timedelta(hours=2), method="onsite", result="pass", said="都挺好的。",
        confirmation="unable", confirmation_reason="illiterate",
    )  # fmt: skip


async def _ill(check: SpotCheck, first: Actor, _: Actor, at: datetime) -> None:
    await check_replacing.step_aside(first, check.id, "ill", at - timedelta(hours=3))


STORIES: Final[tuple[Tell, ...]] = (_passed, _objected, _tried, _waiting, _ill)
