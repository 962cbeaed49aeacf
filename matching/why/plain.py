"""An answer as plain JSON values, to keep beside a plan or to send to a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from matching.why.easing import Easing


def document(answer: Any) -> Any:
    """Records as objects by field name, tuples as lists, dates as ISO text; an easing as its own small document."""
    if isinstance(answer, Easing):
        return answer.to_document()
    if is_dataclass(answer) and not isinstance(answer, type):
        return {field.name: document(getattr(answer, field.name)) for field in fields(answer)}
    if isinstance(answer, Mapping):
        return {str(key): document(value) for key, value in answer.items()}
    if isinstance(answer, tuple | list):
        return [document(value) for value in answer]
    return answer.isoformat() if isinstance(answer, date) else answer
