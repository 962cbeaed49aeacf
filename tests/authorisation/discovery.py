"""Routes and objects of discovery."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.discovery.facts import ReportFacts
from bangfu.discovery.sealing import report_columns
from bangfu.discovery.tables import Measure, Report
from bangfu.households.sealing import seal
from bangfu.shared.clock import now
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

REPORT = "/discovery/{report:uuid}"
MEASURE = "/measures/{measure:uuid}"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/discovery"): Row("discovery.read"),
    ("GET", "/discovery/new"): Row("discovery.report"),
    ("POST", "/discovery/new"): Row("discovery.report"),
    ("GET", REPORT): Row("discovery.read", "report"),
    ("POST", f"{REPORT}/unmask"): Row("households.unmask", "report"),
    ("GET", "/my-reports"): Row("discovery.report"),
    ("GET", f"{REPORT}/compare"): Row("discovery.match", "report"),
    ("POST", f"{REPORT}/match"): Row("discovery.match", "report"),
    ("POST", f"{REPORT}/merge"): Row("discovery.match", "report"),
    ("POST", f"{REPORT}/route"): Row("discovery.confirm", "report"),
    ("POST", f"{REPORT}/visit"): Row("discovery.verify", "report"),
    ("POST", f"{REPORT}/emergency"): Row("discovery.decide", "report"),
    ("POST", f"{REPORT}/review"): Row("discovery.decide", "report"),
    ("POST", f"{REPORT}/measures"): Row("discovery.set_measures", "report"),
    ("POST", f"{REPORT}/intervene"): Row("discovery.set_measures", "report"),
    ("POST", f"{REPORT}/propose-clearing"): Row("discovery.decide", "report"),
    ("POST", f"{REPORT}/return-clearing"): Row("discovery.confirm", "report"),
    ("POST", f"{REPORT}/clear"): Row("discovery.confirm", "report"),
    ("POST", f"{REPORT}/tell"): Row("discovery.answer", "report"),
    ("POST", f"{REPORT}/reopen"): Row("discovery.decide", "report"),
    ("POST", f"{REPORT}/reject"): Row("discovery.decide", "report"),
    ("POST", f"{REPORT}/appeal"): Row("discovery.appeal", "report"),
    ("GET", f"{REPORT}/household"): Row("households.record", "confirmed_report"),
    ("POST", f"{REPORT}/household"): Row("households.record", "confirmed_report"),
    ("POST", f"{REPORT}/link"): Row("households.record", "confirmed_report"),
    ("GET", f"{REPORT}/need"): Row("needs.record", "homed_report"),
    ("POST", f"{REPORT}/need"): Row("needs.record", "homed_report"),
    ("GET", "/measures"): Row("discovery.measures"),
    ("GET", MEASURE): Row("discovery.measures", "measure"),
    ("POST", f"{MEASURE}/done"): Row("discovery.measures", "measure"),
    ("POST", f"{MEASURE}/close"): Row("discovery.measures", "measure"),
    ("POST", f"{MEASURE}/return"): Row("discovery.set_measures", "measure"),
    ("POST", f"{MEASURE}/extend"): Row("discovery.set_measures", "measure"),
    ("POST", f"{MEASURE}/cancel"): Row("discovery.set_measures", "measure"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """One own and one foreign object of each kind."""
    home, away = stage.mine("household", ""), stage.others("household", "")
    stage.put("report", await _report(world, VILLAGE), await _report(world, FOREIGN_VILLAGE))
    stage.put(
        "confirmed_report", await _report(world, VILLAGE, "verified"), await _report(world, FOREIGN_VILLAGE, "verified")
    )
    stage.put(
        "homed_report", await _report(world, VILLAGE, "verified", home),
        await _report(world, FOREIGN_VILLAGE, "verified", away),
    )  # fmt: skip
    running = await _report(world, VILLAGE, "intervening")
    far = await _report(world, FOREIGN_VILLAGE, "intervening")
    stage.put("measure", await _measure(world, running, VILLAGE), await _measure(world, far, FOREIGN_VILLAGE))
    liaisons = await _measure(world, running, VILLAGE, world.department)
    stage.put("measure", liaisons, await _measure(world, running, VILLAGE), "liaison")


async def _report(world: World, division: str, status: str = "collected", household: object = None) -> UUID:
    report = uuid4()
    told = ReportFacts(source="grid_worker", division=division, name="甘测试", seen="几天没有吃热饭")
    await Report(
        id=report, number=f"XS-{report.hex[:8]}", source="grid_worker", division=division, status=status,
        need_kinds=["care"], household=household, reporter=world["grid"].user, created_by=world["grid"].user,
        due_at=now() + timedelta(days=2), **report_columns(report, told),
    ).save()  # fmt: skip
    return report


async def _measure(world: World, report: UUID, division: str, organization: UUID | None = None) -> UUID:
    measure = uuid4()
    person = world["liaison" if organization else "worker"].me
    await Measure(
        id=measure, report=report, number=f"XS-{measure.hex[:8]}/1", division=division, kind="medical",
        text_enc=seal("measure", "text_enc", measure, "安排家庭医生上门"), organization=organization,
        unit="organization" if organization else "station", responsible=person, due_at=now() + timedelta(days=9),
        created_by=world["officer"].me,
    ).save()  # fmt: skip
    return measure
