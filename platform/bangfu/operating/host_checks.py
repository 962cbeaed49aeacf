"""Checks of this machine: folders, keys, disk, backups, mail server, certificate."""

import asyncio
import json
import os
import shutil
import socket
import ssl
import stat
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bangfu.errors import N_, SetupError
from bangfu.messages.channels.smtp import Email, sender_of, server_of
from bangfu.operating.findings import Check, Finding, Ground, error, ok, warning

GIB, MIB = 1024**3, 1024**2
DISK_WARNING, DISK_ERROR = (0.10, 2 * GIB), (0.01, 200 * MIB)
"""Share of the disk and bytes; less than one of them is too little [D]."""
CERTIFICATE_DAYS = 30
KEY_DAYS = 365
BACKUP_HOURS = 26
"""A day and what a long backup takes [D]."""
SECONDS = 5.0


async def data_folder(ground: Ground) -> Finding:
    """There, ours, and closed to others for writing."""
    folder = ground.settings.data
    if not folder.is_dir():
        return error(N_("The data folder {path} is missing."),
                     N_("Set BANGFU_DATA, or start the portal once: it makes the folder."), path=folder)  # fmt: skip
    found = folder.stat()
    if found.st_uid != os.geteuid() and os.geteuid() != 0:
        return error(N_("The data folder {path} belongs to another user."),
                     N_("Run this as the user of the portal, or give the folder to that user."),
                     path=folder)  # fmt: skip
    if found.st_mode & stat.S_IWOTH:
        return error(N_("Everybody on this machine may write into the data folder {path}."),
                     N_("Run: chmod 750 {path}"), path=folder)  # fmt: skip
    if not os.access(folder, os.W_OK | os.X_OK):
        return error(N_("The data folder {path} cannot be written."),
                     N_("See whether its file system is mounted read-only."), path=folder)  # fmt: skip
    return ok(N_("The data folder {path} is there."), path=folder)


async def key_file(ground: Ground) -> Finding:
    """There, whole, and readable by its owner only."""
    path = ground.settings.keys
    if not path.exists():
        return error(N_("The key file {path} is missing."),
                     N_("Restore it from its copy: what is encrypted cannot be read without it."),
                     path=path)  # fmt: skip
    if path.stat().st_mode & 0o077:
        return error(N_("The key file {path} may be read by others."), N_("Run: chmod 600 {path}"), path=path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        whole = document["current"] in document["encryption"] and all(
            document[key] for key in ("index", "audit", "web")
        )
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        return error(N_("The key file {path} is damaged."), N_("Restore it from its copy."), path=path)
    return ok(N_("The key file is whole and closed to others."))


async def key_age(ground: Ground) -> Finding:
    """How old the key is that encrypts now."""
    path = ground.settings.keys
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        made = document.get("made", {}).get(document["current"])
        since = datetime.fromisoformat(made) if made else datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ok(N_("The age of the key is not known without the key file."))
    days = (ground.at - since).days
    if days > KEY_DAYS:
        return warning(N_("The current key is {days} days old."), N_("Run: bangfu keys rotate"), days=days)
    return ok(N_("The current key is {days} days old."), days=days)


async def disk(ground: Ground) -> Finding:
    """Room below the data folder."""
    place = next((one for one in (ground.settings.data, *ground.settings.data.parents) if one.exists()), Path("/"))
    found = shutil.disk_usage(place)
    free = f"{found.free / GIB:.1f}"
    share = found.free / found.total if found.total else 0.0
    advice = N_("Make room or extend the disk; see the runbook for a full disk.")
    if share < DISK_ERROR[0] or found.free < DISK_ERROR[1]:
        return error(N_("The disk of {path} is full: {free} GiB are left."), advice, path=place, free=free)
    if share < DISK_WARNING[0] or found.free < DISK_WARNING[1]:
        return warning(N_("The disk of {path} is nearly full: {free} GiB are left."), advice, path=place, free=free)
    return ok(N_("{free} GiB are free."), free=free)


async def backup(ground: Ground) -> Finding:
    """The age of the newest backup: a file, or a folder whose manifest was written last."""
    folder = ground.settings.operating.backups
    if folder is None:
        return ok(N_("No folder of backups is set, so none is looked at."))
    advice = N_("Look at the backup's own log, and make one now.")
    try:
        found = [*(file for file in folder.iterdir() if file.is_file()), *folder.glob("*/manifest.json")]
        newest = max((file.stat().st_mtime for file in found), default=None)
    except OSError:
        return error(N_("The folder of backups {path} cannot be read."), advice, path=folder)
    if newest is None:
        return error(N_("There is no backup in {path}."), advice, path=folder)
    hours = int((time.time() - newest) // 3600)
    if hours >= BACKUP_HOURS:
        return error(N_("The newest backup is {hours} hours old."), advice, hours=hours)
    return ok(N_("The newest backup is {hours} hours old."), hours=hours)


async def mail(ground: Ground) -> Finding:
    """The mail server greets and lets us in; nothing is sent."""
    outgoing = ground.settings.outgoing
    if not outgoing.smtp_url:
        return ok(N_("No mail server is set, so no e-mail is offered."))
    try:
        email = Email(server_of(outgoing.smtp_url), sender_of(outgoing.mail_from))
    except SetupError as fault:
        return error(N_("The mail server is set wrongly: {why}"), N_("Correct the setting."), why=str(fault))
    if code := await email.probe(SECONDS):
        return error(N_("The mail server cannot be used ({code})."),
                     N_("Check address, account and network; see the runbook for mail."), code=code)  # fmt: skip
    return ok(N_("The mail server lets the portal in."))


async def certificate(ground: Ground) -> Finding:
    """The certificate that visitors get at the public address."""
    parts = urlsplit(ground.settings.public_url)
    if parts.scheme != "https" or not parts.hostname:
        if ground.settings.demo or not ground.settings.public_url:
            return ok(N_("No public https address is set, so no certificate is looked at."))
        return warning(N_("The public address is not https."),
                       N_("Put a server with a certificate before the portal and set BANGFU_PUBLIC_URL."))  # fmt: skip
    advice = N_("Renew the certificate; see the runbook for certificates.")
    try:
        days = await asyncio.to_thread(_days_left, parts.hostname, parts.port or 443)
    except ssl.SSLCertVerificationError as fault:
        if fault.verify_code == _EXPIRED:
            return error(N_("The certificate of {host} has expired."), advice, host=parts.hostname)
        return error(N_("The certificate of {host} is not trusted."), advice, host=parts.hostname)
    except (OSError, ssl.SSLError):
        return warning(N_("{host} cannot be reached from here, so its certificate was not seen."),
                       N_("Check it from another machine."), host=parts.hostname)  # fmt: skip
    if days < CERTIFICATE_DAYS:
        return warning(N_("The certificate of {host} ends in {days} days."), advice, host=parts.hostname, days=days)
    return ok(N_("The certificate of {host} is good for {days} days."), host=parts.hostname, days=days)


_EXPIRED = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED."""


def _days_left(host: str, port: int) -> int:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=SECONDS) as line,
        context.wrap_socket(line, server_hostname=host) as secured,
    ):
        found = secured.getpeercert() or {}
    return int((ssl.cert_time_to_seconds(str(found["notAfter"])) - time.time()) // 86400)


CHECKS = (
    Check("data_folder", data_folder),
    Check("key_file", key_file),
    Check("key_age", key_age),
    Check("disk", disk),
    Check("backup", backup),
    Check("mail", mail),
    Check("certificate", certificate),
)
