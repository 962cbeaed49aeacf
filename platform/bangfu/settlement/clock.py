"""What settlement does by the clock: the ledger follows the statements, paid visits are settled, advances open."""

from datetime import datetime

from bangfu.settlement import advances, doubting, ledger, paying


async def look_after(at: datetime) -> None:
    """Doubts, entries of held and freed lines, visits of paid claims, advances of contracts that came into force."""
    await doubting.look_after(at)
    await ledger.catch_up(at)
    await paying.settle_visits(None, at)
    await advances.look_after(at)
