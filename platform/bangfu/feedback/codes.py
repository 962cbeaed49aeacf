"""Paper codes for scores: how they look and what they are kept as. Pure but for the key of the hash.

Eight signs of an alphabet without look-alikes (40 bits); wrong ones are counted by network address, so that guessing
one of ten thousand live codes would take some hundred thousand years from one address.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from bangfu.shared.civil_time import day_span, quarter_span
from bangfu.shared.crypto import blind_index
from bangfu.visits.code_rules import ALPHABET

LENGTH: Final = 8


def fresh() -> str:
    """A new code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A code as people read it: ABCD-EFGH."""
    return f"{code[:4]}-{code[4:]}"


def typed(text: str) -> str:
    """A code as it was typed, or as its link was scanned (…/rate/ABCDEFGH); "" where it cannot be one."""
    tail = text.strip().split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
    found = "".join(each for each in tail.upper() if each not in " -–—·.\t\u3000\u00a0")
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""


def hashed(code: str) -> str:
    """What is kept of a code."""
    return blind_index(code, "rating_code")


def ends(year: int, quarter: int, days: int) -> datetime:
    """Until when a code of a quarter counts: `days` days after its end."""
    return day_span(quarter_span(year, quarter)[1])[1] + timedelta(days=days)
