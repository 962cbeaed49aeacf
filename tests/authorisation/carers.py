"""Routes and objects of carers."""

from datetime import timedelta
from uuid import UUID, uuid4

from bangfu.providers.carer_tables import GuardianConsent
from bangfu.providers.tables import Carer, Qualification
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.crypto import encrypt
from bangfu.shared.database import transaction
from bangfu.shared.files import Looked, keep
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, World, make_carer

_ONE = "/carers/{carer:uuid}"
_KEPT = ("trainings", "insurance", "consents", "certificates", "clearance")
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/carers"): Row("carers.read"),
    ("GET", "/carers/expiring"): Row("carers.read"),
    ("GET", "/carers/new"): Row("carers.keep"),
    ("POST", "/carers/new"): Row("carers.keep"),
    ("GET", _ONE): Row("carers.read", "carer"),
    ("GET", f"{_ONE}/edit"): Row("carers.keep", "carer"),
    **{(method, f"{_ONE}/{what}/new"): Row("carers.keep", "carer") for what in _KEPT for method in ("GET", "POST")},
    **{("POST", f"{_ONE}/{verb}"): Row("carers.keep", "carer") for verb in ("edit", "leave", "return", "unmask")},
    ("POST", f"{_ONE}/clearance/lift"): Row("providers.bar", "carer"),
    ("POST", f"{_ONE}/consents/{{consent:uuid}}/withdraw"): Row("carers.keep", "carer+consent"),
    ("GET", f"{_ONE}/papers/{{paper:uuid}}/files/{{file:uuid}}"): Row("carers.read", "carer+paper+file"),
    ("POST", f"{_ONE}/certificates/{{certificate:uuid}}/verify"): Row(
        "qualifications.verify", "carer+certificate"
    ),
    ("POST", f"{_ONE}/certificates/{{certificate:uuid}}/reject"): Row(
        "qualifications.verify", "carer+certificate"
    ),
    ("GET", "/certificates"): Row("qualifications.verify"),
    ("GET", "/my-certificates"): Row("roster.own"),
}  # fmt: skip


async def put_objects(stage: Stage, world: World) -> None:
    """A worker for the manager, a volunteer for the station, each with papers; their like elsewhere."""
    volunteer, worker = await _person("st-v", None), await _person("st-w", world.organization)
    far = await _person("st-f", None, FOREIGN_VILLAGE)
    rival = await _person("st-r", world.other_organization)
    people = {"": (volunteer, far), "manager": (worker, rival), "other_manager": (rival, worker)}
    for name, (own, foreign) in people.items():
        (mine, my_papers), (theirs, their_papers) = own, foreign
        stage.put("carer", mine, theirs, name)
        for kind in ("consent", "certificate"):
            stage.put(f"carer+{kind}", (mine, my_papers[kind]), (theirs, their_papers[kind]), name)
        scan, other = (my_papers["certificate"], my_papers["file"]), (their_papers["certificate"], their_papers["file"])
        stage.put("carer+paper+file", (mine, *scan), (theirs, *other), name)


async def _person(number: str, organization: UUID | None, village: str = "") -> tuple[UUID, dict[str, UUID]]:
    carer = await make_carer(number, "worker" if organization else "volunteer", organization)
    if village:
        await Carer.update({Carer.division: village}).where(Carer.id == carer)
    certificate, consent = uuid4(), uuid4()
    await Qualification(
        id=certificate, carer=carer, code="P", expires_on=today() + timedelta(days=90), status="handed_in"
    ).save()  # fmt: skip
    sealed = encrypt("测试监护人", f"guardian_consent:guardian_enc:{consent}")
    await GuardianConsent(id=consent, carer=carer, guardian_enc=sealed, given_on=today()).save()
    async with transaction():
        looked = Looked("scan.pdf", "application/pdf", b"%PDF-1.4 test")
        file = await keep(SYSTEM, "qualification", certificate, "scan", looked, now())
    return carer, {"certificate": certificate, "consent": consent, "file": file}
