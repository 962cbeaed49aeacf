"""Addresses to points through a geopy geocoder where the operator configured one; rate-limited and cached.

`BANGFU_GEOCODER` is a geopy service name (`nominatim`, `baiduv3`) or `package.module:Class` of an own geopy geocoder;
`BANGFU_GEOCODER_OPTIONS` are its arguments (`api_key=...;user_agent=...`) and, for this module, `datum` (wgs84, gcj02
or bd09: what the service answers in), `seconds` between two questions (1) and `region`, put in front of addresses.
The cache keeps a keyed hash of an address, never the address.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from geopy.exc import GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import get_geocoder_for_service

from bangfu.errors import SetupError
from bangfu.settings import Settings
from bangfu.shared.coordinates import Datum, Point, parse_datum, to_wgs84
from bangfu.shared.crypto import blind_index

OWN_OPTIONS = ("datum", "seconds", "region")
CACHE = "geocoded.jsonl"
MOST = 5
"""Places of one address that are kept: more than one tells that it is ambiguous."""


class Geocoder:
    """Blocking: call it in a thread. Each address is asked once; answers and failures to find are kept in a file."""

    def __init__(
        self, service: Any, cache: Path, *, datum: Datum = "wgs84", seconds: float = 1.0, region: str = ""
    ) -> None:
        self._ask = RateLimiter(
            service.geocode, min_delay_seconds=seconds, max_retries=1, error_wait_seconds=max(seconds, 0.01),
            swallow_exceptions=False,
        )  # fmt: skip
        self._file, self._datum, self._region = cache, datum, region
        self._known: dict[str, list[Point]] = dict(_read(cache))

    @classmethod
    def configured(cls, settings: Settings) -> Geocoder | None:
        """The geocoder of the settings, or None where none is named.

        Raises:
            SetupError: for an unknown service or wrong options.
        """
        if not settings.geocoder:
            return None
        options = settings.geocoder_options
        own = {name: options[name] for name in OWN_OPTIONS if name in options}
        try:
            service = _class(settings.geocoder)(**{name: options[name] for name in options if name not in OWN_OPTIONS})
            datum = parse_datum(own.get("datum") or ("bd09" if "baidu" in settings.geocoder.lower() else "wgs84"))
            return cls(
                service, settings.data / CACHE, datum=datum, seconds=float(own.get("seconds", "1")),
                region=own.get("region", ""),
            )  # fmt: skip
        except (GeopyError, ImportError, AttributeError, TypeError, ValueError) as error:
            raise SetupError(f"The geocoder {settings.geocoder!r} cannot be used: {error}.") from error

    def locate(self, address: str) -> Point | None:
        """The point of an address in WGS-84 (the service's first), or None where the service does not know it.

        Raises:
            GeopyError: if the service fails or refuses; nothing is kept then, so it is asked again later.
        """
        return next(iter(self.candidates(address)), None)

    def candidates(self, address: str) -> list[Point]:
        """Every point that the service has for an address, its best one first. Raises as `locate`."""
        key = blind_index(f"{self._region}{address}", "address")
        if key not in self._known:
            found = self._ask(f"{self._region}{address}", exactly_one=False)
            places = found if isinstance(found, list) else [found] if found is not None else []
            self._keep(key, [to_wgs84(place.latitude, place.longitude, self._datum) for place in places[:MOST]])
        return self._known[key]

    def _keep(self, key: str, points: list[Point]) -> None:
        self._known[key] = points
        line = json.dumps({"address": key, "points": [[round(part, 6) for part in point] for point in points]})
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as out:
            out.write(line + "\n")


def _read(cache: Path) -> Mapping[str, list[Point]]:
    """What is kept; a line that was cut off by a crash, or of an older form, is passed over."""
    known: dict[str, list[Point]] = {}
    for line in cache.read_text().splitlines() if cache.exists() else ():
        try:
            entry = json.loads(line)
            known[entry["address"]] = [(point[0], point[1]) for point in entry["points"]]
        except (ValueError, KeyError, TypeError, IndexError):
            continue
    return known


def _class(name: str) -> Any:
    if ":" in name:
        module, _, attribute = name.partition(":")
        return getattr(import_module(module), attribute)
    return get_geocoder_for_service(name.lower())
