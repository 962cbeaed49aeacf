"""Reading posted forms: values as typed, faults by field, nothing lost."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from litestar.datastructures import FormMultiDict

from bangfu.errors import N_, FormError

T = TypeVar("T")


class Form(Mapping[str, str]):
    """A posted form. Reading methods collect faults; `check()` raises them together as one FormError."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = values
        self.faults: dict[str, tuple[str, Mapping[str, object]]] = {}

    @classmethod
    def of(cls, posted: FormMultiDict) -> "Form":
        values: dict[str, list[str]] = {}
        for key, value in posted.multi_items():
            if isinstance(value, str):
                values.setdefault(key, []).append(value.replace("\x00", ""))
        return cls(values)

    def __getitem__(self, key: str) -> str:
        return self._values[key][0]

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def many(self, name: str) -> list[str]:
        """All values of a field, as typed."""
        return [value.strip() for value in self._values.get(name, []) if value.strip()]

    def fault(self, name: str, message: str, /, **params: object) -> None:
        """Note what is wrong with a field; the first fault of a field is the one shown."""
        self.faults.setdefault(name, (message, params))

    def text(self, name: str, *, required: bool = True, most: int = 200) -> str:
        """A trimmed line."""
        value = self.get(name, "").strip()
        if not value and required:
            self.fault(name, N_("Please fill this in."))
        elif len(value) > most:
            self.fault(name, N_("At most {most} characters; these are {n}."), most=most, n=len(value))
        return value

    def choice(self, name: str, codes: "list[str] | tuple[str, ...] | set[str] | frozenset[str] | Mapping[str, object]",
               *, required: bool = True) -> str:  # fmt: skip
        """One of the codes."""
        value = self.text(name, required=required)
        if value and value not in codes:
            self.fault(name, N_("Please choose one of the list."))
        return value

    def whole(self, name: str, *, least: int = 0, most: int = 10**9, required: bool = True) -> int | None:
        """A whole number inside its limits."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            number = int(value)
        except ValueError:
            self.fault(name, N_("Please enter a whole number."))
            return None
        if not least <= number <= most:
            self.fault(name, N_("Please enter a number from {least} to {most}."), least=least, most=most)
        return number

    def decimal(self, name: str, *, least: float, most: float, required: bool = True) -> float | None:
        """A number inside its limits."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            self.fault(name, N_("Please enter a number."))
            return None
        if not least <= number <= most:  # also refuses NaN
            self.fault(name, N_("Please enter a number from {least} to {most}."), least=least, most=most)
            return None
        return number

    def day(self, name: str, parse: Callable[[str], date], *, required: bool = True) -> date | None:
        """A date in any form that real people type; `parse` raises ValueError."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            return parse(value)
        except ValueError:
            self.fault(name, N_("Please enter a date such as 2026-11-21."))
            return None

    def uuid(self, name: str, *, required: bool = True) -> UUID | None:
        """An identifier that a page handed out."""
        value = self.text(name, required=required)
        if not value:
            return None
        try:
            return UUID(value)
        except ValueError:
            self.fault(name, N_("Please choose one of the list."))
            return None

    def yes(self, name: str) -> bool:
        """A ticked box."""
        return self.get(name, "") not in {"", "0", "false", "off"}

    def check(self) -> None:
        """Raise what was found.

        Raises:
            FormError: with every fault, by field.
        """
        if self.faults:
            raise FormError(self.faults)
