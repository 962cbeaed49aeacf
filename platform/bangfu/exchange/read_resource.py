"""What a list of the interface for reading is: its fields, who may see which rows, and how it can be narrowed."""

from dataclasses import dataclass
from typing import Any, Final

from bangfu.exchange.read_fields import Field, instant, or_null

AREA_IS_PREFIX: Final = "t.division LIKE {} || '%'"


@dataclass(frozen=True, slots=True)
class Resource:
    """One list. SQL speaks of its table as `t`; `{}` stands for values, never for text."""

    name: str
    """In the address, and the scope that a token needs."""
    about: str
    source: str
    fields: tuple[Field, ...]
    permission: str
    """What the owner of a token must be allowed in the portal."""
    visible: str = "TRUE"
    """Which rows are for other systems at all."""
    area: str = AREA_IS_PREFIX
    """Which rows lie in an area: each `{}` is the same prefix of division codes; "" for what belongs to everybody."""
    own: str = ""
    """Which rows are an organisation's own; "" where its tokens may not have this scope."""
    own_visible: str = ""
    """In place of `visible`, for an organisation's own rows."""
    status: Field | None = None
    period: str = ""
    """The civil day that `period` looks at."""
    key: str = "t.id"
    key_is_uuid: bool = True
    silent: bool = False
    """Whether the feed keeps still about rows that are not visible, instead of calling them deleted."""

    @property
    def key_field(self) -> Field:
        """The field that names an object."""
        return self.fields[0]

    def columns(self) -> str:
        """What is selected: the fields under their names."""
        return ", ".join(f'{field.sql} AS "{field.name}"' for field in self.fields)

    def written(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row as it is sent."""
        return {field.name: field.value(row[field.name]) for field in self.fields} | {
            CHANGED.name: CHANGED.value(row.get(CHANGED.name))
        }

    def document(self) -> dict[str, Any]:
        """An object of the list as JSON Schema."""
        fields = (*self.fields, CHANGED)
        return {
            "type": "object", "additionalProperties": False, "description": self.about,
            "required": [field.name for field in fields],
            "properties": {field.name: field.document() for field in fields},
        }  # fmt: skip


CHANGED: Final = or_null(
    instant("changed_at", "When it changed last; null for what has not changed as long as changes are kept.", "NULL")
)
