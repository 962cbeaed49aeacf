"""A disability as its certificate says it (DOMAIN.md 1.2): types 1 to 7, level 1 (most severe) to 4. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Final

from bangfu.shared.faults import N_, Fault
from bangfu.shared.identifiers import compact

TYPES: Final = ("1", "2", "3", "4", "5", "6", "7")
MULTIPLE: Final = "7"
LEVELS: Final = (1, 2, 3, 4)
SEVERE: Final = frozenset({1, 2})
_CERTIFICATE: Final = re.compile(r"([0-9]{17}[0-9X])([1-7])([1-4])(B[0-9])?")


@dataclass(frozen=True, slots=True)
class Disability:
    """Types and level; `certificate` is the whole number, "" where none was shown."""

    types: tuple[str, ...] = ()
    level: int | None = None
    certificate: str = ""

    @property
    def severe(self) -> bool:
        """Whether it counts as severe (重度)."""
        return self.level in SEVERE


NONE: Final = Disability()


def read_certificate(text: str, id_number: str) -> Disability:
    """Type and level from a certificate number: the ID number, a type digit, a level digit, B and a digit if reissued.

    `id_number`: the person's; "" where none is known, then it is not compared.

    Raises Fault: certificate_form, certificate_person.
    """
    number = compact(text).upper()
    found = _CERTIFICATE.fullmatch(number)
    if found is None:
        raise Fault(
            "certificate_form",
            N_("A disability certificate number has 20 characters: the ID number, the type (1-7), the level (1-4);"
               " after a reissue also B and a digit."),
            {},
            N_("Compare the number with the certificate."),
        )  # fmt: skip
    person, kind, level, _reissue = found.groups()
    if id_number and person != id_number:
        raise Fault(
            "certificate_person",
            N_("The certificate number begins with another ID number than this person's."),
            {},
            N_("Compare the number with the certificate and the ID card."),
        )
    return Disability((kind,), int(level), number)


def to_text(disability: Disability) -> str:
    """For sealing; "" where there is nothing to say."""
    if disability == NONE:
        return ""
    return json.dumps(
        {"types": list(disability.types), "level": disability.level, "certificate": disability.certificate}
    )


def from_text(text: str) -> Disability:
    """What `to_text` wrote."""
    if not text:
        return NONE
    found = json.loads(text)
    return Disability(tuple(found["types"]), found["level"], found["certificate"])
