"""Certificates of voluntary service: issued by who organises, checked by anybody, revoked with a reason (DOMAIN.md 7).

What a certificate says is sealed as it was issued; the public check by number and name tells hours and state only.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.queries import user_of_carer
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.shared import audit, i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.crypto import decrypt, encrypt
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number
from bangfu.shared.phones import national_phone
from bangfu.shared.printing import pdf, qr_svg
from bangfu.volunteers import hours_rules as rules
from bangfu.volunteers.hours_tables import Certificate
from bangfu.volunteers.people import check_organises, volunteer_for

PLACE = "volunteer_certificate:content_enc:{}"
DOCUMENT = "居民身份证"


@dataclass(frozen=True, slots=True)
class Issue:
    """What the organiser adds: for which days, who answers for it, and notes."""

    id: UUID
    carer: UUID
    first: date
    last: date
    responsible: str
    contact: str
    notes: str = ""
    replaces: UUID | None = None


async def issue(actor: Actor, new: Issue, at: datetime) -> UUID:
    """Issue a certificate over the confirmed minutes of a span of days; free of charge.

    Raises:
        NotYours, NotAllowed: unless the actor keeps the volunteer's record; for replacing another volunteer's.
        FormError: for days that cannot be. Refused: without confirmed minutes in them.
    """
    row = await volunteer_for(actor, new.carer)
    check_organises(actor, row)
    if not new.first <= new.last <= civil_date(at):
        raise FormError({"last": (N_("The last day comes after the first one and is not ahead."), {})})
    async with transaction():
        known = await Certificate.objects().get(Certificate.id == new.id)
        if known is not None:
            if known.carer != new.carer:
                raise NotYours
            return new.id
        kinds = await _kinds(new.carer, new.first, new.last)
        minutes = sum(kinds.values())
        if minutes <= 0:
            raise Refused(N_("No confirmed hours lie in these days."))
        if new.replaces is not None:
            await _revoke(actor, await _replaced(new), "reissued", at)
        number = await fresh_number(Certificate)
        content = await _content(actor, row, new, kinds, minutes, number, at)
        await Certificate(
            id=new.id, number=number, carer=new.carer, division=row["division"], organization=row["organization"],
            minutes=minutes, issued_by=actor.me, issued_at=at, replaces=new.replaces,
            content_enc=encrypt(json.dumps(content, ensure_ascii=False), PLACE.format(new.id)),
        ).save()  # fmt: skip
        await _event(actor, new.id, row["division"], "issued", at, number=number, minutes=minutes)
        await send(await user_of_carer(new.carer), "certificate_issued", "/my-hours", {"number": number})
        return new.id


async def _kinds(carer: UUID, first: date, last: date) -> dict[str, int]:
    """Service (or "activity") -> confirmed minutes of the days."""
    rows = await Certificate.raw(
        "SELECT CASE WHEN s.visit IS NULL THEN 'activity' ELSE s.service END AS kind, sum(h.minutes)::int AS n"
        " FROM volunteer_hours h JOIN volunteer_service s ON s.id = h.service WHERE h.carer = {}"
        " AND h.day BETWEEN {} AND {} GROUP BY 1 HAVING sum(h.minutes) > 0 ORDER BY n DESC, kind",
        carer, first, last,
    )  # fmt: skip
    return {row["kind"]: row["n"] for row in rows}


async def _content(
    actor: Actor, row: dict[str, Any], new: Issue, kinds: dict[str, int], minutes: int, number: str, at: datetime
) -> dict[str, Any]:
    return {
        "number": number, "name": row["name"], "document": DOCUMENT,
        "id_number": decrypt(row["id_number_enc"], f"carer:id_number_enc:{row['id']}"), "volunteer": row["number"],
        "minutes": minutes, "hours": str(rules.hours(minutes)), "first": new.first.isoformat(),
        "last": new.last.isoformat(), "kinds": [[kind, str(rules.hours(n)), n] for kind, n in kinds.items()],
        "issuer": await _issuer(actor, row), "responsible": new.responsible, "handler": actor.display_name,
        "contact": new.contact, "issued": civil_date(at).isoformat(), "notes": new.notes,
    }  # fmt: skip


async def _issuer(actor: Actor, row: dict[str, Any]) -> str:
    """Who organises records, who records certifies: the own organisation, else the township's station."""
    if actor.organization is not None and actor.organization == row["organization"]:
        return str(row["organization_name"])
    rows = await Certificate.raw("SELECT name FROM division WHERE code = {}", f"{actor.scope[:9]:0<12}")
    return f"{rows[0]['name'] if rows else ''}社会工作服务站"


async def certificate_for(actor: Actor, certificate: UUID) -> Certificate:
    """A certificate of a volunteer whom the actor oversees, or the volunteer's own.

    Raises:
        NotYours: for any other.
    """
    found = await Certificate.objects().get(Certificate.id == certificate)
    if found is None:
        raise NotYours
    if not (actor.has("volunteer") and actor.carer is not None and actor.carer == found.carer):
        await volunteer_for(actor, found.carer)
    return found


async def _locked(certificate: UUID) -> Certificate:
    found: Certificate | None = (
        await Certificate.objects().where(Certificate.id == certificate).first().lock_rows("UPDATE")
    )
    if found is None:
        raise NotYours
    return found


async def _replaced(new: Issue) -> Certificate:
    """The certificate that the new one stands for: of the same volunteer, nobody else's is revoked by the way."""
    found = await Certificate.objects().get(Certificate.id == new.replaces)
    if found is None or found.carer != new.carer:
        raise NotYours
    return await _locked(found.id)


async def revoke(actor: Actor, certificate: UUID, reason: str, at: datetime) -> None:
    """Revoke it; the public check says so from then on. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed: unless the actor keeps the volunteer's record. FormError: without a reason of the list.
    """
    known = await certificate_for(actor, certificate)
    check_organises(actor, await volunteer_for(actor, known.carer))
    if reason not in rules.REVOKE_REASONS:
        raise FormError({"reason": (N_("Please choose a reason."), {})})
    async with transaction():
        row = await _locked(certificate)
        if row.status == "revoked":
            return
        await _revoke(actor, row, reason, at)


async def _revoke(actor: Actor, row: Certificate, reason: str, at: datetime) -> None:
    rules.CERTIFICATE_MACHINE.step(row.status, "revoke")
    changes: dict[Any, Any] = {
        "status": "revoked", "revoked_by": actor.user, "revoked_at": at, "revoke_reason": reason,
    }  # fmt: skip
    await Certificate.update(changes).where(Certificate.id == row.id)
    await _event(actor, row.id, row.division, "revoked", at, reason=reason, number=row.number)
    await send(await user_of_carer(row.carer), "certificate_revoked", "/my-hours", {"number": row.number})


def content_of(row: Certificate) -> dict[str, Any]:
    """What the certificate says, opened."""
    found: dict[str, Any] = json.loads(decrypt(row.content_enc, PLACE.format(row.id)))
    return found


async def paper(actor: Actor, row: Certificate, portal: str, at: datetime) -> bytes:
    """The certificate as a paper; who took it is on record, since it names the person in full."""
    said = content_of(row)
    made = await pdf("volunteers/certificate.typ", _paper_of(row, said, portal))
    async with transaction():
        await _event(actor, row.id, row.division, "printed", at, number=row.number)
    return made


def _paper_of(row: Certificate, said: dict[str, Any], portal: str) -> dict[str, Any]:
    address = f"{portal}/verify-certificate"
    facts = [
        ["姓名", said["name"]], ["证件类型", said["document"]], ["证件号码", said["id_number"] or "无"],
        ["志愿者编号", said["volunteer"]], ["服务时长", f"{said['hours']} 小时（{said['minutes']} 分钟）"],
        ["服务期间", f"{_day(said['first'])}至{_day(said['last'])}"],
    ]  # fmt: skip
    issuer = [
        ["出具单位", said["issuer"]], ["负责人", said["responsible"] or "无"], ["经办人", said["handler"]],
        ["联系方式", national_phone(said["contact"]) or said["contact"] or "无"], ["出具日期", _day(said["issued"])],
        ["备注", said["notes"] or "无"],
    ]  # fmt: skip
    return {
        "title": "志愿服务记录证明", "unit": said["issuer"], "number": f"证明编号：{row.number}",
        "state": "本证明已撤销" if row.status == "revoked" else "",
        "check": {
            "code": row.number, "qr": qr_svg(f"{address}?number={row.number}"),
            "note": f"核验：扫描二维码，或在 {address} 输入证明编号和姓名。本证明免费出具。",
        },
        "facts": facts, "issuer": issuer,
        "lines": [[_kind(kind), f"{hours} 小时（{n} 分钟）"] for kind, hours, n in said["kinds"]],
    }  # fmt: skip


def _kind(code: str) -> str:
    lang = i18n.current()
    i18n.use("zh")
    try:
        return "集体志愿服务活动" if code == "activity" else i18n.word("service", code)
    finally:
        i18n.use(lang)


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


async def check(number: str, name: str) -> dict[str, Any] | None:
    """What the public check tells: state and hours, nothing else; None unless number and name belong together."""
    found = await Certificate.objects().get(Certificate.number == number.strip().upper()[:32])
    typed = "".join(name.split())
    said = "".join(content_of(found)["name"].split()) if found is not None else "—"
    if not hmac.compare_digest(typed.encode(), said.encode()) or found is None:
        return None
    return {"number": found.number, "status": found.status, "hours": rules.hours(found.minutes)}


async def certificates(actor: Actor, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """One page of the certificates of volunteers whom the actor oversees, the newest first."""
    rows = await Certificate.raw(
        "SELECT z.id, z.number, z.minutes, z.status, z.issued_at, z.revoked_at, z.revoke_reason, c.id AS carer, c.name,"
        " c.number AS carer_number, count(*) OVER () AS total FROM volunteer_certificate z JOIN carer c"
        " ON c.id = z.carer WHERE (({}::uuid IS NOT NULL AND c.organization = {}::uuid) OR ({} <> ''"
        " AND c.division LIKE {})) ORDER BY z.issued_at DESC, z.number DESC LIMIT {} OFFSET {}",
        actor.organization, actor.organization, actor.scope, f"{actor.scope}%", limit, offset,
    )  # fmt: skip
    return rows, rows[0]["total"] if rows else 0


async def _event(
    actor: Actor, certificate: UUID, division: str, event: str, at: datetime, *, reason: str = "", **data: object
) -> None:
    await audit.record(actor, f"volunteer_certificate.{event}", "volunteer_certificate", certificate,
                       division=division, reason=reason, data=data, at=at)  # fmt: skip
