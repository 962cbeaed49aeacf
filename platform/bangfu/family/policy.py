"""Numbers of the household's page that local policy may change."""

from datetime import timedelta
from typing import Final

CARD_DAYS: Final = 366
"""How long a card counts after printing [D]."""
WRONG_CODE: Final = 5
"""Wrong tries with one code within WITHIN before it is closed for that time [D]."""
WRONG_NETWORK: Final = 30
"""Wrong tries from one network address within WITHIN [D]: a village shares one."""
WITHIN: Final = timedelta(minutes=15)
WRONG_AT_ALL: Final = 20
"""Wrong PINs in a row after which the card is closed until the station prints another one [D]."""
IDLE: Final = timedelta(minutes=30)
"""How long a page stays open on a phone that nobody uses."""
LONGEST: Final = timedelta(hours=2)
"""How long one entry lasts at most, used or not."""
AHEAD: Final = timedelta(days=30)
"""How far ahead visits are shown."""
BACK: Final = timedelta(days=60)
"""How far back visits are shown, to be scored or complained about."""
MOST_NEXT: Final = 4
MOST_LAST: Final = 3
WISH_WORKING_DAYS: Final = 2
"""Within how many working days the station answers a wish [D]."""
MOST_WISHES: Final = 10
"""Open wishes of one household."""
MOST_WORDS: Final = 300
