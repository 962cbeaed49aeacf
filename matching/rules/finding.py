"""What a rule says about one pair, as data that a page can word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One hard rule judged for one pair: `rule` is its code, `detail` the values that decided (see each rule)."""

    rule: str
    ok: bool
    detail: Mapping[str, Any] = field(default_factory=dict)
