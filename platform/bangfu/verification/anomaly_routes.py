"""The page of anomalies of a month, and the same as CSV."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from litestar import Response, get

from bangfu.divisions.queries import areas_for
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.clock import today
from bangfu.shared.kept import kept
from bangfu.shared.tabular.writing import write_csv
from bangfu.shared.web.access import requires
from bangfu.shared.web.pages import Page, Request, page
from bangfu.shared.web.paging import Page as ListPage
from bangfu.verification import anomalies
from bangfu.verification.anomalies import Share, Wanted

READ = [requires("verification.anomalies")]


def _wanted(request: Request) -> Wanted:
    given = {name: request.query_params.get(name, "").strip()[:64] for name in ("month", "division", "organization")}
    return anomalies.wanted_of(given, today())


Figures = tuple[
    list[Share], list[Share], list[anomalies.FlagCount], list[anomalies.Same], list[anomalies.Shared]
]  # fmt: skip


@get("/verification/anomalies", guards=READ)
async def show_anomalies(request: Request) -> Page:
    """Where to look: manual share, identical times, shared devices, overlaps, impossible travel."""
    actor, wanted = request.actor, _wanted(request)
    given = {
        "month": wanted.month, "division": wanted.division,
        "organization": str(wanted.organization) if wanted.organization else "",
    }  # fmt: skip
    base = ListPage(1, 0, "/verification", {"state": "all", **given})
    answer = await kept(("anomaly page", actor.scope, wanted), Figures, lambda: _figures(actor, wanted))
    organizations, carers, flags, same, devices = answer.value
    return await page(
        request, "verification/anomalies.html",
        sums=anomalies.summed(organizations, flags, same, devices), wanted=wanted, filters=given,
        months=_months(today()), areas=await areas_for(actor), organizations=organizations, carers=carers,
        flags=flags, same=same,
        devices=devices, as_of=answer.at, to=base.href, least=anomalies.SAME_TIMES,
        few=anomalies.FEW, csv=ListPage(1, 0, "/verification/anomalies.csv", given).href(),
        names=[(str(each.id), each.name) for each in organizations if each.id],
    )  # fmt: skip


async def _figures(actor: Actor, wanted: Wanted) -> Figures:
    return (
        await anomalies.by_organization(actor, wanted), await anomalies.by_carer(actor, wanted),
        await anomalies.flag_counts(actor, wanted), await anomalies.same_times(actor, wanted),
        await anomalies.shared_devices(actor, wanted),
    )  # fmt: skip


def _months(day: date) -> list[tuple[str, str]]:
    """The last twelve months, the latest first."""
    found = []
    for _ in range(12):
        found.append((f"{day:%Y-%m}", f"{day:%Y-%m}"))
        day = day.replace(day=1) - timedelta(days=1)
    return found


@get("/verification/anomalies.csv", guards=READ)
async def export_anomalies(request: Request) -> Response[bytes]:
    """Every figure of the page as one CSV: what, organisation, server, figure, records."""
    actor, wanted = request.actor, _wanted(request)
    titles = [
        i18n._("Month"), i18n._("What"), i18n._("Organisation"), i18n._("Who serves"), i18n._("Detail"),
        i18n._("Visits"), i18n._("Records in all"),
    ]  # fmt: skip
    cells: list[list[Any]] = []
    for share in [*await anomalies.by_organization(actor, wanted), *await anomalies.by_carer(actor, wanted)]:
        cells += _share_rows(wanted, share)
    for same in await anomalies.same_times(actor, wanted):
        detail = i18n._("{clock}, {minutes} minutes", clock=f"{same.clock[:2]}:{same.clock[2:]}", minutes=same.minutes)
        cells.append(
            [wanted.month, i18n._("Identical times"), same.organization_name, same.name, detail, same.visits, ""]
        )
    for device in await anomalies.shared_devices(actor, wanted):
        names = i18n._(", ").join(device.names)
        cells.append(
            [wanted.month, i18n._("One device, several carers"), "", names, device.device[:6], device.visits, ""]
        )
    for flag in await anomalies.flag_counts(actor, wanted):
        cells.append([wanted.month, i18n.word("visit_flag", flag.flag), "", "", "", flag.raised, ""])
    name = f"{i18n._('Anomalies of visits')} {wanted.month}.csv"
    headers = {"Content-Disposition": f"attachment; filename=\"list.csv\"; filename*=UTF-8''{quote(name)}"}
    content = write_csv(titles, cells)
    return Response(content, media_type="text/csv; charset=utf-8", headers={**headers, "Cache-Control": "no-store"})


def _share_rows(wanted: Wanted, share: Share) -> list[list[Any]]:
    server = "" if share.id == share.organization else share.name
    parts = (
        (i18n.word("evidence_class", "attested"), share.attested),
        (i18n.word("evidence_class", "afterwards"), share.afterwards),
        (i18n.word("visit_flag", "overlap"), share.overlap),
        (i18n.word("visit_flag", "impossible_travel"), share.travel),
    )  # fmt: skip
    return [
        [wanted.month, what, share.organization_name, server, "", figure,
         share.records]
        for what, figure in parts
        if figure
    ]  # fmt: skip


ANOMALIES = [show_anomalies, export_anomalies]
