"""What a line of the log says, and what it never says (DOMAIN.md 9.3: logs never contain ID or phone).

Our own lines are written with care and pass as they are. Other libraries quote the values that they were given, so of
theirs only the fixed beginning stays, and of every error only where it happened and what kind it was.
"""

import json
import logging
import re
import sys
import threading
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from bangfu.shared.tracing import where

REQUEST: ContextVar[str] = ContextVar("request_id", default="")
"""The number of the request that this task answers."""
FIELDS = ("method", "route", "status", "ms", "roles", "error", "address", "job", "kind")
"""What a line may carry beside its text, each a code or a number."""
_FIXED = re.compile(r"[^:'\"(\[<%=0-9\n]{1,120}")
_LIBRARIES = {"httpx": logging.WARNING, "uvicorn": logging.WARNING, "asyncio": logging.WARNING}
_SAID = logging.getLogger("bangfu")


class Lines(logging.Formatter):
    """One line of text, and below it where an error happened."""

    def format(self, record: logging.LogRecord) -> str:
        event, trace = said(record)
        number = REQUEST.get()
        line = f"{record.levelname} {record.name}: {event}{f' [{number}]' if number else ''}"
        return f"{line}\n{trace}" if trace else line


class JsonLines(logging.Formatter):
    """One JSON object a line, for a collector of logs."""

    def format(self, record: logging.LogRecord) -> str:
        event, trace = said(record)
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event,
        }
        if number := REQUEST.get():
            line["request"] = number
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) not in {None, ""}}
        if trace:
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


def said(record: logging.LogRecord) -> tuple[str, str]:
    """A record's sentence and its trace, without anybody's values."""
    if record.name == "bangfu" or record.name.startswith("bangfu."):
        event, _, trace = record.getMessage().partition("\n")
    else:
        found = _FIXED.match(str(record.msg))
        event, trace = found[0].strip() if found else "(a library's message)", ""
    if record.exc_info and record.exc_info[1] is not None:
        trace = "\n".join(part for part in (trace, where(record.exc_info[1])) if part)
    return event, trace


def set_up(form: Literal["text", "json"], stream: TextIO | None = None) -> logging.Handler:
    """All loggers of this process write this way from now on; what nobody caught is written so, too."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _LIBRARIES.items():
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(level)
    sys.excepthook = _uncaught
    threading.excepthook = lambda caught: _uncaught(caught.exc_type, caught.exc_value, None)
    return handler


def _uncaught(kind: type[BaseException], error: BaseException | None, _: object) -> None:
    if not issubclass(kind, (SystemExit, KeyboardInterrupt)):
        _SAID.critical("an error ended what was running\n%s", where(error) if error else kind.__name__)
