"""Rounds of call-backs: opened by the first served visit of a quarter, filled up to the quota, closed by the clock.

How a household is chosen can be shown: the order is rules.ordered (longest without a call-back first, equal ones by
SHA-256 of the round's seed and the household's id). The seed is made of the audit chain as it stood when the round was
opened, so nobody could set it, and the opening event carries it; each entry keeps its mark and the hash of the list
that it was chosen from.
"""

import hashlib
from datetime import datetime
from uuid import UUID, uuid4

from bangfu.accounts.queries import users_with
from bangfu.feedback import policy, rules
from bangfu.feedback.rules import Candidate
from bangfu.feedback.serving import Served, Subject, served_by, subjects_of
from bangfu.feedback.tables import Callback, CallbackRound
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import day_span, quarter_span
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditHead
from bangfu.supervision.calendar import current_calendar, end_of_working_day


async def open_rounds(year: int, quarter: int, at: datetime) -> int:
    """A round for every contract and agreement that served somebody and has none yet; the others are filled up to
    today's quota. Returns how many households were put on the lists."""
    first, last = quarter_span(year, quarter)
    numbers = policy.in_force(first)
    due = end_of_working_day(day_span(last)[0], numbers.close_working_days, await current_calendar())
    known = {
        (row["kind"], row["subject"]): row
        for row in await CallbackRound.raw(
            "SELECT kind, subject, status, served FROM callback_round WHERE year = {} AND quarter = {}", year, quarter
        )
    }
    added = 0
    for subject in await subjects_of(year, quarter):
        row = known.get((subject.kind, subject.subject))
        if row is not None and (row["status"] != "open" or row["served"] == subject.served):
            continue
        async with transaction():
            round_ = await _opened(subject, year, quarter, numbers, due, at)
            added += await fill(round_, at) if round_ is not None else 0
    return added


async def _opened(
    subject: Subject, year: int, quarter: int, numbers: policy.Policy, due: datetime, at: datetime
) -> UUID | None:
    """The open round of a subject; a fresh one where there is none, None where it is closed already."""
    await audit.hold(subject.division)
    known = await CallbackRound.objects().get(
        (CallbackRound.kind == subject.kind) & (CallbackRound.subject == subject.subject)
        & (CallbackRound.year == year) & (CallbackRound.quarter == quarter)
    )  # fmt: skip
    if known is not None:
        return known.id if known.status == "open" else None
    if at > due:
        return None
    seed = await _seed(subject, year, quarter)
    made = CallbackRound(
        id=uuid4(), kind=subject.kind, subject=subject.subject, number=subject.number, division=subject.division,
        organization=subject.organization, carer=subject.carer, year=year, quarter=quarter, policy=numbers.version,
        seed=seed, opened_at=at, due_at=due,
    )  # fmt: skip
    await made.save()
    await audit.record(
        SYSTEM, "callback_round.opened", "callback_round", made.id, division=made.division, at=at,
        data={"kind": made.kind, "subject": str(made.subject), "year": year, "quarter": quarter, "seed": seed,
              "policy": numbers.version},
    )  # fmt: skip
    return made.id


async def _seed(subject: Subject, year: int, quarter: int) -> str:
    """SHA-256 of the chain's latest hash (the opening event's `previous`) and the round's name."""
    rows = await AuditHead.raw("SELECT hash FROM audit_head WHERE stream = {}", audit.stream_of(subject.division))
    name = f"{subject.kind}:{subject.subject}:{year}:{quarter}"
    return hashlib.sha256(f"{bytes(rows[0]['hash']).hex()}:{name}".encode()).hexdigest()


async def fill(round_id: UUID, at: datetime, origin: str = "chosen") -> int:
    """Put households on the list until as many are open or done as the quota asks; joins the caller's transaction.

    Returns how many were added; 0 where all who can be called are on the list.
    """
    async with transaction():
        rows = await CallbackRound.raw("SELECT division FROM callback_round WHERE id = {}", round_id)
        await audit.hold(rows[0]["division"])
        found = await CallbackRound.objects().where(CallbackRound.id == round_id).first().lock_rows("UPDATE")
        assert found is not None  # noqa: S101 (read above)
        if found.status != "open":
            return 0
        served = await served_by(found.kind, found.subject, found.year, found.quarter)
        wanted = rules.quota(len(served), policy.VERSIONS[found.policy].percent)
        listed = await Callback.raw("SELECT household, status FROM callback WHERE round = {}", round_id)
        counting = sum(row["status"] in {"open", "done"} for row in listed)
        people = [Candidate(each.household, each.called) for each in served if each.reachable]
        picked = rules.chosen(people, found.seed, wanted - counting, {row["household"] for row in listed})
        await _put(found, picked, people, served, len(listed), origin, at)
        if picked or (found.served, found.quota) != (len(served), wanted):
            await CallbackRound.update(
                {"served": len(served), "quota": wanted, "version": found.version + 1}
            ).where(CallbackRound.id == round_id)  # fmt: skip
        return len(picked)


async def _put(
    found: CallbackRound, picked: list[Candidate], people: list[Candidate], served: list[Served], listed: int,
    origin: str, at: datetime,
) -> None:  # fmt: skip
    if not picked:
        return
    where = {each.household: each.division for each in served}
    digest = rules.population_hash(people)
    for place, each in enumerate(picked, listed + 1):
        await Callback(
            id=uuid4(), round=found.id, household=each.household, division=where[each.household], place=place,
            origin=origin, mark=rules.mark(found.seed, each.household), called_before=each.called,
            population=len(people), population_hash=digest, chosen_at=at,
        ).save()  # fmt: skip
    await audit.record(
        SYSTEM, "callback_round.filled", "callback_round", found.id, division=found.division, at=at,
        data={"added": len(picked), "origin": origin, "population": len(people), "list": digest},
    )  # fmt: skip


async def close_due(at: datetime) -> int:
    """Close the rounds whose term is over: met where as many were reached as the quota asks. Returns how many."""
    due = await CallbackRound.raw(
        "SELECT id, division FROM callback_round WHERE status = 'open' AND due_at < {} ORDER BY id LIMIT 300", at
    )
    for row in due:
        async with transaction():
            await audit.hold(row["division"])
            await _close(row["id"], at)
    return len(due)


async def _close(round_id: UUID, at: datetime) -> None:
    found = await CallbackRound.objects().where(CallbackRound.id == round_id).first().lock_rows("UPDATE")
    if found is None or found.status != "open":
        return
    served = await served_by(found.kind, found.subject, found.year, found.quarter)
    wanted = rules.quota(len(served), policy.VERSIONS[found.policy].percent)
    await Callback.update({"status": "dropped"}).where((Callback.round == round_id) & (Callback.status == "open"))
    done = await Callback.count().where((Callback.round == round_id) & (Callback.status == "done"))
    state = "met" if done >= wanted else "missed"
    await CallbackRound.update(
        {"status": state, "served": len(served), "quota": wanted, "closed_at": at, "version": found.version + 1}
    ).where(CallbackRound.id == round_id)
    await audit.record(
        SYSTEM, "callback_round.closed", "callback_round", found.id, division=found.division, at=at,
        data={"state": state, "served": len(served), "quota": wanted, "done": done},
    )  # fmt: skip
    if state == "missed":
        who = await users_with("bureau_officer", found.division)
        await send(who, "callback_missed", f"/callbacks/rounds/{found.id}", {"number": found.number, "done": done,
                   "quota": wanted})  # fmt: skip
