"""What a portal must have before other machines may reach it, and under which names it answers."""

import ipaddress
from urllib.parse import unquote, urlsplit

from bangfu.errors import N_, SetupError
from bangfu.settings import Settings
from bangfu.shared.i18n import _

_KNOWN_PASSWORDS = {"", "postgres", "password", "bangfu", "admin", "root", "secret", "changeme", "123456", "12345678"}
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens at the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_names(settings: Settings) -> frozenset[str]:
    """The names by which a request may call the portal; with any other one it is refused, so that no page of another
    site reaches a portal on loopback by a name that was bent to it (DNS rebinding), and no link is built on a lie."""
    names = {urlsplit(settings.public_url).hostname or "", settings.host, *settings.hosts}
    return _LOOPBACK_NAMES | {f"[{name}]" if ":" in name else name for name in names if name}


def check_exposure(settings: Settings) -> None:
    """Refuse to serve what must not be reached from outside.

    Raises:
        SetupError: one sentence for what stands in the way.
    """
    _check_database(settings.database_url or "")
    if is_loopback(settings.host):
        return
    if settings.demo:
        raise SetupError(_(N_(
            "The demo has no second factor and everybody's password in a file: it is served on this machine only."
            " Leave HOST as it is."
        )))  # fmt: skip
    if settings.second_factor == "off":
        raise SetupError(_(N_("BANGFU_SECOND_FACTOR=off is for this machine only; leave HOST as it is, or remove it.")))
    if not settings.public_url and not settings.hosts:
        raise SetupError(_(N_(
            "Set BANGFU_PUBLIC_URL to the address by which people reach the portal"
            " (https://portal.example.org), before other machines may."
        )))  # fmt: skip


def _check_database(url: str) -> None:
    """A database over the network needs a password that is not the first one to try."""
    parts = urlsplit(url)
    if not url or not parts.hostname or is_loopback(parts.hostname):
        return
    if unquote(parts.password or "").lower() in {*_KNOWN_PASSWORDS, (parts.username or "").lower()}:
        raise SetupError(_(N_("The password in DATABASE_URL is the first that anybody tries; set another one.")))
