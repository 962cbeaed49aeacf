"""Paper sheets: printed for a week, entered row by row, all or none, once."""

import asyncio
import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pypdf
import pytest
from PIL import Image

from bangfu.dispatch.tables import Assignment
from bangfu.errors import FormError, NotAllowed, NotYours, Refused
from bangfu.shared.civil_time import civil_date, civil_datetime
from bangfu.shared.clock import now
from bangfu.visits import sheet_reading as reading
from bangfu.visits import sheets
from bangfu.visits.code_records import asked_of
from bangfu.visits.code_tables import VisitSheet
from bangfu.visits.door_data import Confirmation, Record
from bangfu.visits.door_sharing import homes_of
from bangfu.visits.sheets import Sheet, SheetRow
from bangfu.visits.tables import Visit, VisitProof
from tests.support import Visitor, World
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")
SIGNED = Record(confirmation=Confirmation("signature"))


def row_of(visit, minutes: int = 30) -> SheetRow:
    return SheetRow(visit.id, visit.planned_start, visit.planned_start + timedelta(minutes=minutes), SIGNED)


def sheet_of(world: World, *visits, **more) -> Sheet:
    week = sheets.monday(civil_date(visits[0].planned_start))
    return Sheet(uuid4(), world.carers["cleaner"], week, [row_of(one) for one in visits], "测试见证", **more)


async def two_visits(world: World):
    task = await steps.accepted(world, "cleaner")
    start = now() - timedelta(days=1)
    first = await steps.planned(world, "cleaner", task=task, start=start)
    return first, await steps.planned(world, "cleaner", task=task, start=start + timedelta(hours=2))


async def test_the_rows_of_a_sheet_become_attested_records_once(world: World) -> None:
    first, second = await two_visits(world)
    sheet = sheet_of(world, first, second)
    assert await sheets.enter(world["coordinator"], sheet, now()) == 2
    assert await sheets.enter(world["coordinator"], sheet, now()) == 0
    for visit in (first, second):
        done = await steps.visit(visit.id)
        assert (done.evidence, done.in_method, done.out_method) == ("attested", "sheet", "sheet")
        assert done.started_at == visit.planned_start
        assert await VisitProof.count().where(VisitProof.visit == visit.id) == 2


async def test_the_paper_names_a_home_only_while_its_visit_is_still_to_be_made_and_its_grounds_hold(
    world: World,
) -> None:
    first, second = await two_visits(world)
    monday, day = sheets.monday(civil_date(first.planned_start)), civil_date(now())

    async def named() -> set[UUID]:
        found = await reading.week_of(world["coordinator"], world.carers["cleaner"], monday, day)
        return {one.id for one in found if one.shared}

    await Visit.update({Visit.status: "verified"}).where(Visit.id == second.id)
    assert await named() == set(await homes_of([first.id, second.id], now())) == {first.id}
    await Assignment.update({Assignment.status: "completed"}).where(Assignment.id == first.assignment)
    assert await named() == set()


async def test_a_row_that_does_not_fit_stops_the_whole_sheet_and_is_named(world: World) -> None:
    first, second = await two_visits(world)
    sheet = sheet_of(world, first, second)
    wrong = replace(sheet, rows=[sheet.rows[0], replace(sheet.rows[1], end=sheet.rows[1].start)])
    with pytest.raises(FormError) as found:
        await sheets.enter(world["coordinator"], wrong, now())
    assert set(found.value.fields) == {f"{second.id}-end"}
    assert (await steps.visit(first.id)).status == "planned"
    for broken in (replace(sheet, witness=""), replace(sheet, rows=[])):
        with pytest.raises(FormError):
            await sheets.enter(world["coordinator"], broken, now())


async def test_no_sheet_of_elsewhere_or_of_another_carer_and_none_over_a_record(world: World) -> None:
    first, second = await two_visits(world)
    sheet = sheet_of(world, first)
    for name, error in (("outside_coordinator", NotYours), ("officer", NotAllowed)):
        with pytest.raises(error):
            await sheets.enter(world[name], sheet, now())
    with pytest.raises(NotYours):
        await sheets.enter(world["coordinator"], replace(sheet, carer=world.carers["nurse"]), now())
    await sheets.enter(world["coordinator"], sheet, now())
    with pytest.raises(Refused):
        await sheets.enter(world["dispatcher"], sheet_of(world, first, second), now())
    assert (await steps.visit(second.id)).status == "planned"


@pytest.mark.database
async def test_two_people_who_enter_one_sheet_at_once_leave_one(world: World) -> None:
    first, second = await two_visits(world)
    one, other = sheet_of(world, first, second), sheet_of(world, second, first)
    results = await asyncio.gather(
        sheets.enter(world["coordinator"], one, now()), sheets.enter(world["dispatcher"], other, now()),
        return_exceptions=True,
    )  # fmt: skip
    assert sorted(type(each).__name__ for each in results) == ["Refused", "int"]
    assert await VisitSheet.count() == 1


@pytest.mark.database
async def test_a_form_that_is_sent_twice_at_once_is_one_sheet_and_no_error(world: World) -> None:
    first, second = await two_visits(world)
    sheet = sheet_of(world, first, second)
    both = [sheets.enter(world["coordinator"], sheet, now()) for _ in range(2)]
    assert sorted(await asyncio.gather(*both)) == [0, 2]


async def test_a_sheet_is_printed_and_entered_on_its_page_and_a_fault_keeps_what_was_typed(world: World, app) -> None:
    visit, _ = await two_visits(world)
    week = sheets.monday(civil_date(visit.planned_start)).isoformat()
    base = f"/visit-sheets/{world.carers['cleaner']}"
    desk = await Visitor(app).sign_in(world["coordinator"])
    assert "员cleaner" in (await desk.get(f"/visit-sheets?week={week}")).text
    paper = await desk.get(f"{base}/paper?week={week}")
    text = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "上门服务纸质记录单" in text
    p, at = f"{visit.id}-", civil_datetime(visit.planned_start)
    typed = {"key": str(uuid4()), "witness": "测试见证", f"{p}start": f"{at:%H:%M}", f"{p}end": "25:99",
             f"{p}confirmation": "signature", f"{p}day": at.date().isoformat(),
             f"{p}findings_text": "一切都好"}  # fmt: skip
    asked = await asked_of(visit.id)
    typed |= {f"{p}line-{line['code']}": "yes" for line in asked.lines()}
    bad = await desk.post(f"{base}/enter?week={week}", typed)
    assert bad.status_code == 422
    assert "一切都好" in bad.text
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    typed[f"{p}end"] = f"{at + timedelta(minutes=30):%H:%M}" if (at + timedelta(minutes=30)).day == at.day else "23:59"
    files = {"scan": ("sheet.png", picture.getvalue(), "image/png")}
    done = await desk.post(f"{base}/enter?week={week}", typed, files=files)
    assert done.status_code == 303, done.text
    sheet = await VisitSheet.objects().first()
    assert sheet is not None
    assert (await desk.get(f"/visit-sheets/scans/{sheet.id}")).content.startswith(b"\x89PNG")
    outsider = await Visitor(app).sign_in(world["outside_coordinator"])
    for path in (f"/visit-sheets/scans/{sheet.id}", f"{base}/paper?week={week}", f"{base}/enter"):
        assert (await outsider.get(path)).status_code == 404
    await desk.close()
    await outsider.close()
