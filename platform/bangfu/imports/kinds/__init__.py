"""The kinds of lists that can be taken in, in the order in which a new place takes them."""

from __future__ import annotations

from bangfu.imports.kinds.base import Kind
from bangfu.imports.kinds.carers import CARERS
from bangfu.imports.kinds.contract_lines import CONTRACT_LINES
from bangfu.imports.kinds.divisions import DIVISIONS
from bangfu.imports.kinds.households import HOUSEHOLDS
from bangfu.imports.kinds.members import MEMBERS
from bangfu.imports.kinds.needs import NEEDS
from bangfu.imports.kinds.organisations import ORGANISATIONS

KINDS: dict[str, Kind] = {
    kind.code: kind for kind in (DIVISIONS, ORGANISATIONS, CARERS, CONTRACT_LINES, HOUSEHOLDS, MEMBERS, NEEDS)
}

__all__ = ["KINDS", "Kind"]
