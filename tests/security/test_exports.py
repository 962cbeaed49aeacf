"""What leaves as a list: no cell is a formula, whole data only with a reason, a limit and a mark of who took them."""

import csv
import io
import re
import zipfile

from litestar import Litestar

from bangfu.exchange.export_rules import SUBJECTS
from bangfu.households.tables import Household, Person
from bangfu.providers.tables import Carer, Organization
from tests.authorisation.row import Stage
from tests.security.pages import addresses
from tests.support import Visitor, World

FORMULA = '=HYPERLINK("http://evil.example","look")'
_OWN_SUM = re.compile(r"(SUM|SUMIF|IF)\([^h]*\)")
"""The sums that a report reckons itself; nothing of what was planted stands in one."""
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")


async def plant(staged: Stage) -> None:
    """Names that a spreadsheet would run."""
    await Household.update({Household.head_name: FORMULA}).where(Household.status == "active")
    await Person.update({Person.name: FORMULA}).where(Person.is_head == True)  # noqa: E712
    await Organization.update({Organization.name: FORMULA}).where(Organization.active == True)  # noqa: E712
    await Carer.update({Carer.name: FORMULA}).where(Carer.active == True)  # noqa: E712


def live_cells(content: bytes) -> list[str]:
    """Cells of a CSV or an Excel file that a spreadsheet would run."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
            formulas = [found.decode() for sheet in sheets for found in re.findall(rb"<f>(.*?)</f>", sheet)]
            return [formula for formula in formulas if "evil" in formula or not _OWN_SUM.fullmatch(formula)]
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    cells = [cell for row in rows for cell in row]
    return [
        cell for cell in cells if cell[:1] in "=+-@\t\r" and cell[:1] and not _NUMBER.fullmatch(cell) and cell != "-"
    ]


def is_list(kind: str) -> bool:
    return "csv" in kind or "spreadsheet" in kind


async def test_no_list_that_a_page_gives_away_holds_a_formula(staged: Stage, visit, world: World) -> None:
    await plant(staged)
    browsers: dict[str | None, Visitor] = {}
    live, lists = [], 0
    for name, address, path in addresses(staged):
        browser = browsers.get(name) or browsers.setdefault(name, await visit(name))
        answer = await browser.get(address)
        if is_list(answer.headers.get("content-type", "")):
            lists += 1
            live += [(path, cell[:40]) for cell in live_cells(answer.content)]
    assert live == []
    assert lists >= 10


async def test_no_list_that_is_asked_for_by_a_form_holds_one(staged: Stage, visit, world: World) -> None:
    await plant(staged)
    officer = await visit("officer")
    asked = [("/exchange/export", {"subject": what, "format": kind}) for what in SUBJECTS for kind in ("csv", "xlsx")]
    asked += [
        (f"/ledgers/{key}/export", {"format": kind}) for key in ("households", "visits") for kind in ("csv", "xlsx")
    ]
    live, lists = [], 0
    for path, form in asked:
        answer = await officer.post(path, form)
        if is_list(answer.headers.get("content-type", "")):
            lists += 1
            live += [(path, form, cell[:40]) for cell in live_cells(answer.content)]
    assert live == []
    assert lists >= 4


async def test_whole_data_need_the_bureau_a_reason_and_carry_a_mark(app: Litestar, staged: Stage, visit) -> None:
    officer, bureau = await visit("officer"), await visit("bureau")
    form = {"subject": "households", "format": "csv", "reason": ""}
    assert (await officer.post("/exchange/unmasked", form)).status_code == 403
    assert (await bureau.post("/exchange/unmasked", form)).status_code == 422
