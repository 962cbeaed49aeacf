"""The kinds of writes that faults are injected into: through the pages, as their users make them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.planning import hooks
from bangfu.planning.deciding import approve
from bangfu.settlement import batches, claiming
from bangfu.settlement.pay_tables import PaymentBatch
from bangfu.shared.clock import now, today
from bangfu.visits.tables import Visit
from tests.faults.case import AFTER, BEFORE, Case, Make
from tests.faults.stand import Answer, Browser, Stand
from tests.imports.lists import csv_of, household, resident
from tests.planning.making import DAY, finished_run, make_household, make_need
from tests.settlement import settlement_steps as money
from tests.support import HOME, make_carer
from tests.visits import door_steps as door
from tests.visits import visit_steps

HOUSEHOLDS: Final = 40
NEEDS: Final = 4
_serial = count(1)
_quarter = count(0)
hooks.register()


def read(found: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> str:
    """The state by what was found."""
    if found == before:
        return BEFORE
    return AFTER if found == after else f"half: {found}"


async def taking(stand: Stand) -> Case:
    """A list of households is taken."""
    first = next(_serial) * 1000
    numbers = [f"H-{first + place}" for place in range(HOUSEHOLDS)]
    born = date(1940, 1, 1) + timedelta(days=first // 1000)
    rows = [
        household(place, household_number=number, id_number=resident(place, born))
        for place, number in enumerate(numbers)
    ]
    content = csv_of(rows)
    files = {"file": ("list.csv", content, "text/csv")}
    officer = await stand.browser("officer")
    sent = await officer.post("/imports/new/households", {"key": str(uuid4())}, files=files)
    if sent.status != 303:
        raise AssertionError(f"the list was not accepted: {sent}")
    upload = UUID(sent.place.rpartition("/")[2])

    async def send(browser: Browser) -> Answer:
        return await browser.post(f"/imports/uploads/{upload}/take")

    async def early(browser: Browser) -> Answer:
        return await browser.post(f"/imports/uploads/{uuid4()}/take")

    async def late(browser: Browser) -> Answer:
        return await browser.post("/imports/new/households", {"key": str(upload)}, files=files)

    async def state() -> str:
        found = {
            "homes": await stand.one("SELECT count(*) FROM household WHERE number = ANY($1)", numbers),
            "people": await stand.one(
                "SELECT count(*) FROM person p JOIN household h ON h.id = p.household WHERE h.number = ANY($1)", numbers
            ),
            "upload": await stand.one("SELECT status FROM upload WHERE id = $1", upload),
        }
        before = {"homes": 0, "people": 0, "upload": "checked"}
        return read(found, before, {"homes": HOUSEHOLDS, "people": HOUSEHOLDS, "upload": "taken"})

    return Case("officer", send, state, [("import.taken", str(upload))], early=early, late=late)


async def publishing(stand: Stand) -> Case:
    """A match run is published: each offer is whole, and money is reserved with it."""
    place = next(_serial)
    carers = [
        await make_carer(f"W-{place}-{each}", "worker", stand.world.organization, codes=("C5", "H", "T"))
        for each in range(2)
    ]
    needs = [
        await make_need(
            stand.world, household=await make_household(lat=HOME[0], lon=HOME[1]), kinds=["worker"], windows=DAY
        )
        for _ in range(NEEDS)
    ]
    run = await finished_run(stand.world)
    rows = await stand.asked("SELECT id FROM proposal WHERE run = $1 AND need = ANY($2)", run, needs)
    if len(rows) != NEEDS or not carers:
        raise AssertionError(f"{len(rows)} of {NEEDS} needs were matched")
    ids = [row["id"] for row in rows]
    await approve(stand.world["dispatcher"], run, ids, now())

    async def send(browser: Browser) -> Answer:
        return await browser.post(f"/match/{run}/publish")

    async def early(browser: Browser) -> Answer:
        return await browser.post(f"/match/{run}/proposals/{ids[0]}/reject", {"reason": ""})

    async def state() -> str:
        rows = await stand.asked(
            "SELECT p.status, (SELECT count(*) FROM assignment a WHERE a.proposal = p.id) AS offers,"
            " (SELECT count(*) FROM assignment a JOIN contract_movement m ON m.subject = a.id AND m.kind = 'reserved'"
            " WHERE a.proposal = p.id) AS reserved"
            " FROM proposal p WHERE p.id = ANY($1)",
            ids,
        )
        shapes = [(row["status"], row["offers"], row["reserved"]) for row in rows]
        sent, kept = ("dispatched", 1, 1), ("approved", 0, 0)
        if odd := [shape for shape in shapes if shape not in {sent, kept}]:
            return f"half: {odd}"
        published = await stand.one("SELECT published_at IS NOT NULL FROM match_run WHERE id = $1", run)
        if all(shape == sent for shape in shapes):
            return AFTER if published else "part"
        return BEFORE if all(shape == kept for shape in shapes) else "part"

    return Case("dispatcher", send, state, between=("part",), early=early, locks="assignment")


async def _planned(stand: Stand) -> Visit:
    """A planned visit of an hour ago, of a carer who has an account."""
    return await visit_steps.planned(stand.world)


async def arriving(stand: Stand) -> Case:
    """A carer checks in at the door."""
    visit = await _planned(stand)
    form, other = door.arriving(), door.arriving()

    async def send(browser: Browser) -> Answer:
        return await browser.post(f"/my-visits/{visit.id}/arrive", form)

    async def rival(browser: Browser) -> Answer:
        return await browser.post(f"/my-visits/{visit.id}/arrive", other)

    async def early(browser: Browser) -> Answer:
        return await browser.post(f"/my-visits/{visit.id}/finish", door.finishing())

    async def state() -> str:
        found = {
            "visit": await stand.one("SELECT status FROM visit WHERE id = $1", visit.id),
            "proofs": await stand.one("SELECT count(*) FROM visit_proof WHERE visit = $1", visit.id),
        }
        return read(found, {"visit": "planned", "proofs": 0}, {"visit": "in_progress", "proofs": 1})

    return Case(
        "caregiver", send, state, [("visit.started", str(visit.id))], early=early, late=rival, rival=rival,
        locks="visit_proof",
    )  # fmt: skip


async def recording(stand: Stand) -> Case:
    """A carer leaves and sends the record."""
    visit = await _planned(stand)
    begin, form, other = door.arriving(), door.finishing(), door.finishing(findings_text="另一台手机")
    carer = await stand.browser("caregiver")
    await carer.post(f"/my-visits/{visit.id}/arrive", begin)

    async def send(browser: Browser) -> Answer:
        return await browser.post(f"/my-visits/{visit.id}/finish", form)

    async def rival(browser: Browser) -> Answer:
        return await browser.post(f"/my-visits/{visit.id}/finish", other)

    async def late(browser: Browser) -> Answer:
        return await browser.post(f"/my-visits/{visit.id}/arrive", door.arriving())

    async def early(browser: Browser) -> Answer:
        return await browser.post(f"/my-visits/{visit.id}/arrive", door.arriving())

    async def state() -> str:
        status = await stand.one("SELECT status FROM visit WHERE id = $1", visit.id)
        found = {
            "visit": "sent" if status in {"submitted", "flagged"} else status,
            "records": await stand.one("SELECT count(*) FROM visit_record WHERE visit = $1", visit.id),
            "proofs": await stand.one("SELECT count(*) FROM visit_proof WHERE visit = $1", visit.id),
        }
        before = {"visit": "in_progress", "records": 0, "proofs": 1}
        return read(found, before, {"visit": "sent", "records": 1, "proofs": 2})

    return Case(
        "caregiver", send, state, [("visit.submitted", str(visit.id))], early=early, late=late, rival=rival,
        locks="visit_record",
    )  # fmt: skip


async def _claim(stand: Stand, *, upto: str) -> tuple[UUID, UUID, list[UUID], Decimal]:
    """A claim of a statement of two visits, in a quarter of its own: (statement, claim, visits, amount)."""
    place = next(_quarter)
    made, visits = await money.made(stand.world, 2, year=2027 + place // 4, quarter=place % 4 + 1)
    (claim,) = await money.claims_of(made.id)
    await claiming.claim(stand.world["manager"], claim.id, f"FP-{claim.id.hex[:8]}", True, money.AT)
    await claiming.review(stand.world["bureau"], claim.id, money.AT)
    if upto == "approved":
        await claiming.approve(stand.world["lead"], claim.id, money.AT)
    return made.id, claim.id, visits, claim.amount


async def approving(stand: Stand) -> Case:
    """The bureau's lead approves a claim."""
    statement, claim, _, _ = await _claim(stand, upto="reviewed")
    place = f"/settlements/{statement}/claims/{claim}"

    async def send(browser: Browser) -> Answer:
        return await browser.post(f"{place}/approve")

    async def early(_: Browser) -> Answer:
        return await (await stand.browser("finance")).post(f"{place}/pay", {"paid_on": today().isoformat()})

    async def late(_: Browser) -> Answer:
        return await (await stand.browser("bureau")).post(f"{place}/review")

    async def rival(browser: Browser) -> Answer:
        return await browser.post(f"{place}/send-back", {"reason": "invoice", "note": "发票不清楚"})

    async def state() -> str:
        status = await stand.one("SELECT status FROM settlement_claim WHERE id = $1", claim)
        events = await stand.one(
            "SELECT count(*) FROM audit_event WHERE subject = $1 AND action = 'settlement_claim.approved'", str(claim)
        )
        return read(
            {"claim": status, "events": events}, {"claim": "bureau_reviewed", "events": 0},
            {"claim": "lead_approved", "events": 1},
        )  # fmt: skip

    return Case("lead", send, state, early=early, late=late)


async def paying(stand: Stand) -> Case:
    """Finance pays an approved claim."""
    statement, claim, visits, amount = await _claim(stand, upto="approved")
    place = f"/settlements/{statement}/claims/{claim}"

    async def send(browser: Browser) -> Answer:
        return await browser.post(f"{place}/pay", {"paid_on": today().isoformat()})

    async def early(browser: Browser) -> Answer:
        return await browser.post(f"{place}/reconcile", {"bank_reference": "B-1"})

    async def late(_: Browser) -> Answer:
        return await (await stand.browser("lead")).post(f"{place}/approve")

    events = [("settlement_claim.paid", str(claim))]
    return Case("finance", send, _paid(stand, claim, visits, amount), events, ("settling",), early=early, late=late)


def _paid(stand: Stand, claim: UUID, visits: list[UUID], amount: Decimal) -> Any:
    """The state of paying: the claim, the money in the ledger, and each visit once."""

    async def state() -> str:
        status = await stand.one("SELECT status FROM settlement_claim WHERE id = $1", claim)
        booked = await stand.one(
            "SELECT coalesce(sum(amount), 0) FROM contract_movement WHERE kind = 'settled' AND subject = $1", claim
        )
        found = {"claim": status, "booked": booked}
        settled = await stand.one("SELECT count(*) FROM visit WHERE id = ANY($1) AND status = 'settled'", visits)
        if found == {"claim": "paid", "booked": amount} and settled < len(visits):
            return "settling"
        before = {"claim": "lead_approved", "booked": 0, "settled": 0}
        return read({**found, "settled": settled}, before, {"claim": "paid", "booked": amount, "settled": len(visits)})

    return state


async def batching(stand: Stand) -> Case:
    """Finance puts an approved claim into a batch for the bank."""
    _, claim, _, amount = await _claim(stand, upto="approved")
    key, other = uuid4(), uuid4()

    async def send(browser: Browser) -> Answer:
        return await browser.post("/payments/batches", {"key": str(key), "claims": str(claim)})

    async def rival(browser: Browser) -> Answer:
        return await browser.post("/payments/batches", {"key": str(other), "claims": str(claim)})

    async def state() -> str:
        found = {
            "in": await stand.one("SELECT batch IS NOT NULL FROM settlement_claim WHERE id = $1", claim),
            "items": await stand.one("SELECT count(*) FROM payment_item WHERE claim = $1", claim),
            "total": await stand.one(
                "SELECT coalesce(sum(b.total), 0) FROM payment_batch b JOIN payment_item i ON i.batch = b.id"
                " WHERE i.claim = $1", claim,
            ),
        }  # fmt: skip
        return read(found, {"in": False, "items": 0, "total": 0}, {"in": True, "items": 1, "total": amount})

    return Case("finance", send, state, late=rival, rival=rival)


async def answering(stand: Stand) -> Case:
    """The bank's answer is loaded: the claim is paid."""
    _, claim, visits, amount = await _claim(stand, upto="approved")
    key = await batches.make(stand.world["finance"], uuid4(), [claim], money.AT)
    row = await PaymentBatch.objects().get(PaymentBatch.id == key)
    assert row is not None
    day = datetime.now(UTC).date() - timedelta(days=1)
    said = f"批次号,序号,结果,原因,付款日期,银行流水号\n{row.number},1,成功,,{day},B-{row.number}\n".encode()
    files = {"answer": ("answer.csv", said, "text/csv")}

    async def send(browser: Browser) -> Answer:
        return await browser.post(f"/payments/batches/{key}/answer", files=files)

    async def late(browser: Browser) -> Answer:
        return await browser.post("/payments/batches", {"key": str(uuid4()), "claims": str(claim)})

    events = [("settlement_claim.paid", str(claim)), ("payment_batch.answered", str(key))]
    return Case("finance", send, _paid(stand, claim, visits, amount), events, ("settling",), late=late)


SCENES: Final[dict[str, Make]] = {
    "import": taking, "publish": publishing, "check-in": arriving, "record": recording, "approve": approving,
    "pay": paying, "batch": batching, "bank answer": answering,
}  # fmt: skip
