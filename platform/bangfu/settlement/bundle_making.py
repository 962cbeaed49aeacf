"""Make the bundle of a statement, or its report; who took it is on record."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bangfu.settlement import bundle_files, bundle_paper
from bangfu.settlement.bundle_paper import Report
from bangfu.settlement.bundle_reading import bundle_in
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction

TAKEN = "bundle.taken"
"""Not among the events of the chain's excerpt: taking a bundle changes none."""


async def take_bundle(actor: Actor, row: Mapping[str, Any], at: datetime) -> bytes:
    """The zip of a statement as it stands (bundle_reading.statement_for)."""
    files = await _files(row)
    await _note(actor, row, bundle_files.hash_of(files), "bundle", at)
    return bundle_files.packed(files)


async def _files(row: Mapping[str, Any]) -> dict[str, bytes]:
    bundle = await bundle_in(row)
    return await asyncio.to_thread(bundle_files.files_of, bundle)


async def report_of(actor: Actor, row: Mapping[str, Any], at: datetime) -> Report:
    """What the report of a statement says; its check code is made if this state has none yet."""
    bundle = await bundle_in(row)
    digest = bundle_files.hash_of(await asyncio.to_thread(bundle_files.files_of, bundle))
    signers = await bundle_paper.signers_of(row["id"])
    async with transaction():
        code = await bundle_paper.code_of(row, digest, at)
        await _note(actor, row, digest, "report", at)
    newest = bundle.revisions[-1] if bundle.revisions else None
    standard = json.loads(newest.facts)["standard"] if newest else {}
    name = f"{standard['code']} 第 {standard['version']} 版" if standard else ""
    facts_hash = newest.facts_hash if newest else ""
    return Report(row, bundle, standard.get("weights", {}), name, facts_hash, digest, signers, code)


async def _note(actor: Actor, row: Mapping[str, Any], digest: str, what: str, at: datetime) -> None:
    async with transaction():
        await audit.record(
            actor, TAKEN, "settlement", row["id"], division=row["division"], at=at,
            data={"number": row["number"], "hash": digest, "what": what},
        )  # fmt: skip
