"""In Chinese no English is left on the pages of divisions, households, needs and search, nor where something failed."""

import re
from uuid import uuid4

import pytest

from tests.households.household_support import ID_NUMBER, record, typed
from tests.needs.test_need_pages import need_of, state
from tests.support import VILLAGE, Visitor, World

pytestmark = pytest.mark.database
_HIDDEN = re.compile(r"<(script|style|svg|option)\b.*?</\1>|<!--.*?-->|<[^>]+>", re.DOTALL)
KNOWN = {"WGS", "GCJ", "测试coordinator", "coordinator", "officer"}


def english_in(html: str) -> set[str]:
    """Latin words of three letters and more that a reader sees, besides names and codes."""
    body = "<main" + html.partition("<main")[2].partition("</main>")[0]
    return set(re.findall(r"[A-Za-z]{3,}", _HIDDEN.sub(" ", body))) - KNOWN


async def chinese(visit, name: str) -> Visitor:
    browser = await visit(name)
    await browser.post("/preferences", {"lang": "zh-CN"})
    return browser


async def test_no_english_is_left_on_a_chinese_page(visit, world: World) -> None:
    coordinator, officer = await chinese(visit, "coordinator"), await chinese(visit, "officer")
    household = await record(coordinator, risk_color="yellow", two_person_visits="yes", language="wuu", lat="31.7",
                             lon="119.9", note="狗")  # fmt: skip
    need, draft = await need_of(coordinator, household=household), await need_of(coordinator, household=household,
                                                                              service="meal", do="draft")  # fmt: skip
    pages = [
        "/", "/households", "/households?layer=key&risk=yellow", "/households?category=dibao", "/households/new",
        f"/households/{household}", f"/households/{household}/edit", f"/households/{household}/members/new",
        f"/households/{household}/grounds/new", f"/households/{household}/needs", "/needs", "/needs?overdue=1&mine=1",
        f"/needs/new?household={household}", f"/needs/{need}", f"/needs/{draft}", f"/needs/{draft}/edit", "/search",
        "/search?q=欧阳", "/search?q=nobody", f"/search?q={(await state(need)).number}", f"/divisions/{VILLAGE}",
        "/divisions/990101001000",
    ]  # fmt: skip
    found = {path: english_in((await coordinator.get(path)).text) - {"nobody"} for path in pages}
    assert {path: words for path, words in found.items() if words} == {}
    decided = {verb: english_in((await officer.post(f"/needs/{need}/{verb}", {})).text)
               for verb in ("confirm", "reject", "cancel", "close")}  # fmt: skip
    assert {verb: words for verb, words in decided.items() if words} == {}


async def test_no_english_is_left_where_something_failed(visit, world: World) -> None:
    coordinator = await chinese(visit, "coordinator")
    household = await record(coordinator)
    answers = [
        await coordinator.post("/households/new", {"key": str(uuid4())}),
        await coordinator.post("/households/new", typed()),
        await coordinator.post("/households/new", typed(id_number=ID_NUMBER[:-1], phone="12", bank="1", lat="x")),
        await coordinator.post(f"/households/{household}/edit", typed(version="9")),
        await coordinator.post(f"/households/{household}/unmask", {}),
        await coordinator.post("/needs/new", {"household": str(household), "hours": "?", "do": "submit"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [422, 422, 422, 409, 422, 422]
    assert [english_in(answer.text) for answer in answers] == [set()] * 6
