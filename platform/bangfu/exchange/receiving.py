"""Taking a report from another system, each once: it lands as `collected` and never as more (DOMAIN.md 8.1)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from bangfu.discovery.actions import collect
from bangfu.discovery.tables import Report
from bangfu.divisions.tables import Division
from bangfu.exchange.incoming import REPORT, read_report
from bangfu.exchange.problems import Refusal
from bangfu.exchange.schema import Problem
from bangfu.exchange.signing import Caller
from bangfu.exchange.tables import ApiClient, ApiRequest
from bangfu.shared import audit, i18n
from bangfu.shared.actor import SYSTEM
from bangfu.shared.civil_time import SHANGHAI
from bangfu.shared.crypto import audit_hash
from bangfu.shared.database import transaction


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is answered; `again` says that it was answered before."""

    answer: dict[str, Any]
    again: bool


async def receive(caller: Caller, body: bytes, message: object, address: str, at: datetime) -> Receipt:
    """Take a report. The same key with the same body gets the same answer.

    Raises:
        Refusal: for a message that is not of the form, for another area, for a key or reference that is in use.
    """
    digest = audit_hash(hashlib.sha256(body).hexdigest())  # keyed: the body names people
    async with transaction():
        await _one_at_a_time(caller)
        known = await ApiRequest.raw(
            "SELECT body_sha256, answer FROM api_request WHERE client = {} AND idempotency_key = {}",
            caller.id, caller.key,
        )  # fmt: skip
        if known:
            if known[0]["body_sha256"] != digest:
                raise Refusal("key_reused")
            return Receipt(json.loads(known[0]["answer"]), again=True)
        return Receipt(await _take(caller, digest, _checked(message), address, at), again=False)


async def state_of(caller: Caller, reference: str) -> dict[str, Any]:
    """Where one of the client's own reports stands, and nothing else of it.

    Raises:
        Refusal: for a reference of nobody, or of another client.
    """
    rows = await ApiRequest.raw(
        "SELECT r.number, r.status, q.client_reference, q.created_at FROM api_request q"
        " JOIN report r ON r.id = q.report WHERE q.client = {} AND q.client_reference = {}",
        caller.id, reference,
    )  # fmt: skip
    if not rows:
        raise Refusal("unknown_reference")
    return _answer(rows[0]["client_reference"], rows[0]["number"], rows[0]["status"], rows[0]["created_at"])


def _checked(message: object) -> dict[str, Any]:
    found = REPORT.problems(message, "")
    if found or not isinstance(message, dict):
        raise Refusal("invalid", found)
    return message


async def _one_at_a_time(caller: Caller) -> None:
    """One client's reports are taken one after the other, so that a key and a reference count once."""
    await ApiRequest.raw("SELECT pg_advisory_xact_lock(hashtextextended({}, 9913))", str(caller.id))


async def _take(caller: Caller, digest: str, message: Mapping[str, Any], address: str, at: datetime) -> dict[str, Any]:
    if not message["division"].startswith(caller.division):
        raise Refusal("outside_area", [Problem("/division", "choice")])
    facts, faults = read_report(message, caller.kind)
    if not await Division.exists().where((Division.code == message["division"]) & (Division.level >= 4)):
        faults = [*faults, Problem("/division", "division")]
    if facts is None or faults:
        raise Refusal("invalid", faults)
    reference = message["client_reference"]
    if await ApiRequest.exists().where((ApiRequest.client == caller.id) & (ApiRequest.client_reference == reference)):
        raise Refusal("reference_reused", [Problem("/client_reference", "choice")])
    actor = replace(SYSTEM, username=f"api:{caller.name}"[:64], display_name=caller.name, address=address)
    report = await collect(actor, uuid5(caller.id, caller.key), facts, at)
    return await _note(caller, digest, reference, report, at)


async def _note(caller: Caller, digest: str, reference: str, report: UUID, at: datetime) -> dict[str, Any]:
    row = (await Report.raw("SELECT number, status, division FROM report WHERE id = {}", report))[0]
    answer = _answer(reference, row["number"], row["status"], at)
    await ApiRequest(
        id=uuid4(), client=caller.id, idempotency_key=caller.key, body_sha256=digest, client_reference=reference,
        report=report, answer=json.dumps(answer), created_at=at,
    ).save()  # fmt: skip
    await ApiClient.raw("UPDATE api_client SET accepted = accepted + 1 WHERE id = {}", caller.id)
    await audit.record(
        SYSTEM, "exchange.report_received", "api_client", caller.id, division=row["division"], at=at,
        data={"report": str(report), "number": row["number"], "kind": caller.kind},
    )  # fmt: skip
    return answer


def _answer(reference: str, number: str, status: str, at: datetime) -> dict[str, Any]:
    return {
        "client_reference": reference, "report_number": number, "status": status,
        "status_words": _words(status), "received_at": at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
    }  # fmt: skip


def _words(status: str) -> dict[str, str]:
    """The state in both languages."""
    return both_words("report_status", status)


def both_words(group: str, code: str) -> dict[str, str]:
    """The word of a code in Chinese and in English."""
    before, said = i18n.current(), dict[str, str]()
    try:
        for lang in i18n.LANGUAGES:
            i18n.use(lang)
            said[lang] = i18n.word(group, code)
    finally:
        i18n.use(before)
    return said
