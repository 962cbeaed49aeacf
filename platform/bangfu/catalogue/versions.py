"""Drafting, submitting, publishing and retiring a version: the same verbs for items, norms and usual values.

One transaction each. What is published never changes: a change is a new draft of the next version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.accounts.queries import users_with
from bangfu.catalogue import rules
from bangfu.catalogue.tables import CatalogueItem, ServiceDefault, ServiceNorm
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.needs.tables import Service
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent

Versioned = CatalogueItem | ServiceNorm | ServiceDefault


@dataclass(frozen=True, slots=True)
class Kind:
    """What is kept in versions: its table, its address, and the columns that make up its content."""

    name: str
    table: Any
    subject: str
    content: tuple[str, ...]
    path: str = ""
    """Where its pages stand; without one below the catalogue."""


_ELEMENTS = tuple(f"{element}_{lang}" for element in rules.ELEMENTS for lang in ("zh", "en"))
KINDS: Final[Mapping[str, Kind]] = {
    "items": Kind(
        "items", CatalogueItem, "catalogue_item",
        ("zh", "en", "service", "area", "unit", "minutes", "kinds", "targets", *_ELEMENTS),
    ),
    "norms": Kind(
        "norms", ServiceNorm, "service_norm",
        ("service", "target", "times", "period", "minutes", "within_hours", "on_request", "policy_version",
         "basis_zh", "basis_en", "source"),
    ),
    "services": Kind(
        "services", ServiceDefault, "service_default", ("minutes", "visits", "kinds", "qualifications"),
    ),
}  # fmt: skip
"""By the part of the address: /catalogue/<name>/<id>."""


def kind_of(name: str) -> Kind:
    """Raises NotYours: for an address that names no kind."""
    if name not in KINDS:
        raise NotYours
    return KINDS[name]


async def version_for(kind: Kind, version: UUID) -> Any:
    """One version.

    Raises:
        NotYours: if there is none.
    """
    row = await kind.table.objects().get(kind.table.id == version)
    if row is None:
        raise NotYours
    return row


async def draft(actor: Actor, kind: Kind, key: UUID, code: str, values: Mapping[str, Any], at: datetime) -> UUID:
    """The next version of a code as a draft. The same key again is the same draft.

    Raises:
        Refused: if a draft of this code is open already.
    """
    try:
        async with transaction():
            if await _is_own(actor, kind, key):
                return key
            rows = await kind.table.raw(
                "SELECT coalesce(max(version), 0) + 1 AS next FROM " + kind.subject + " WHERE code = {}",  # noqa: S608
                code,
            )
            row = kind.table(
                id=key, code=code, version=rows[0]["next"], status="draft", made_by=actor.user, made_at=at, **values
            )
            await row.save()
            await _note(actor, kind, row, "drafted", at, after=values)
    except UniqueViolationError:
        if not await _is_own(actor, kind, key):
            raise Refused(
                N_("A version of this is being prepared already; it stands in the list of versions.")
            ) from None
    return key


async def change(
    actor: Actor, kind: Kind, version: UUID, row_version: int, values: Mapping[str, Any], at: datetime
) -> None:
    """Change a draft.

    Raises:
        NotYours: if there is none.
        Refused: if it is no draft any more, or somebody changed it meanwhile.
    """
    async with transaction():
        row = await _locked(kind, version)
        if row.status != "draft" or row.row_version != row_version:
            raise Refused(N_("This draft was changed or submitted meanwhile. Look at its page, then decide again."))
        await kind.table.update(**values, changed_by=actor.user, row_version=row.row_version + 1).where(
            kind.table.id == version
        )
        await _note(actor, kind, row, "changed", at, after=values)


async def submit(actor: Actor, kind: Kind, version: UUID, at: datetime) -> None:
    """draft -> submitted; the leads hear of it. A repeat changes nothing.

    Raises:
        NotYours, NotAllowed, Refused: by role and state; an item with an empty element is refused.
    """
    async with transaction():
        row = await _step(actor, kind, version, "submit", at, submitted_by=actor.user)
        if row is not None:
            await _tell(await users_with("bureau_lead", actor.scope), "version_submitted", kind, row)


async def publish(actor: Actor, kind: Kind, version: UUID, valid_from: date, today: date, at: datetime) -> None:
    """submitted -> published, valid from a day not before today; the one who prepared it hears of it.

    Raises:
        NotYours, Refused: by state.
        NotAllowed: by role, and for whoever made, changed or submitted it.
        FormError: for a day in the past.
    """
    if valid_from < today:
        raise FormError({"valid_from": (N_("A version counts from today or from a later day on."), {})})
    async with transaction():
        row = await _step(
            actor, kind, version, "publish", at, valid_from=valid_from, published_by=actor.user, published_at=at
        )
        if row is not None:
            await _tell([row.submitted_by], "version_published", kind, row)
            if kind.name == "services":
                await take_effect(today)


async def send_back(actor: Actor, kind: Kind, version: UUID, reason: str, at: datetime) -> None:
    """submitted -> draft, with the reason. Raises as `publish`."""
    async with transaction():
        row = await _step(actor, kind, version, "return", at, reason=reason)
        if row is not None:
            await _tell([row.submitted_by], "version_returned", kind, row)


async def retire(actor: Actor, kind: Kind, version: UUID, reason: str, at: datetime) -> None:
    """published -> retired: the code is not offered any more. Raises as `publish`."""
    await _step(actor, kind, version, "retire", at, reason=reason, retired_at=at)


async def take_effect(today: date) -> None:
    """Write the usual values that count today into the services: called after publishing, and every hour."""
    by_code: dict[str, list[ServiceDefault]] = {}
    for row in await ServiceDefault.objects():
        by_code.setdefault(row.code, []).append(row)
    for code, versions in by_code.items():
        current = rules.in_force(versions, today)
        if current is not None:
            await Service.update(
                minutes=current.minutes, visits=current.visits, kinds=current.kinds,
                qualifications=current.qualifications,
            ).where(Service.code == code)  # fmt: skip


async def _step(
    actor: Actor, kind: Kind, version: UUID, action: str, at: datetime, *, reason: str = "", **changes: Any
) -> Any | None:
    """Take one transition; None where this person has taken it already."""
    async with transaction():
        row = await _locked(kind, version)
        if await _already(actor, kind, row, action):
            return None
        step = rules.MACHINE.step(row.status, action)
        if step.roles.isdisjoint(actor.roles):
            raise NotAllowed
        if action == "publish" and actor.user in {row.made_by, row.changed_by, row.submitted_by}:
            raise NotAllowed(N_("You prepared this version yourself: somebody else publishes it."))
        if action in {"submit", "publish"} and kind.name == "items":
            _check_elements(row)
        await kind.table.update(status=step.target, row_version=row.row_version + 1, **changes).where(
            kind.table.id == version
        )
        await _note(actor, kind, row, step.event, at, reason=reason)
        return row


def _check_elements(row: CatalogueItem) -> None:
    if missing := rules.missing_elements({name: getattr(row, name) for name in _ELEMENTS}):
        raise Refused(
            N_("Before publication all five elements are filled in both languages; {n} fields are empty."),
            n=len(missing),
        )


async def _locked(kind: Kind, version: UUID) -> Any:
    row = await kind.table.objects().where(kind.table.id == version).first().lock_rows("UPDATE")
    if row is None:
        raise NotYours
    return row


async def _already(actor: Actor, kind: Kind, row: Any, action: str) -> bool:
    """Whether this very person took the action last, so that a repeat changes nothing."""
    steps = [step for (_, name), step in rules.MACHINE.table.items() if name == action and step.target == row.status]
    if not steps:
        return False
    last = await AuditEvent.raw(
        "SELECT action, actor FROM audit_event WHERE subject = {} AND subject_type = {} ORDER BY id DESC LIMIT 1",
        str(row.id), kind.subject,
    )  # fmt: skip
    return bool(last) and last[0]["action"] == f"{kind.subject}.{steps[0].event}" and last[0]["actor"] == actor.user


async def _is_own(actor: Actor, kind: Kind, key: UUID) -> bool:
    row = await kind.table.objects().get(kind.table.id == key)
    if row is not None and row.made_by != actor.user:
        raise NotYours
    return row is not None


async def _note(
    actor: Actor, kind: Kind, row: Any, event: str, at: datetime, *, reason: str = "",
    after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    await audit.record(
        actor, f"{kind.subject}.{event}", kind.subject, row.id, reason=reason, at=at,
        data={"code": row.code, "version": row.version}, after=after,
    )  # fmt: skip


async def _tell(users: list[UUID], message: str, kind: Kind, row: Any) -> None:
    found = [user for user in users if user is not None]
    path = kind.path or f"/catalogue/{kind.name}"
    await send(found, message, f"{path}/{row.id}", {"code": row.code, "number": row.version})
