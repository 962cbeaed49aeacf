"""The background worker: takes jobs, and sees to deadlines every few seconds."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from uuid import uuid4

from bangfu.accounts import resets, sessions
from bangfu.agreements import due as agreements_due
from bangfu.assessments import due as assessments_due
from bangfu.catalogue.versions import take_effect
from bangfu.complaints import clock as complaints_clock
from bangfu.contracts import movement_sums, signing, taking_over
from bangfu.contracts.life_clock import look_after as look_after_contracts
from bangfu.dispatch import co_approval, contract_endings
from bangfu.dispatch.expiring import expire_due
from bangfu.errors import Told
from bangfu.exchange import change_line, webhook_sending
from bangfu.exchange.signing import forget_nonces
from bangfu.feedback.clock import look_after as look_after_feedback
from bangfu.households import indexing
from bangfu.households.leaving import end_due
from bangfu.households.reviews import watch_due
from bangfu.imports import locating, location_runs, uploads
from bangfu.ledgers import checking as ledger_checking
from bangfu.ledgers import exporting as ledger_exporting
from bangfu.ledgers import issuing as ledger_issuing
from bangfu.messages import outbox, password_codes
from bangfu.messages.delivering import deliver_due
from bangfu.needs import leaving
from bangfu.operating import actions as operating
from bangfu.operating.metrics import Metrics, PeriodicMetrics, check_place, serve_metrics
from bangfu.outreach.quarters import make_lists
from bangfu.outreach.refreshing import refresh_all
from bangfu.oversight import check_clock, draw_clock
from bangfu.planning import running, studies, study_running
from bangfu.planning.child import environment
from bangfu.planning.spare import SPARE
from bangfu.providers import expiries, register_due, signing_up
from bangfu.quality import life_wiring as quality_wiring
from bangfu.quality.life_clock import look_after as look_after_scores
from bangfu.reports import tally_fold
from bangfu.retention import working as retention
from bangfu.retention.actions import JOB as RETENTION
from bangfu.runtime import Runtime
from bangfu.schedules import drafting
from bangfu.schedules import hooks as schedules_hooks
from bangfu.schedules import running as schedules_running
from bangfu.separation import proving as separation_proving
from bangfu.settings import Settings
from bangfu.settlement import clock as settlement_clock
from bangfu.settlement import making as settlement_making
from bangfu.shared import jobs, tries
from bangfu.shared.actor import SYSTEM
from bangfu.shared.clock import now, today
from bangfu.shared.logs import set_up
from bangfu.shared.tracing import kind, where
from bangfu.supervision.ticking import tick
from bangfu.verification import clock as verification_clock
from bangfu.visits import due_clock, due_pauses
from bangfu.volunteers.clock import look_after as look_after_volunteers
from bangfu.volunteers.hooks import register as hear_of_visits

log = logging.getLogger("bangfu.worker")
leaving.register()
contract_endings.register()
hear_of_visits()
due_pauses.register()
schedules_hooks.register()
settlement_making.register()
quality_wiring.register()

PARENT = "BANGFU_PARENT"
"""The process id of the portal that started this worker, set by it."""

Handler = Callable[[jobs.Claim, asyncio.Event], Awaitable[None]]
Periodic = Callable[[], Awaitable[object]]

HANDLERS: dict[str, Handler] = {
    "match": running.match,
    studies.JOB: study_running.study,
    locating.JOB: locating.locate,
    location_runs.JOB: location_runs.work,
    drafting.KIND: schedules_running.make,
    ledger_issuing.JOB: ledger_issuing.work,
    ledger_checking.JOB: ledger_checking.work,
    ledger_exporting.JOB: ledger_exporting.work,
    RETENTION: retention.work,
}
PERIODIC: list[tuple[float, Periodic]] = [
    (600.0, lambda: sessions.end_expired(now())),
    (600.0, lambda: tries.forget_old(now())),
    (2.0, lambda: password_codes.send_asked(now)),
    (3600.0, lambda: resets.forget_old(now())),
    (15.0, lambda: expire_due(now())),
    (20.0, lambda: tick(now())),
    (3600.0, lambda: uploads.forget_old(now())),
    (600.0, lambda: forget_nonces(now())),
    (20.0, lambda: change_line.look_after(now())),
    (3.0, lambda: webhook_sending.deliver_due(now)),
    (3600.0, lambda: webhook_sending.forget_old(now())),
    (10.0, indexing.refresh),
    (3600.0, lambda: assessments_due.look_after(now())),
    (3600.0, lambda: expiries.look_after(now())),
    (3600.0, lambda: register_due.look_after(now())),
    (600.0, lambda: co_approval.look_after(now())),
    (3600.0, lambda: agreements_due.look_after(now())),
    (600.0, lambda: end_due(now())),
    (600.0, lambda: watch_due(now())),
    (21600.0, lambda: signing_up.look_after(now())),
    (3.0, lambda: deliver_due(now)),
    (3600.0, lambda: outbox.forget_old(now())),
    (3600.0, lambda: ledger_exporting.look_after(now())),
    (3600.0, lambda: take_effect(today())),
    (3600.0, lambda: refresh_all(now())),
    (21600.0, lambda: make_lists(SYSTEM, now())),
    (3600.0, lambda: look_after_contracts(now())),
    (600.0, lambda: signing.look_after(now())),
    (3600.0, lambda: taking_over.look_after(now())),
    (300.0, lambda: look_after_volunteers(now())),
    (900.0, lambda: due_clock.look_after(now())),
    (600.0, lambda: verification_clock.look_after(now())),
    (60.0, lambda: settlement_clock.look_after(now())),
    (600.0, lambda: look_after_scores(now())),
    (600.0, lambda: check_clock.look_after(now())),
    (3600.0, lambda: look_after_feedback(now())),
    (300.0, lambda: draw_clock.look_after(now())),
    (600.0, lambda: complaints_clock.look_after(now())),
    (1800.0, lambda: separation_proving.look_after(now())),
    (3600.0, lambda: retention.forget_points(now())),
    (10.0, tally_fold.fold),
    (10.0, movement_sums.fold),
]


BEAT_SECONDS = 10.0
"""How often a worker says that it lives."""


def work(settings: Settings) -> int:
    """Work until told to stop."""
    set_up(settings.operating.log)
    check_place(settings.operating)
    with Runtime(settings) as runtime:

        async def run(_: Runtime) -> int:
            stop = asyncio.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
            metrics = Metrics(deployment=True)
            told = metrics.periodic()
            told.expect(name_of(action) for _, action in PERIODIC)
            served = await serve_metrics(metrics, settings.operating)
            try:
                await asyncio.gather(
                    _take_jobs(stop), _watch_parent(stop), _live(stop), SPARE.keep(stop, environment()),
                    *(_repeat(stop, *item, told) for item in PERIODIC),
                )  # fmt: skip
            finally:
                if served is not None:
                    served.close()
            return 0

        return asyncio.run(runtime.run(run))


def name_of(action: Periodic) -> str:
    """What a periodic action is called in logs and metrics: the names that its lambda speaks, such as `sessions.
    end_expired`, without the clock that it is given."""
    code = getattr(action, "__code__", None)
    if code is None or code.co_name != "<lambda>":
        return f"{action.__module__.rpartition('.')[2]}.{getattr(action, '__name__', '')}"
    return ".".join(name for name in code.co_names if name not in {"now", "today", "SYSTEM"})


async def _live(stop: asyncio.Event) -> None:
    """Say every few seconds that this worker lives; a worker that stops in order takes its row along."""
    me, started = uuid4(), now()
    while not stop.is_set():
        try:
            await operating.beat(me, started)
        except Exception as error:
            log.warning("the database does not answer: %s", kind(error))
        await _pause(stop, BEAT_SECONDS)
    await operating.leave(me)


async def _take_jobs(stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            claim = await jobs.claim(list(HANDLERS)) if HANDLERS else None
        except Exception as error:
            log.error("the job table cannot be read; trying again\n%s", where(error))
            claim = None
        if claim is None:
            await _pause(stop, 0.5)
            continue
        await run_job(claim, stop)


async def run_job(claim: jobs.Claim, stop: asyncio.Event) -> None:
    """Run one job; whatever goes wrong ends as its error, and a lost claim ends silently."""
    try:
        await HANDLERS[claim.kind](claim, stop)
    except jobs.LostClaim:
        log.warning("job %s was taken over by another worker", claim.id)
    except Exception as error:
        log.error("job %s failed\n%s", claim.id, where(error), extra={"job": str(claim.id), "kind": claim.kind})
        try:
            await jobs.finish(claim, "failed", _told(error)[:500])
        except jobs.LostClaim:
            log.warning("job %s was taken over by another worker", claim.id)


def _told(error: Exception) -> str:
    """What the job keeps of its failure: our own words, of other errors their kind only."""
    return str(error) if isinstance(error, Told) else kind(error)


async def _repeat(stop: asyncio.Event, seconds: float, action: Periodic, told: PeriodicMetrics) -> None:
    name = name_of(action)
    while not stop.is_set():
        try:
            await action()
            told.succeeded(name)
        except Exception as error:
            told.failed(name)
            log.error("%s failed; trying again later\n%s", name, where(error), extra={"kind": name})
        await _pause(stop, seconds)


async def _watch_parent(stop: asyncio.Event) -> None:
    """Stop when the portal that started this worker is gone, so that a killed portal leaves no worker behind."""
    parent = os.environ.get(PARENT)
    while parent and not stop.is_set():
        if os.getppid() != int(parent):
            stop.set()
        await _pause(stop, 1.0)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except TimeoutError:
        return
