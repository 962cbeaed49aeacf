"""An outbox row as it leaves the portal: the recipient's language, nothing but what the channel may carry."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.errors import N_
from bangfu.messages import rules
from bangfu.messages.channels.base import Rendered
from bangfu.messages.words import GENERAL, SENTENCES, SHORT, URGENT, filled
from bangfu.shared import i18n

SUBJECT = N_("Bangfu: a message for you")
SUBJECT_NUMBER = N_("Bangfu: {number}")
_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_?=&.-]{0,199}")
_TELLING = re.compile(r"/(incidents|children)\b.*")
"""Addresses that say by themselves what is feared of a child: from outside they are reached through the inbox."""
RESERVED_KIND, INBOX = "notice", "/inbox"
"""What another channel is told in place of a reserved kind and its address."""


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """The current language inside, the former one afterwards."""
    former = i18n.current()
    i18n.use(lang)
    try:
        yield
    finally:
        i18n.use(former)


def render(
    channel: str, row_id: UUID, kind: str, params: Mapping[str, Any], href: str, *, portal: str, lang: str,
    occurred_at: datetime,
) -> Rendered:  # fmt: skip
    """The message of one row. `href` that is no plain path of the portal becomes its start page; a reserved kind and
    an address that tells what is feared of a child become a notice that leads to the inbox.

    Raises:
        KeyError: for an unknown channel.
    """
    known = rules.carried(channel, params)
    sentences = (*_own(kind), *GENERAL)
    path = href if _PATH.fullmatch(href) else "/"
    path = INBOX if rules.is_reserved(kind) or _TELLING.fullmatch(path) else path
    shown = RESERVED_KIND if rules.is_reserved(kind) else kind
    with speaking(lang):
        text = filled(rules.sentence_for(channel, sentences, params), known)
        subject = i18n.sentence(SUBJECT_NUMBER if "number" in known else SUBJECT, known)
    return Rendered(
        id=row_id, kind=shown, subject=subject, text=text, link=portal + path, href=path, occurred_at=occurred_at,
        lang=i18n.TAGS["en" if lang.startswith("en") else "zh"], number=known.get("number", ""),
        code=known.get("one_time_code", ""),
    )  # fmt: skip


def _own(kind: str) -> tuple[str, ...]:
    """The sentences of a kind that may leave; none for one that another version wrote."""
    if rules.is_reserved(kind):
        return (URGENT,) if rules.is_urgent(kind) else ()
    return tuple(text for text in (SENTENCES.get(kind), SHORT.get(kind)) if text)
