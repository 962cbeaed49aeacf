"""What the first match run of the sample came to, as numbers and as lines for a terminal."""

import json
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from bangfu.planning.tables import MatchRun
from bangfu.sample.accounts import Ready
from bangfu.sample.family_part import CODE, PIN
from bangfu.shared.i18n import _, word


@dataclass(frozen=True, slots=True)
class Figures:
    """Needs of the run, those served, the others by reason code; km from carers to homes (each way once), gap in
    percent, seconds."""

    needs: int
    served: int
    unserved: dict[str, int]
    km: float
    gap: float | None
    seconds: float


async def figures(run: UUID) -> Figures:
    """The stored figures of a finished run; they never change."""
    rows = await MatchRun.raw("SELECT needs, served, km, gap, seconds, solution FROM match_run WHERE id = {}", run)
    row = rows[0]
    reasons = Counter(entry["reason"] for entry in json.loads(row["solution"])["unserved"])
    gap = None if row["gap"] is None else round(row["gap"], 2)
    return Figures(
        row["needs"],
        row["served"],
        dict(reasons.most_common()),
        round(row["km"], 1),
        gap,
        round(row["seconds"] or 0, 1),
    )


def figure_lines(found: Figures, offered: int) -> list[str]:
    """The short summary."""
    share = f"{100 * found.served / max(1, found.needs):.1f}"
    lines = [
        _("{needs} confirmed needs, {served} served ({share}%).", needs=found.needs, served=found.served, share=share),
        *(f"  {number:>5}  {word('binding_reason', reason)}" for reason, number in found.unserved.items()),
        _("{km} km from carers to homes, proven gap {gap}%, {seconds} seconds.", km=f"{found.km:,.0f}",
          gap="-" if found.gap is None else f"{found.gap:.2f}", seconds=f"{found.seconds:.1f}"),
    ]  # fmt: skip
    if offered:
        lines.append(
            _("{number} proposals were published for the accounts below; the others wait for review.", number=offered)
        )
    return lines


def family_lines(url: str, *, shown: bool) -> list[str]:
    """How the page of one of the sample's households is opened."""
    if not shown:
        return []
    text = _("A household's page at {url}/home: code {code}, PIN {pin}", url=url, code=CODE, pin=PIN)
    return [text, ""]


def account_lines(accounts: list[Ready]) -> list[str]:
    """A table of role, user name and password."""
    widest = max(len(account.username) for account in accounts)
    own = _("(changed by its owner)")
    return [f"  {a.username:<{widest}}  {a.password or own:<23}  {word('role', a.role)}" for a in accounts]
