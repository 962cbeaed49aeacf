"""Everything that the operator may set, read once from the environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bangfu.errors import SetupError


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _port() -> int:
    text = os.environ.get("PORT", "8000").strip() or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SetupError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _second_factor() -> Literal["privileged", "all", "off"]:
    match os.environ.get("BANGFU_SECOND_FACTOR", "").strip().lower() or "privileged":
        case "privileged" | "all" | "off" as policy:
            return policy
        case other:
            raise SetupError(f"BANGFU_SECOND_FACTOR must be privileged, all or off, not {other!r}.")


def _datum(name: str) -> Literal["wgs84", "gcj02"]:
    match os.environ.get(name, "").strip().lower() or "wgs84":
        case "wgs84" | "gcj02" as datum:
            return datum
        case other:
            raise SetupError(f"{name} must be wgs84 or gcj02, not {other!r}.")


def _secret(name: str) -> str:
    """A secret from the environment, or from the file that `<name>_FILE` names."""
    file = os.environ.get(f"{name}_FILE", "").strip()
    if not file:
        return os.environ.get(name, "").strip()
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"The file that {name}_FILE names cannot be read.") from error


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The ways out of the portal for messages beside the inbox; one that is not set is not offered."""

    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    webhook_url: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    sms_url: str = ""
    sms_key: str = ""
    sms_secret: str = field(default="", repr=False)
    sms_template: str = ""
    sms_code_template: str = ""
    wecom_url: str = "https://qyapi.weixin.qq.com"
    wecom_corp: str = ""
    wecom_agent: str = ""
    wecom_secret: str = field(default="", repr=False)
    private_hosts: bool = False
    """Whether webhook, SMS gateway and WeCom may stand in a private network."""
    webhook_hosts: frozenset[str] = frozenset()
    """Hosts that webhooks of the bureaus may lead to although they stand in a private network."""

    @classmethod
    def from_environment(cls) -> "Outgoing":
        get = os.environ.get
        return cls(
            smtp_url=_secret("BANGFU_SMTP_URL"),
            mail_from=get("BANGFU_MAIL_FROM", "").strip(),
            webhook_url=get("BANGFU_WEBHOOK_URL", "").strip(),
            webhook_secret=_secret("BANGFU_WEBHOOK_SECRET"),
            sms_url=get("BANGFU_SMS_URL", "").strip(),
            sms_key=get("BANGFU_SMS_KEY", "").strip(),
            sms_secret=_secret("BANGFU_SMS_SECRET"),
            sms_template=get("BANGFU_SMS_TEMPLATE", "").strip(),
            sms_code_template=get("BANGFU_SMS_CODE_TEMPLATE", "").strip(),
            wecom_url=get("BANGFU_WECOM_URL", "").strip() or cls().wecom_url,
            wecom_corp=get("BANGFU_WECOM_CORP", "").strip(),
            wecom_agent=get("BANGFU_WECOM_AGENT", "").strip(),
            wecom_secret=_secret("BANGFU_WECOM_SECRET"),
            private_hosts=_flag("BANGFU_PRIVATE_HOSTS"),
            webhook_hosts=frozenset(get("BANGFU_WEBHOOK_HOSTS", "").lower().replace(",", " ").split()),
        )


@dataclass(frozen=True, slots=True)
class Operating:
    """How this process is watched and stopped."""

    metrics: tuple[str, int] | None = None
    """Where the metrics are served beside the portal; off without it."""
    metrics_open: bool = False
    """Whether that may be an address which other machines reach."""
    log: Literal["text", "json"] = "text"
    access_log: bool = True
    log_addresses: bool = False
    """Whether the access line names the network address of who asks."""
    drain: float = 5.0
    """Seconds between "not ready" and the last new connection [D]: what a balancer needs to notice."""
    backups: Path | None = None
    """Where the backups are put, for the check of their age."""

    @classmethod
    def from_environment(cls) -> "Operating":
        get = os.environ.get
        form = get("BANGFU_LOG", "").strip().lower() or "text"
        if form not in {"text", "json"}:
            raise SetupError(f"BANGFU_LOG must be text or json, not {form!r}.")
        backups = get("BANGFU_BACKUP_FOLDER", "").strip()
        quiet = "0" if _flag("BANGFU_DEMO") else "1"  # whoever tries the demo reads its accounts in the same window
        return cls(
            metrics=_place("BANGFU_METRICS"),
            metrics_open=_flag("BANGFU_METRICS_OPEN"),
            log="json" if form == "json" else "text",
            access_log=(get("BANGFU_ACCESS_LOG", "").strip().lower() or quiet) not in {"0", "false", "no", "off"},
            log_addresses=_flag("BANGFU_LOG_ADDRESSES"),
            drain=_seconds("BANGFU_DRAIN", 0.0 if _flag("BANGFU_DEMO") else cls().drain),
            backups=Path(backups).expanduser().absolute() if backups else None,
        )


def _place(name: str) -> tuple[str, int] | None:
    """`127.0.0.1:9464` or `[::1]:9464`."""
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SetupError(f"{name} must be such as 127.0.0.1:9464, not {text!r}.")
    return host.strip("[]"), int(port)


def _seconds(name: str, usually: float) -> float:
    text = os.environ.get(name, "").strip()
    if not text:
        return usually
    if not (text.isascii() and text.isdigit() and int(text) <= 600):
        raise SetupError(f"{name} must be whole seconds from 0 to 600, not {text!r}.")
    return float(text)


@dataclass(frozen=True, slots=True)
class Unified:
    """A unified sign-in (OpenID Connect) beside passwords; without an issuer there is none."""

    issuer: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> "Unified":
        """Raises SetupError for half a setting, or an issuer that is not reached over TLS."""
        get = os.environ.get
        issuer, client = get("BANGFU_OIDC_ISSUER", "").strip().rstrip("/"), get("BANGFU_OIDC_CLIENT", "").strip()
        secret = _secret("BANGFU_OIDC_SECRET")
        if bool(issuer) != bool(client) or (secret and not issuer):
            raise SetupError("BANGFU_OIDC_ISSUER and BANGFU_OIDC_CLIENT are set together or not at all.")
        parts = urlsplit(issuer)
        here = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if issuer and (parts.scheme not in ({"https", "http"} if here else {"https"}) or parts.query or parts.fragment):
            raise SetupError("BANGFU_OIDC_ISSUER must be an https:// address without a query.")
        return cls(issuer, client, secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment's settings; `from_environment` is the only place that reads the environment."""

    data: Path
    database_url: str | None = field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    key_file: Path | None = None
    https: bool = False
    tiles: str = ""
    tiles_attribution: str = ""
    tiles_datum: Literal["wgs84", "gcj02"] = "wgs84"
    """What the tiles are drawn in: wgs84 (also CGCS2000, as Tianditu has it) or gcj02 (most Chinese map services)."""
    boundaries: Path | None = None
    """A GeoJSON file of the operator's with the outlines of divisions."""
    boundaries_datum: Literal["wgs84", "gcj02"] = "wgs84"
    geocoder: str = ""
    geocoder_options: dict[str, str] = field(default_factory=dict)
    retention: str = ""
    """Longer periods than the defaults, such as `photo=5 declined=2` (retention/rules.py)."""
    demo: bool = False
    second_factor: Literal["privileged", "all", "off"] = "privileged"
    """Whose sign-in asks for a code of an authenticator beside the password."""
    public_url: str = ""
    """Where people reach the portal, for the links in messages; without it, where it is served."""
    backup_key: str = field(default="", repr=False)
    """What seals backups."""
    hosts: frozenset[str] = frozenset()
    """Further names by which requests may call the portal, beside that of `public_url`."""
    unified: Unified = field(default_factory=Unified)
    outgoing: Outgoing = field(default_factory=Outgoing)
    operating: Operating = field(default_factory=Operating)

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
        keys, boundaries = os.environ.get("BANGFU_KEYS"), os.environ.get("BANGFU_BOUNDARIES")
        return cls(
            data=data,
            database_url=_secret("DATABASE_URL") or None,
            host=os.environ.get("HOST") or "127.0.0.1",
            port=_port(),
            key_file=Path(keys).expanduser().absolute() if keys else None,
            https=_flag("BANGFU_HTTPS"),
            tiles=os.environ.get("BANGFU_TILES", ""),
            tiles_attribution=os.environ.get("BANGFU_TILES_ATTRIBUTION", ""),
            tiles_datum=_datum("BANGFU_TILES_DATUM"),
            boundaries=Path(boundaries).expanduser().absolute() if boundaries else None,
            boundaries_datum=_datum("BANGFU_BOUNDARIES_DATUM"),
            geocoder=os.environ.get("BANGFU_GEOCODER", ""),
            geocoder_options=_options(os.environ.get("BANGFU_GEOCODER_OPTIONS", "")),
            retention=os.environ.get("BANGFU_RETENTION", "").strip(),
            demo=_flag("BANGFU_DEMO"),
            second_factor=_second_factor(),
            public_url=os.environ.get("BANGFU_PUBLIC_URL", "").strip().rstrip("/"),
            backup_key=_secret("BANGFU_BACKUP_KEY"),
            hosts=frozenset(os.environ.get("BANGFU_HOSTS", "").lower().replace(",", " ").split()),
            unified=Unified.from_environment(),
            outgoing=Outgoing.from_environment(),
            operating=Operating.from_environment(),
        )


def _options(text: str) -> dict[str, str]:
    """`key=value;key=value` as a mapping."""
    parts = (part.partition("=") for part in text.split(";") if part.strip())
    return {key.strip(): value.strip() for key, _, value in parts}
