"""The quarterly report on paper and as a workbook, and the public page that knows its code."""

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from litestar import Litestar
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from bangfu.settlement.bundle_making import report_of
from bangfu.settlement.bundle_paper import Report, paper, paper_of
from bangfu.settlement.bundle_reading import statement_for
from bangfu.settlement.bundle_tables import SettlementPaper
from bangfu.settlement.bundle_workbook import workbook
from bangfu.settlement.tables import Statement
from tests.quality.life_steps import AT
from tests.settlement.bundle_steps import statement
from tests.support import Visitor, World


async def made(world: World) -> tuple[Report, dict[str, Any]]:
    row = await statement_for(world["bureau"], await statement(world))
    return await report_of(world["bureau"], row, AT), row


def text_of(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


async def test_the_paper_has_title_unit_period_signers_seal_place_pages_and_code(world: World) -> None:
    report, row = await made(world)
    pages = text_of(await paper(report, "https://portal.example/check"))
    whole = "".join(pages)
    for words in (
        "服务质量与结算季度报告",
        "民政局",
        "2026年第3季度",
        "编制",
        "审核",
        "负责人",
        "（盖章处）",
        "SHA-256",
    ):
        assert words in whole
    assert report.code in whole
    assert "基础部分" in whole
    assert f"{row['total']:,.2f}" in whole
    assert all(f"第{number}页/共{len(pages)}页" in page for number, page in enumerate(pages, 1))


async def test_who_scored_stands_as_compiler_and_nobody_as_leader_yet(world: World) -> None:
    report, _ = await made(world)
    told = {label: (name, day) for label, name, day in paper_of(report, "x")["signers"]}
    assert told["编制"] == (world["assessor"].display_name, "2026年10月26日")
    assert told["负责人"] == ("", "")


async def test_the_workbook_adds_up_in_cells_and_in_formulas(world: World) -> None:
    report, row = await made(world)
    content = workbook(report)
    assert workbook(report) == content, "the same report, the same bytes"
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    lines = book.get_sheet_by_name("结算明细").to_python()
    amounts = [Decimal(str(line[6])) for line in lines[1:] if line[7] == "无争议"]
    assert sum(amounts) == row["total"]
    summed, told = (next(line for line in lines if line[1] == label) for label in ("无争议合计", "结算单所载"))
    assert Decimal(str(summed[6])) == Decimal(str(told[6])) == row["total"]
    assert told[7] == "相符"
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        sheets = "".join(zipped.read(name).decode() for name in zipped.namelist() if "worksheets/sheet" in name)
    assert "SUMIF(" in sheets
    assert f"核验码 {report.code}" in sheets


async def test_the_workbook_names_nobody_and_lists_every_visit(world: World) -> None:
    report, _ = await made(world)
    visits = CalamineWorkbook.from_filelike(io.BytesIO(workbook(report))).get_sheet_by_name("服务记录").to_python()
    assert len(visits) == 18
    assert {line[1][0] + line[2][0] for line in visits[1:]} == {"RS"}


async def test_each_role_takes_bundle_paper_and_workbook_of_what_it_may_see(world: World, app: Litestar) -> None:
    key = await statement(world)
    for name, path in (("auditor", "/settlements"), ("finance", "/settlements"), ("manager", "/my-settlements")):
        visitor = await Visitor(app).sign_in(world[name])
        got = [await visitor.get(f"{path}/{key}/{file}") for file in ("bundle", "report.pdf", "report.xlsx")]
        assert [(each.status_code, each.content[:2]) for each in got] == [(200, b"PK"), (200, b"%P"), (200, b"PK")]
        await visitor.close()
    rival = await Visitor(app).sign_in(world["other_manager"])
    assert (await rival.get(f"/my-settlements/{key}/bundle")).status_code == 404
    await rival.close()


async def test_anybody_finds_which_paper_a_code_belongs_to_and_nothing_else(world: World, app: Litestar) -> None:
    report, row = await made(world)
    visitor = Visitor(app)
    code = report.code
    for typed in (f"/check/{code}", f"/check/{code.replace('-', '').lower()}", f"/check?code={code}"):
        page = await visitor.get(typed)
        assert page.status_code == 200
        assert str(row["contract_number"]) in page.text
        assert report.bundle_hash in page.text
        assert f"{row['total']:,.2f}" in page.text
    assert str(row["provider"]) not in page.text
    assert (await visitor.get("/check/2222-2222-2222")).status_code == 404
    assert "verify.py" in (await visitor.get("/check")).text
    assert b"def verify(" in (await visitor.get("/check/verify.py")).content
    await visitor.close()


async def test_who_guesses_codes_has_to_wait(world: World, app: Litestar) -> None:
    visitor = Visitor(app)
    found = [(await visitor.get(f"/check/{'2' * 11}{letter}")).status_code for letter in "ABCDEFGHJKLMNPQRSTUVWXYZ" * 3]
    assert found[0] == 404
    assert found[-1] == 429
    await visitor.close()


async def test_codes_are_random_and_a_paper_is_never_changed(world: World) -> None:
    report, _ = await made(world)
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", report.code)
    with pytest.raises(Exception, match="never changed"):
        await SettlementPaper.raw("UPDATE settlement_paper SET total = 1")
    with pytest.raises(Exception, match="never changed"):
        await SettlementPaper.raw("DELETE FROM settlement_paper")


async def test_a_newer_state_leaves_the_older_paper_known_as_older(world: World, app: Litestar) -> None:
    report, row = await made(world)
    await Statement.raw("UPDATE settlement_claim SET invoice = 'FP-1' WHERE statement = {}", row["id"])
    later = await report_of(world["bureau"], await statement_for(world["bureau"], row["id"]), AT.replace(year=2027))
    visitor = Visitor(app)
    assert "出具过新的报告" in (await visitor.get(f"/check/{report.code}")).text
    assert "出具过新的报告" not in (await visitor.get(f"/check/{later.code}")).text
    await visitor.close()
