"""The map page with the list that has everything on it, and what the map asks for while it is moved."""

import json
from typing import Any

from litestar import MediaType, Response, get

from bangfu.errors import N_
from bangfu.maps import boundaries, queries, rules
from bangfu.maps.queries import LAYERS, Extent, Place
from bangfu.schedules.pages import asked_day
from bangfu.shared.clock import today
from bangfu.shared.coordinates import Datum, from_wgs84
from bangfu.shared.i18n import word, words_of
from bangfu.shared.web.access import requires
from bangfu.shared.web.frame import MenuItem
from bangfu.shared.web.pages import Page, Request, page

READ = [requires("maps.read")]


@get("/map", guards=READ)
async def show_map(request: Request) -> Page:
    """Towns by unmet needs, a layer of points, one carer's reach and the way of a day."""
    asked = request.query_params
    prefix, name = await queries.area_of(request.actor, asked.get("area", ""))
    services = await queries.services(prefix)
    service = asked.get("service", "") if asked.get("service") in services else ""
    layer = asked.get("layer", "") if asked.get("layer") in LAYERS else LAYERS[0]
    found, people = await queries.places(prefix, service), await queries.carers(prefix)
    carer = next((row for row in people if str(row["id"]) == asked.get("carer", "")), None)
    day = asked_day(request, "day", today())
    way = await queries.way_of_day(prefix, carer["id"], day) if carer else []
    most = max((place.waiting for place in found), default=0)
    extent = await queries.extent(prefix, layer, service)
    drawn = _drawn(request, found, extent, carer, way)
    return await page(
        request, "maps/map.html", area=prefix, area_name=name, places=found, carers=people, carer=carer, day=day,
        way=way, service=service, layer=layer, shades=rules.limits_of_steps(most), data=json.dumps(drawn),
        steps=rules.steps({place.code: place.waiting for place in found}), above=_above(request, prefix),
        services=[(code, word("service", code)) for code in services], layers=words_of("map_layer"),
        totals={part: sum(getattr(place, part) for place in found) for part in ("waiting", "served", "carers")},
        outlines=bool(_outlines(request, prefix)), unplaced=extent.unplaced,
        carer_options=[(str(row["id"]), f"{row['name']} · {row['organization'] or word('carer_kind', row['kind'])}")
                       for row in people],
    )  # fmt: skip


def _above(request: Request, prefix: str) -> str:
    """The next larger area that the reader may see, "" at the top."""
    larger = next((prefix[:length] for length in (9, 6, 4, 2) if length < len(prefix)), "")
    return larger if larger.startswith(request.actor.scope) and request.actor.scope else ""


def _drawn(
    request: Request, found: list[Place], extent: Extent, carer: dict[str, Any] | None, way: list[Any]
) -> dict[str, Any]:
    """What the script draws at once: the centres of the towns, the reach of a carer, the stops of the day."""
    datum = _datum(request)

    def at(lat: float, lon: float) -> list[float]:
        moved = from_wgs84(lat, lon, datum)
        return [round(moved[0], 5), round(moved[1], 5)]

    towns = [
        {"code": each.code, "name": each.name, "at": at(each.lat, each.lon), "n": each.waiting}
        for each in found
        if each.lat is not None and each.lon is not None
    ]
    reach = (
        {"at": at(carer["lat"], carer["lon"]), "km": carer["max_km"]} if carer and carer["lat"] is not None else None
    )
    stops = [{"at": at(stop["lat"], stop["lon"]), "n": stop["stop"]} for stop in way if stop["lat"] is not None]
    centres = [(each.lat, each.lon) for each in found if each.lat is not None and each.lon is not None]
    window = rules.window(centres, extent.corners)
    corners = [at(window[1], window[0]), at(window[3], window[2])] if window else None
    return {"towns": towns, "reach": reach, "way": stops, "window": corners}


def _datum(request: Request) -> Datum:
    """What the map is drawn in: the tiles' own; without tiles nothing is shifted."""
    settings = request.app.state.settings
    return "gcj02" if settings.tiles and settings.tiles_datum == "gcj02" else "wgs84"


def _outlines(request: Request, prefix: str) -> list[boundaries.Boundary]:
    settings = request.app.state.settings
    found = boundaries.boundaries(settings.boundaries, settings.boundaries_datum)
    return boundaries.of_area(found, prefix, queries.length_below(prefix))


@get("/map/points.json", guards=READ)
async def points(request: Request) -> Response[bytes]:
    """The marks of a layer in a window: {"marks": [[lat, lon, n, urgent]]}, gathered as the zoom asks."""
    asked = request.query_params
    prefix, _name = await queries.area_of(request.actor, asked.get("area", ""))
    if not asked.get("box"):
        return _json({"marks": []})
    zoom = asked.get("zoom", "")
    window = rules.box(asked.get("box", ""))
    layer = asked.get("layer", "")
    if window is None or layer not in LAYERS or not (zoom.isascii() and zoom.isdigit() and len(zoom) < 3):
        return _json({"marks": []}, 400)
    found = await queries.marks(prefix, layer, asked.get("service", "")[:24], int(zoom), window)
    datum = _datum(request)
    marks = []
    for each in found:
        lat, lon = from_wgs84(each["lat"], each["lon"], datum)
        marks.append([round(lat, 5), round(lon, 5), each["n"], each["urgent"]])
    return _json({"marks": marks})


@get("/map/towns.json", guards=READ)
async def outlines(request: Request) -> Response[bytes]:
    """The operator's outlines of the towns with the shade of each: a GeoJSON FeatureCollection."""
    asked = request.query_params
    prefix, _name = await queries.area_of(request.actor, asked.get("area", ""))
    found = {place.code: place for place in await queries.places(prefix, asked.get("service", "")[:24])}
    shades = rules.steps({code: place.waiting for code, place in found.items()})
    datum = _datum(request)
    features = [
        {
            "type": "Feature",
            "properties": {"code": each.code, "name": found[each.code].name, "step": shades[each.code]},
            "geometry": _shifted(each.geometry, datum),
        }
        for each in _outlines(request, prefix)
        if each.code in found
    ]
    return _json({"type": "FeatureCollection", "features": features})


def _shifted(geometry: dict[str, Any], datum: Datum) -> dict[str, Any]:
    if datum == "wgs84":
        return geometry
    polygons = [
        [[list(reversed(from_wgs84(lat, lon, datum))) for lon, lat in ring] for ring in polygon]
        for polygon in geometry["coordinates"]
    ]
    return {"type": geometry["type"], "coordinates": polygons}


def _json(value: Any, status: int = 200) -> Response[bytes]:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(text, status_code=status, media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


ROUTES = [show_map, points, outlines]
MENU = [MenuItem(46, "map", N_("Map"), "/map", "maps.read", "map", group="service")]
