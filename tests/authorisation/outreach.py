"""Routes and objects of outreach."""

from uuid import UUID, uuid4

from bangfu.outreach.tables import OutreachRow, QuarterLine, QuarterList
from bangfu.shared.clock import today
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/outreach"): Row("outreach.read"),
    ("GET", "/outreach/{row:uuid}"): Row("outreach.read", "outreach row"),
    ("POST", "/outreach/{row:uuid}/contact"): Row("outreach.work", "outreach row"),
    ("GET", "/outreach/quarters"): Row("outreach.read"),
    ("POST", "/outreach/quarters"): Row("outreach.quarter"),
    ("GET", "/outreach/quarters/{quarter_list:uuid}"): Row("outreach.read", "quarter list"),
    ("GET", "/outreach/quarters/{quarter_list:uuid}/list.csv"): Row("outreach.read", "quarter list"),
    ("GET", "/outreach/lines/{line:uuid}"): Row("outreach.read", "quarter line"),
    ("POST", "/outreach/lines/{line:uuid}/verify"): Row("outreach.work", "quarter line"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """One row of outreach and one quarterly list with a line here and in another county."""
    places = [
        (UUID(str(stage.own["household"][""])), VILLAGE),
        (UUID(str(stage.foreign["household"][""])), FOREIGN_VILLAGE),
    ]
    rows, lists, lines = [], [], []
    for household, division in places:
        row, made, line = uuid4(), uuid4(), uuid4()
        await OutreachRow(
            id=row, household=household, division=division, service="visit_check", kind="missing", times=1,
            norm="tekun_dispersed.visit_check", period="month", visits=1, fingerprint="f", since=today(),
        ).save()  # fmt: skip
        await QuarterList(
            id=made, division=f"{division[:9]}000", year=2026, quarter=4, due_on=today(), made_by=world["officer"].user
        ).save()
        await QuarterLine(id=line, quarter_list=made, household=household, division=division).save()
        rows.append(row)
        lists.append(made)
        lines.append(line)
    stage.put("outreach row", rows[0], rows[1])
    stage.put("quarter list", lists[0], lists[1])
    stage.put("quarter line", lines[0], lines[1])
