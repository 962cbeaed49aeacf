"""Everything that the operator may set, read once from the environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from bangfu.errors import SetupError


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _port() -> int:
    text = os.environ.get("PORT", "8000").strip() or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SetupError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment's settings; `from_environment` is the only place that reads the environment."""

    data: Path
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    key_file: Path | None = None
    https: bool = False
    tiles: str = ""
    tiles_attribution: str = ""
    geocoder: str = ""
    geocoder_options: dict[str, str] = field(default_factory=dict)
    demo: bool = False

    @property
    def keys(self) -> Path:
        return self.key_file or self.data / "keys.json"

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 (only compared)
        return f"{'https' if self.https else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @classmethod
    def from_environment(cls) -> "Settings":
        data = Path(os.environ.get("BANGFU_DATA") or ".data").expanduser().absolute()
        keys = os.environ.get("BANGFU_KEYS")
        return cls(
            data=data,
            database_url=os.environ.get("DATABASE_URL") or None,
            host=os.environ.get("HOST") or "127.0.0.1",
            port=_port(),
            key_file=Path(keys).expanduser().absolute() if keys else None,
            https=_flag("BANGFU_HTTPS"),
            tiles=os.environ.get("BANGFU_TILES", ""),
            tiles_attribution=os.environ.get("BANGFU_TILES_ATTRIBUTION", ""),
            geocoder=os.environ.get("BANGFU_GEOCODER", ""),
            geocoder_options=_options(os.environ.get("BANGFU_GEOCODER_OPTIONS", "")),
            demo=_flag("BANGFU_DEMO"),
        )


def _options(text: str) -> dict[str, str]:
    """`key=value;key=value` as a mapping."""
    parts = (part.partition("=") for part in text.split(";") if part.strip())
    return {key.strip(): value.strip() for key, _, value in parts}
