"""Many signed-in users at once: each a connection that stays open and asks its pages, with or without a pause."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles


@dataclass
class Asked:
    """What came back: (page, seconds) of each answer, and what was no answer."""

    answers: list[tuple[str, float]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def times(self, page: str = "") -> list[float]:
        """The answers' times in s, of one page or of all."""
        return [taken for asked, taken in self.answers if not page or asked == page]

    def percentile(self, part: int, page: str = "") -> float:
        """The time in s below which so many of a hundred answers are."""
        return quantiles(self.times(page), n=100, method="inclusive")[part - 1]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.seconds


@dataclass(frozen=True)
class User:
    """Whose cookie, and which pages."""

    cookie: str
    pages: Sequence[str]


async def ask(port: int, users: Sequence[User], seconds: float, *, pause: float = 0.0, seed: int = 1) -> Asked:
    """Let all of them ask for so long.

    Args:
        pause: seconds that a user reads before the next page, on the average; 0 for none.
    """
    found = Asked()
    end = time.monotonic() + seconds
    begun = time.monotonic()
    await asyncio.gather(
        *(_user(port, user, end, pause, random.Random(seed + n), found) for n, user in enumerate(users))
    )
    found.seconds = time.monotonic() - begun
    return found


async def _user(port: int, user: User, end: float, pause: float, dice: random.Random, found: Asked) -> None:
    line: Line | None = None
    await asyncio.sleep(dice.uniform(0, pause or 0.2))
    while time.monotonic() < end:
        page = dice.choice(list(user.pages))
        begun = time.perf_counter()
        try:
            status, line = await _once_more(port, line, page, user.cookie)
            if status == 200:
                found.answers.append((page, time.perf_counter() - begun))
            else:
                found.faults.append(f"{status} {page}")
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            found.faults.append(f"{type(error).__name__} {page}")
            line = None
        if pause:
            await asyncio.sleep(dice.uniform(0.2 * pause, 1.8 * pause))
    if line is not None:
        line[1].close()


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _once_more(port: int, line: Line | None, page: str, cookie: str) -> tuple[int, Line | None]:
    """Ask over the open connection; where the server has closed it meanwhile, over a new one, as browsers do."""
    if line is not None:
        try:
            return await _get(line, page, cookie)
        except (OSError, asyncio.IncompleteReadError):
            line[1].close()
    return await _get(await asyncio.open_connection("127.0.0.1", port), page, cookie)


async def _get(line: Line, page: str, cookie: str) -> tuple[int, Line | None]:
    """Ask once; (status, the connection if it stays)."""
    reader, writer = line
    writer.write(f"GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nAccept: text/html\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "content-length: " in head:
        await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))
    elif "transfer-encoding: chunked" in head:
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    if "connection: close" in head:
        writer.close()
        return status, None
    return status, line
