"""What is typed into addresses and forms stays text: no script of a visitor's, no statement of theirs."""

import re
import time
from uuid import uuid4

import pytest

from bangfu.households.tables import Household, Person
from bangfu.needs.tables import Need
from bangfu.providers.tables import Carer, Organization
from tests.authorisation.row import Stage
from tests.security.pages import ASKED, addresses
from tests.support import TOWN, VILLAGE, Visitor, World

SCRIPT = "\"'><script>alert(7)</script><img src=x onerror=alert(7)>"
STATEMENTS = ("' OR '1'='1", "\\'; SELECT pg_sleep(3); --", "%27%20UNION%20SELECT%20NULL--", "{}", "%", "😀")
_LIVE = re.compile(r"<script>alert|<img src=x|onerror=alert\(7\)>", re.I)


class Browsers:
    """One browser for each member of the cast that is needed."""

    def __init__(self, visit) -> None:
        self._visit, self._open = visit, {}

    async def of(self, name: str | None) -> Visitor:
        if name not in self._open:
            self._open[name] = await self._visit(name)
        return self._open[name]


@pytest.mark.reading
async def test_no_page_gives_back_what_its_address_says_as_a_part_of_the_page(staged: Stage, visit) -> None:
    browsers, alive, broken, seen = Browsers(visit), [], [], 0
    for name, address, path in addresses(staged):
        answer = await (await browsers.of(name)).get(address, params=dict.fromkeys(ASKED, SCRIPT))
        seen += 1
        alive += [path] if _LIVE.search(answer.text) else []
        broken += [(path, answer.status_code)] if answer.status_code >= 500 else []
    assert (alive, broken) == ([], [])
    assert seen > 250


@pytest.mark.reading
@pytest.mark.parametrize("typed", STATEMENTS)
async def test_no_list_takes_what_is_typed_for_a_statement(typed: str, staged: Stage, visit) -> None:
    browsers, broken = Browsers(visit), []
    for name, address, path in addresses(staged, wanted=lambda path: "{" not in path):
        began = time.monotonic()
        answer = await (await browsers.of(name)).get(address, params=dict.fromkeys(ASKED, typed))
        slept = time.monotonic() - began >= 3 and "pg_sleep" in typed
        broken += [(path, answer.status_code, slept)] if answer.status_code >= 500 or slept else []
    assert broken == []


async def test_what_people_typed_into_records_is_text_on_every_page_that_shows_it(staged: Stage, visit) -> None:
    await Household.update({Household.head_name: SCRIPT[:60]}).where(Household.division == VILLAGE)
    await Person.update({Person.name: SCRIPT[:60]}).where(Person.is_head == True)  # noqa: E712
    await Need.update({Need.number: SCRIPT[:20]}).where(Need.id == staged.own["need"][""])
    await Organization.update({Organization.name: SCRIPT[:60]}).where(Organization.active == True)  # noqa: E712
    await Carer.update({Carer.name: SCRIPT[:40]}).where(Carer.active == True)  # noqa: E712
    browsers, alive = Browsers(visit), []
    for name, address, path in addresses(staged):
        answer = await (await browsers.of(name)).get(address)
        html = answer.headers.get("content-type", "").startswith("text/html")
        alive += [path] if html and _LIVE.search(answer.text) else []
    assert alive == []


async def test_a_search_for_a_statement_finds_what_bears_it_as_a_name(visit, world: World) -> None:
    typed = "x' OR 1=1 --"
    await Organization(
        id=uuid4(), uscc="52990101A00000099X", name=typed, org_type="service_agency", division=f"{TOWN}000",
        service_area=["990101"],
    ).save()  # fmt: skip
    officer = await visit("officer")
    found = await officer.get("/providers", params={"q": typed})
    assert found.text.count("/providers/") >= 1 and "同心社工协会" not in found.text


async def test_a_wildcard_is_a_letter(visit, world: World) -> None:
    officer = await visit("officer")
    for typed in ("%", "_", "%%", "\\"):
        assert "春晖助老服务中心" not in (await officer.get("/providers", params={"q": typed})).text
