"""The events that a dispatcher can name: what the form offers, what it gives, and how an event is said."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_
from bangfu.planning.queries import scope_of
from bangfu.planning.sources import TO_MATCH
from bangfu.planning.tables import PlanStudy
from bangfu.shared.actor import Actor
from bangfu.shared.i18n import Say, _, word
from bangfu.shared.masking import mask_name
from bangfu.shared.web.forms import Form

KINDS: Final = (
    "carer_ill", "carer_leaves", "offer_declined", "need_appears", "need_closes", "need_moves", "line_shrinks",
)  # fmt: skip
OF_CARER: Final = ("carer_ill", "carer_leaves")
OF_TASK: Final = ("offer_declined", "need_closes", "need_moves")
_OPEN = "('offered', 'accepted', 'scheduled', 'active')"
MOST_WAITING: Final = 300
Options = list[tuple[str, str]]


async def options(actor: Actor, kind: str) -> Options:
    """What the select of an event's form offers: carers with tasks, needs that wait, lines in use, or divisions."""
    if kind in OF_CARER:
        return await _carers(actor)
    if kind == "need_appears":
        return await _waiting(actor)
    if kind == "line_shrinks":
        return await _lines(actor)
    return await _divisions(actor) if kind == "need_moves" else []


async def _carers(actor: Actor) -> Options:
    rows = await PlanStudy.raw(
        "SELECT c.id, c.name, c.number, coalesce(o.name, '') AS organization, c.kind, count(*) AS n FROM assignment a"  # noqa: S608 (own constants)
        " JOIN carer c ON c.id = a.carer LEFT JOIN organization o ON o.id = c.organization"
        f" WHERE a.division LIKE {{}} AND a.status IN {_OPEN} GROUP BY c.id, o.name"
        " ORDER BY o.name NULLS LAST, c.pinyin, c.number",
        scope_of(actor),
    )
    return [
        (
            str(row["id"]),
            _("{name} · {unit} · {n} tasks", name=row["name"], n=row["n"],
              unit=row["organization"] or word("carer_kind", row["kind"])),
        )
        for row in rows
    ]  # fmt: skip


async def _waiting(actor: Actor) -> Options:
    rows = await PlanStudy.raw(
        "SELECT n.id, n.number, n.service, h.head_name FROM need n JOIN household h ON h.id = n.household"  # noqa: S608
        " JOIN service s ON s.code = n.service WHERE n.division LIKE {} AND n.status IN ('confirmed', 'matching') AND"
        + TO_MATCH
        # a placeholder after the literal braces in TO_MATCH would be lost
        + f" ORDER BY n.confirmed_at DESC NULLS LAST, n.number DESC LIMIT {MOST_WAITING}",
        scope_of(actor),
    )
    return [
        (str(row["id"]), f"{row['number']} · {mask_name(row['head_name'])} · {word('service', row['service'])}")
        for row in rows
    ]


async def _lines(actor: Actor) -> Options:
    rows = await PlanStudy.raw(
        "SELECT a.organization, o.name, a.service, sum(a.visits)::int AS visits FROM assignment a"  # noqa: S608
        " JOIN organization o ON o.id = a.organization WHERE a.division LIKE {} AND a.contract_line IS NOT NULL"
        f" AND a.status IN {_OPEN} GROUP BY a.organization, o.name, a.service ORDER BY o.name, a.service",
        scope_of(actor),
    )
    return [
        (
            f"{row['organization']}/{row['service']}",
            _("{name} · {service} · {n} visits in four weeks", name=row["name"], n=row["visits"],
              service=word("service", row["service"])),
        )
        for row in rows
    ]  # fmt: skip


async def _divisions(actor: Actor) -> Options:
    rows = await PlanStudy.raw(
        "SELECT code, name FROM division WHERE code LIKE {} AND lat IS NOT NULL AND level >= 4 ORDER BY code",
        scope_of(actor),
    )
    return [(row["code"], row["name"]) for row in rows]


async def read(actor: Actor, form: Form, kind: str) -> dict[str, Any]:
    """The event of a posted form; faults stand in the form."""
    if kind in OF_TASK:
        return await _of_task(actor, form, kind)
    chosen = form.choice("of", dict(await options(actor, kind)))
    if kind in OF_CARER:
        return {"code": kind, "carer": chosen}
    if kind == "need_appears":
        return {"code": kind, "need": chosen}
    visits = form.whole("visits", most=1_000_000)
    organisation, _slash, service = chosen.partition("/")
    return {"code": kind, "organisation": organisation, "service": service, "max_visits": visits}


async def _of_task(actor: Actor, form: Form, kind: str) -> dict[str, Any]:
    number = form.text("task", most=32)
    rows = await PlanStudy.raw(
        "SELECT a.need, a.carer FROM assignment a JOIN need n ON n.id = a.need"  # noqa: S608 (own constants)
        f" WHERE (a.number = {{}} OR n.number = {{}}) AND a.division LIKE {{}} AND a.status IN {_OPEN}",
        number.upper(), number.upper(), scope_of(actor),
    )  # fmt: skip
    if not rows:
        if number:
            form.fault("task", N_("There is no open task of this number in your area."))
        return {"code": kind}
    event: dict[str, Any] = {"code": kind, "need": str(rows[0]["need"])}
    if kind == "offer_declined":
        return {**event, "carer": str(rows[0]["carer"])}
    return {**event, **await _place(actor, form)} if kind == "need_moves" else event


async def _place(actor: Actor, form: Form) -> dict[str, Any]:
    """The centre of the division where the household moves; the address itself is entered with the household."""
    chosen = form.choice("of", dict(await _divisions(actor)))
    rows = await PlanStudy.raw("SELECT lat, lon FROM division WHERE code = {}", chosen)
    return {"lat": rows[0]["lat"], "lon": rows[0]["lon"], "division": chosen} if rows else {}


async def said(events: list[Mapping[str, Any]]) -> list[str]:
    """Each event in the reader's language, with names of carers and organisations and numbers of needs."""
    ids = [UUID(str(each[key])) for each in events for key in ("carer", "need", "organisation") if each.get(key)]
    rows = await PlanStudy.raw(
        "SELECT id::text AS id, name FROM carer WHERE id = ANY({}::uuid[])"
        " UNION ALL SELECT id::text, name FROM organization WHERE id = ANY({}::uuid[])"
        " UNION ALL SELECT id::text, number FROM need WHERE id = ANY({}::uuid[])",
        ids, ids, ids,
    )  # fmt: skip
    names = {row["id"]: row["name"] for row in rows}
    return [_sentence(each, names) for each in events]


def _sentence(event: Mapping[str, Any], names: Mapping[str, str]) -> str:
    text = {
        "carer_ill": N_("{carer} falls ill"),
        "carer_leaves": N_("{carer} leaves"),
        "offer_declined": N_("Need {need}: the offer to {carer} is declined"),
        "need_appears": N_("Need {need} appears"),
        "need_closes": N_("Need {need} closes"),
        "need_moves": N_("Need {need} moves"),
        "line_shrinks": N_("{organisation}: {service} falls to {visits} visits in four weeks"),
    }[event["code"]]
    named = {key: names.get(str(event.get(key)), "—") for key in ("carer", "need", "organisation")}
    return str(Say(text, **named, service=word("service", event.get("service", "")), visits=event.get("max_visits")))
