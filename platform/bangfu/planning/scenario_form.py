"""What leaders may assume: what the form offers for a run, what it gives, and how an assumption is said."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any, Final
from uuid import UUID

from bangfu.errors import N_, FormError
from bangfu.planning.plan import problem_of
from bangfu.planning.tables import Proposal
from bangfu.shared.i18n import Say, word
from bangfu.shared.web.forms import Form
from matching import ProblemError
from matching.whatif import CODES, LEAVES, MORE_VISITS, REACH, Assumption, under

MOST_HOURS: Final = 20_000
MOST_KM: Final = 200.0
MOST_VISITS: Final = 100_000
MOST_YUAN: Final = 10_000.0
KINDS: Final = ("volunteer", "social_worker", "worker")
BETWEEN: Final = "/"
Options = list[tuple[str, str]]
_FIELD: Final = {"service": "service", "kind": "kind", "organisation": "organisation", "minutes": "hours"}


@dataclass(frozen=True, slots=True)
class Offered:
    """What the selects of the form offer for one run, as (value, words)."""

    services: Options
    towns: Options
    organizations: Options
    lines: Options


async def offered(run: UUID, prefix: str) -> Offered:
    """The services and towns of the run's needs, the organisations and contract lines that its plan uses."""
    services = await Proposal.raw("SELECT DISTINCT service FROM proposal WHERE run = {} ORDER BY service", run)
    towns = await Proposal.raw(
        "SELECT code, name FROM division WHERE code LIKE {} AND level = 4 AND lat IS NOT NULL ORDER BY code",
        f"{prefix[:9]}%",
    )
    used = await Proposal.raw(
        "SELECT DISTINCT p.organization, o.name, p.service, c.kind = 'worker' AS paid FROM proposal p"
        " JOIN organization o ON o.id = p.organization JOIN carer c ON c.id = p.carer WHERE p.run = {}"
        " ORDER BY o.name, p.service",
        run,
    )
    organizations = {str(row["organization"]): row["name"] for row in used}
    return Offered(
        services=[(row["service"], word("service", row["service"])) for row in services],
        towns=[(row["code"], row["name"]) for row in towns],
        organizations=list(organizations.items()),
        lines=[
            (f"{row['organization']}{BETWEEN}{row['service']}", f"{row['name']} · {word('service', row['service'])}")
            for row in used
            if row["paid"]
        ],
    )


async def read(form: Form, run: UUID, offers: Offered) -> dict[str, Any]:
    """The assumption of the form with the names that say it: {"assumption", "names"}.

    Raises:
        FormError: naming the field, also where the run's problem does not have what the form names.
    """
    code = form.choice("code", CODES)
    form.check()
    values, names = await _values(form, code, run, offers)
    form.check()
    try:
        assumption = Assumption(code=code, **values)
        await asyncio.to_thread(under, await problem_of(run), assumption)
    except ProblemError as error:
        field = _FIELD.get(error.field, "code")
        raise FormError(
            {field: (N_("The run has nothing that this could change. Choose something else."), {})}
        ) from error
    return {"assumption": assumption.to_document(), "names": names}


async def _values(form: Form, code: str, run: UUID, offers: Offered) -> tuple[dict[str, Any], dict[str, str]]:
    if code == REACH:
        km = form.decimal("km", least=0.5, most=MOST_KM)
        return {"kind": form.choice("kind", KINDS), "km": km}, {}
    if code == LEAVES:
        names = dict(offers.organizations)
        gone = form.choice("organisation", names)
        return {"organisation": gone}, {"organisation": names.get(gone, "")}
    if code == MORE_VISITS:
        lines = dict(offers.lines)
        line = form.choice("line", lines)
        visits = form.whole("visits", least=1, most=MOST_VISITS)
        organisation, _slash, service = line.partition(BETWEEN)
        return {"organisation": organisation, "service": service, "visits": visits}, {"line": lines.get(line, "")}
    service = form.choice("service", dict(offers.services))
    towns = dict(offers.towns)
    town = form.choice("town", towns)
    hours = form.whole("hours", least=1, most=MOST_HOURS)
    price = form.decimal("price", least=0, most=MOST_YUAN, required=False)
    form.check()
    lat, lon = await _centre(town)
    fen = await usual_price(run, service) if price is None else _fen(price)
    values = {"service": service, "lat": lat, "lon": lon, "minutes": (hours or 0) * 60, "fen": fen}
    return values, {"town": towns[town]}


def _fen(yuan: float) -> int:
    return int((Decimal(str(yuan)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


async def usual_price(run: UUID, service: str) -> int:
    """The median price of a visit of the service in the run's contract lines, in fen; of all lines where none pays
    for it."""
    lines = (await problem_of(run)).contract_lines
    prices = [line.unit_price_fen for line in lines if line.service == service]
    return int(median(prices or [line.unit_price_fen for line in lines] or [0]))


async def _centre(town: str) -> tuple[float, float]:
    (row,) = await Proposal.raw("SELECT lat, lon FROM division WHERE code = {}", town)
    return row["lat"], row["lon"]


def said(asked: Mapping[str, Any]) -> str:
    """An assumption as a sentence in the reader's language."""
    told, names = asked["assumption"], asked["names"]
    if told["code"] == REACH:
        return str(Say(N_("{kind}: reach {km} km"), kind=word("carer_kind", told["kind"]), km=f"{told['km']:g}"))
    if told["code"] == LEAVES:
        return str(Say(N_("{name} leaves"), name=names["organisation"]))
    if told["code"] == MORE_VISITS:
        return str(Say(N_("{line}: {n} more visits in four weeks"), line=names["line"], n=told["visits"]))
    return str(
        Say(
            N_("{town}: {hours} more hours of {service} in four weeks, {price} yuan a visit"), town=names["town"],
            hours=told["minutes"] // 60, service=word("service", told["service"]), price=f"{told['fen'] / 100:.2f}",
        )
    )  # fmt: skip
