"""Taking in a report: from a phone, a page, the hotline or a data comparison, each once (DOMAIN.md 8.1)."""

from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.discovery import clocks, notices, rules
from bangfu.discovery.facts import ReportFacts
from bangfu.discovery.moves import note
from bangfu.discovery.sealing import report_columns
from bangfu.discovery.tables import Report
from bangfu.discovery.words import WORDS
from bangfu.divisions.tables import Division
from bangfu.errors import N_, FormError, NotAllowed, NotYours
from bangfu.households.timeline import add_page
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number

add_page("report", "/discovery/{}", "discovery.read")

Faults = dict[str, tuple[str, dict[str, object]]]
_CHOOSE = N_("Please choose one of the list.")


async def collect(actor: Actor, key: UUID, facts: ReportFacts, at: datetime) -> UUID:
    """A new report in the state `collected`; the same key again is the same report, whatever comes with it.

    The system may call it for the hotline and for data comparison. Nothing it brings is ever more than collected.

    Raises:
        NotAllowed: for a role that does not report.
        NotYours: if the key is another person's report.
        FormError: by field of ReportFacts, where something is missing or unknown.
    """
    if actor.roles.isdisjoint(rules.COLLECTORS):
        raise NotAllowed
    try:
        async with transaction():
            if not await _is_own_repeat(actor, key):
                await _check(actor, facts)
                await _store(actor, key, facts, at)
    except UniqueViolationError:
        # The other half of a double send was faster.
        if not await _is_own_repeat(actor, key):
            raise
    return key


async def _store(actor: Actor, key: UUID, facts: ReportFacts, at: datetime) -> None:
    restricted = rules.is_restricted(facts.hotline_kind)
    row = Report(
        id=key, number=await fresh_number(Report), source=facts.source, hotline_kind=facts.hotline_kind,
        division=facts.division, urgent=facts.urgent, need_kinds=list(dict.fromkeys(facts.need_kinds)), lat=facts.lat,
        lon=facts.lon, reporter=actor.user, restricted=restricted, excluded=list(facts.about_staff),
        due_at=await clocks.due("match", at), created_by=actor.user, created_at=at, updated_at=at,
        **report_columns(key, facts),
    )  # fmt: skip
    await row.save()
    data = {"source": row.source, "hotline_kind": row.hotline_kind, "urgent": row.urgent}
    await note(actor, row, "collected", at, data=data, after={"status": row.status, "version": row.version})
    await clocks.start(actor, row, at)
    await notices.tell_next(actor, row)


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await Report.objects().get(Report.id == key)
    if row is not None and row.created_by != actor.user:
        raise NotYours
    return row is not None


async def _check(actor: Actor, facts: ReportFacts) -> None:
    """A division, a person or a place, a kind of need (DOMAIN.md 8.1); an inquiry is about nobody."""
    faults: Faults = {}
    if facts.source not in rules.SOURCES or (facts.source == "data_comparison" and actor.user is not None):
        faults["source"] = (_CHOOSE, {})
    kinds = ("",) if facts.source != "hotline" else rules.HOTLINE_KINDS
    if facts.hotline_kind not in kinds:
        faults["hotline_kind"] = (_CHOOSE, {})
    if not await _is_place(actor, facts.division):
        faults["division"] = (N_("Please choose a village or community of your area."), {})
    if not set(facts.need_kinds) <= set(WORDS["report_need"]):
        faults["need_kinds"] = (_CHOOSE, {})
    if facts.hotline_kind in {"", "help"}:
        faults = {**_missing(facts), **faults}
    elif not facts.seen:
        faults["seen"] = (N_("Please fill this in."), {})
    if faults:
        raise FormError(faults)


def _missing(facts: ReportFacts) -> Faults:
    faults: Faults = {}
    if not facts.need_kinds:
        faults["need_kinds"] = (N_("Tick at least one kind of need."), {})
    if not (facts.name or facts.address or facts.id_number or facts.phone or facts.lat is not None):
        faults["name"] = (N_("Say who it is about, or where: a name, a phone or an address."), {})
    return faults


async def _is_place(actor: Actor, division: str) -> bool:
    """A village of the actor's area; a system may know no more than the township."""
    level = 5 if actor.user is not None else 4
    known = await Division.exists().where((Division.code == division) & (Division.level >= level))
    return known and (actor.user is None or actor.sees(division))
