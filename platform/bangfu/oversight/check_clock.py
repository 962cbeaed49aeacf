"""Spot checks by themselves: look again for missing inspectors, close what nobody objected to; the worker repeats it.

The ten working days of a check and the five of a decision remind and climb by supervision's own clock.
"""

from datetime import datetime

from bangfu.oversight import check_appeals, check_duties

check_duties.register()


async def look_after(at: datetime) -> int:
    """Returns how many checks closed."""
    await check_appeals.fill_gaps(at)
    return await check_appeals.close_due(at)
