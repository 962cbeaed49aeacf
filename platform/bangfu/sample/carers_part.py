"""What stands beside the sample's carers: training, policies of volunteers, certificates that wait, one that is not
accepted, a minor with the guardian's consent, one whose policy ends in a week."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bangfu.providers import carer_actions, carer_papers, certificates, certificates_clearance
from bangfu.providers.carer_facts import Agreement, CarerFacts, CertificateFacts, Check, Course, Policy
from bangfu.providers.tables import Carer
from bangfu.sample.accounts import actor_of
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.resident_id import generate_resident_id

MARK = "sample-carers"
INSURER = "平安示例财产保险公司"


def key(name: str) -> UUID:
    """The same id in every load, so that a repeat changes nothing."""
    return uuid5(NAMESPACE_URL, f"{MARK}:{name}")


async def load(at: datetime) -> None:
    """Once: policies of everybody but one volunteer, three certificates in their three states, a pupil who helps."""
    pupil = key("pupil")
    if await Carer.exists().where(Carer.id == pupil):
        return
    dispatcher, manager = await actor_of("dispatcher"), await actor_of("manager1")
    day = civil_date(at)
    people = await Carer.raw("SELECT id, number, kind, organization FROM carer WHERE active ORDER BY number")
    async with transaction():
        await _insure(dispatcher, [one["id"] for one in people if one["kind"] == "volunteer"], day, at)
        workers = [one for one in people if one["organization"] == manager.organization and one["kind"] == "worker"]
        await _train(manager, workers[:4], day, at)
        await _certify(manager, workers, day, at)
        await _welcome_pupil(dispatcher, pupil, day, at)


async def _insure(dispatcher: Actor, volunteers: list[UUID], day: date, at: datetime) -> None:
    """The first one's policy ends in six days, the last one has none yet."""
    for place, carer in enumerate(volunteers[:-1]):
        ends = day + timedelta(days=6 if place == 0 else 200 + 11 * place)
        policy = Policy(INSURER, f"PA{day.year}{place:04d}", day - timedelta(days=120), ends)
        await carer_papers.record_insurance(dispatcher, carer, key(f"policy{carer}"), policy, None, at)


async def _train(manager: Actor, workers: list[Mapping[str, Any]], day: date, at: datetime) -> None:
    basics = Course("平台基础培训", "安全、隐私、报告", 8, "区民政局", day - timedelta(days=150), 1)
    before_work = Course(
        "县级岗前培训", "生活照料、翻身、压疮预防", 40, "区社会救助服务指导中心", day - timedelta(days=90), 2
    )
    for worker in workers:
        await carer_papers.record_training(manager, worker["id"], key(f"t1{worker['id']}"), basics, None, at)
    for worker in workers[:2]:
        await carer_papers.record_training(manager, worker["id"], key(f"t2{worker['id']}"), before_work, None, at)


async def _certify(manager: Actor, workers: list[Mapping[str, Any]], day: date, at: datetime) -> None:
    """One that was verified, one that waits, one that was not accepted, and a check that waits to be verified."""
    issued = day - timedelta(days=20)
    ends = issued + timedelta(days=365)
    for place, worker in enumerate(workers[:3]):
        facts = CertificateFacts("H", f"JK{issued:%Y%m%d}{place:02d}", "区疾病预防控制中心", issued, ends)
        await certificates.hand_in(manager, worker["id"], key(f"h{place}"), facts, None, at)
    bureau = await actor_of("bureau")
    await certificates.verify(bureau, workers[0]["id"], key("h0"), at)
    reason = "扫描件看不清发证日期，请重新提交。"
    await certificates.reject(bureau, workers[2]["id"], key("h2"), reason, at)
    check = Check("police", day - timedelta(days=3), False)
    await certificates_clearance.record_check(manager, workers[3]["id"], key("check"), check, None, at)


async def _welcome_pupil(dispatcher: Actor, pupil: UUID, day: date, at: datetime) -> None:
    """A volunteer of 15 with insurance and consent: calls people, makes no visit alone."""
    born = date(day.year - 15, 3, 18)
    rows = await Carer.raw("SELECT division FROM carer WHERE kind = 'volunteer' AND active ORDER BY number LIMIT 1")
    facts = CarerFacts(
        kind="volunteer", name="储小雨", sex="f", birth_date=born, id_number=generate_resident_id(born, 602),
        phone="+8613800990015", languages=("cmn", "wuu"), division=rows[0]["division"], point=None, travel_mode="walk",
        speed_kmh=4.5, max_km=2.0, minutes_per_week=120, max_households=2,
    )  # fmt: skip
    await carer_actions.record_carer(dispatcher, pupil, facts, at)
    given = Agreement("储明", "parent", ("phone_check",), day - timedelta(days=10))
    await carer_papers.record_consent(dispatcher, pupil, key("consent"), given, None, at)
    policy = Policy(INSURER, f"PA{day.year}9015", day - timedelta(days=10), day + timedelta(days=355))
    await carer_papers.record_insurance(dispatcher, pupil, key("pupilpolicy"), policy, None, at)
