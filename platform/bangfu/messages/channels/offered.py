"""The channels that this process offers, made once from the settings; nothing set, nothing offered."""

from collections.abc import Mapping

from bangfu.errors import SetupError
from bangfu.messages.channels.base import Channel
from bangfu.messages.channels.http import check_url
from bangfu.messages.channels.sms import SmsGateway
from bangfu.messages.channels.smtp import Email, sender_of, server_of
from bangfu.messages.channels.webhook import Webhook
from bangfu.messages.channels.wecom import WeCom
from bangfu.settings import Outgoing, Settings
from bangfu.shared.strength import is_weak

_offered: dict[str, Channel] = {}
_portal = ""
_hosts: frozenset[str] = frozenset()


def configure(settings: Settings) -> None:
    """Make the channels of these settings those of this process.

    Raises:
        SetupError: for a channel that is set by half or by a wrong address.
    """
    global _portal, _hosts
    made = made_of(settings.outgoing)
    _offered.clear()
    _offered.update(made)
    _portal = settings.public_url or settings.url
    _hosts = settings.outgoing.webhook_hosts


def channels() -> Mapping[str, Channel]:
    """Code -> channel."""
    return _offered


def portal() -> str:
    """Where the portal is reached, without a slash at the end."""
    return _portal


def webhook_hosts() -> frozenset[str]:
    """Hosts that the operator named for webhooks of the bureaus: they may stand in a private network."""
    return _hosts


def made_of(outgoing: Outgoing) -> dict[str, Channel]:
    """The channels of these settings. Raises as `configure`."""
    made: dict[str, Channel | None] = {
        "email": _email(outgoing), "wecom": _wecom(outgoing), "sms": _sms(outgoing), "webhook": _webhook(outgoing),
    }  # fmt: skip
    return {code: channel for code, channel in made.items() if channel is not None}


def _whole(values: Mapping[str, str]) -> bool:
    """Whether all of a channel's settings are there; False where none is.

    Raises:
        SetupError: if some are.
    """
    missing = [name for name, value in values.items() if not value]
    if missing and len(missing) < len(values):
        raise SetupError(f"{missing[0]} is not set, but {next(name for name in values if name not in missing)} is.")
    return not missing


def _email(own: Outgoing) -> Email | None:
    if not _whole({"BANGFU_SMTP_URL": own.smtp_url, "BANGFU_MAIL_FROM": own.mail_from}):
        return None
    return Email(server_of(own.smtp_url), sender_of(own.mail_from))


def _webhook(own: Outgoing) -> Webhook | None:
    if not _whole({"BANGFU_WEBHOOK_URL": own.webhook_url, "BANGFU_WEBHOOK_SECRET": own.webhook_secret}):
        return None
    if is_weak(own.webhook_secret):
        raise SetupError("BANGFU_WEBHOOK_SECRET needs at least 32 characters, drawn at random.")
    return Webhook(check_url("BANGFU_WEBHOOK_URL", own.webhook_url), own.webhook_secret, private=own.private_hosts)


def _sms(own: Outgoing) -> SmsGateway | None:
    values = {
        "BANGFU_SMS_URL": own.sms_url, "BANGFU_SMS_KEY": own.sms_key, "BANGFU_SMS_SECRET": own.sms_secret,
        "BANGFU_SMS_TEMPLATE": own.sms_template,
    }  # fmt: skip
    if not _whole(values):
        return None
    url = check_url("BANGFU_SMS_URL", own.sms_url)
    return SmsGateway(
        url, own.sms_key, own.sms_secret, own.sms_template, own.sms_code_template, private=own.private_hosts
    )


def _wecom(own: Outgoing) -> WeCom | None:
    values = {
        "BANGFU_WECOM_CORP": own.wecom_corp, "BANGFU_WECOM_AGENT": own.wecom_agent,
        "BANGFU_WECOM_SECRET": own.wecom_secret,
    }  # fmt: skip
    if not _whole(values):
        return None
    if not (own.wecom_agent.isascii() and own.wecom_agent.isdigit()):
        raise SetupError("BANGFU_WECOM_AGENT must be the application's number.")
    url = check_url("BANGFU_WECOM_URL", own.wecom_url)
    return WeCom(url, own.wecom_corp, own.wecom_agent, own.wecom_secret, private=own.private_hosts)
