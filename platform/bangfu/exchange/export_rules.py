"""What may be exported and how (DOMAIN.md 9.2): masked as the role may see it, or unmasked for the bureau. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bangfu.households.rules import UNMASK_ROLES

HOUSEHOLDS: Final = ("households", "members", "needs")
PROVIDERS: Final = {"organisations": "providers.read", "carers": "carers.read"}
"""Subject beside those of households -> the permission that it needs beside that to export."""
SUBJECTS: Final = (*HOUSEHOLDS, *PROVIDERS)
FORMATS: Final = ("xlsx", "csv", "json")
MOST_UNMASKED: Final = 1000
"""Rows of one unmasked export (DOMAIN.md 9.2)."""
MOST_REASON: Final = 200
GROUPS: Final = tuple(UNMASK_ROLES)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants: a subject, a format, filters ("" does not restrict). `reason`: only of an unmasked one."""

    subject: str
    format: str
    category: str = ""
    layer: str = ""
    division: str = ""
    status: str = ""
    """Standing of the household, or "all"; "" for those in the register."""
    need_status: str = ""
    reason: str = ""

    @property
    def unmasked(self) -> bool:
        return bool(self.reason)

    def filters(self) -> dict[str, str]:
        """The filters that restrict, by name."""
        of_homes = ("category", "layer", "division", "status")
        named = {name: getattr(self, name) for name in (("division",) if self.subject in PROVIDERS else of_homes)}
        named |= {"need_status": self.need_status if self.subject == "needs" else ""}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who took a file, when and why: stands in the file itself (DOMAIN.md 9.2)."""

    who: str
    username: str
    at: datetime
    subject: str
    unmasked: bool
    rows: int
    filters: str
    reason: str
