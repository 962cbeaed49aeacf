"""`bangfu draw FILE.json`: the draw of draw.py on a list of {seed, ids, n}, without a database (DOMAIN.md 5.3)."""

import json

from bangfu.errors import SetupError
from bangfu.oversight.draw_script import Unusable, drawn_cases, read


def run_draw(path: str) -> int:
    """Print the list of chosen id lists, each in draw order.

    Raises:
        SetupError: for a file that cannot be used, in one sentence.
    """
    try:
        found = drawn_cases(read(path))
    except Unusable as fault:
        raise SetupError(str(fault)) from fault
    print(json.dumps(found))  # noqa: T201
    return 0
