"""From a file to a checked list; reading and checking cells run in a thread, so that the portal goes on answering."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import date

from bangfu.imports.checking import Checked, check_list, find_columns
from bangfu.imports.kinds.base import Kind
from bangfu.imports.memory import remembered_titles
from bangfu.shared.actor import Actor
from bangfu.shared.tabular import Table, known_titles, read_table


async def read_list(
    actor: Actor, kind: Kind, content: bytes, filename: str, today: date, chosen: Mapping[str, str] | None = None
) -> Checked:
    """Read and check a file; `chosen` maps own titles to field codes. Where columns are missing the rows are unchecked.

    Raises Fault: a file that cannot be read (shared/tabular/reading.py).
    """
    remembered = await remembered_titles(kind.code)
    titles = known_titles(kind.template_fields(today), {**remembered, **dict(chosen or {})})
    table: Table = await asyncio.to_thread(read_table, content, filename, titles=titles)
    mapping = find_columns(kind, table, today, remembered, chosen)
    checked = await check_list(actor, kind, table, mapping, today)
    checked.sha256 = hashlib.sha256(content).hexdigest()
    return checked
