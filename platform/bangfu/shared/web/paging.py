"""Lists: filters and page number in the URL."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: the rows come from `LIMIT size OFFSET offset`, `total` counts all of them."""

    number: int
    total: int
    path: str
    filters: Mapping[str, str]
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def previous_href(self) -> str | None:
        return self.href(self.number - 1) if self.number > 1 else None

    @property
    def next_href(self) -> str | None:
        return self.href(self.number + 1) if self.number < self.pages else None

    def href(self, number: int = 1, /, **changed: str) -> str:
        """The address of another page, or of the same list with other filters."""
        query = {key: value for key, value in {**self.filters, **changed}.items() if value}
        if number > 1:
            query["page"] = str(number)
        return f"{self.path}?{urlencode(query)}" if query else self.path


def page_number(text: str | None) -> int:
    """The page asked for; anything odd is the first."""
    return int(text) if text and text.isascii() and text.isdigit() and 0 < int(text) < 100_000 else 1
