"""What other systems may read of divisions, households, needs, organisations and people who serve.

No name, number, address or phone of a served person stands here, and no scope brings one (docs/decisions/0062).
"""

from typing import Final

from bangfu.exchange.read_fields import (
    code,
    codes,
    day,
    ident,
    instant,
    masked,
    number,
    or_null,
    text,
    town,
    truth,
    whole,
)
from bangfu.exchange.read_resource import Resource
from bangfu.households.rules import CATEGORIES, LAYERS
from bangfu.households.words import WORDS as HOUSEHOLDS
from bangfu.needs.words import WORDS as NEEDS
from bangfu.providers.words import WORDS as PROVIDERS
from bangfu.shared.words import WORDS as SHARED

_LAYER = " ".join(f"WHEN '{category}' THEN '{layer}'" for category, layer in LAYERS.items())
_HOUSEHOLD = code("status", "Standing in the register.", tuple(HOUSEHOLDS["household_status"]))
_NEED = code("status", "State.", tuple(name for name in NEEDS["need_status"] if name != "draft"))

DIVISIONS: Final = Resource(
    "divisions", "An administrative division of the area.", "division t",
    (
        text("code", "12 digits."), text("name", "Name."),
        whole("level", "1 province, 2 prefecture, 3 county, 4 township, 5 village."),
        text("parent", "Code of the division above; empty for a province."), truth("rural", "Rural or not."),
        or_null(number("lat", "WGS-84.")), or_null(number("lon", "WGS-84.")),
        or_null(day("valid_from", "First day.")), or_null(day("valid_to", "Last day.")),
        text("successor", "Code of the division in its place; empty for none."),
    ),
    permission="divisions.read",
    area="t.code LIKE {} || '%'", own="TRUE", key="t.code", key_is_uuid=False,
)  # fmt: skip
HOUSEHOLDS_READ: Final = Resource(
    "households", "An assisted household, without any value about a person.", "household t",
    (
        ident("id", "Stays the same."), text("number", "The number that people read out."),
        town("The township; the village is not told."),
        code("category", "Category of the register.", CATEGORIES),
        code("layer", "Layer that follows from the category.", tuple(dict.fromkeys(LAYERS.values())),
             f"CASE t.category {_LAYER} END"),
        _HOUSEHOLD, or_null(day("category_since", "First day in the category.")),
        or_null(ident("merged_into", "The household that is kept, of a duplicate.")),
    ),
    permission="households.read",
    status=_HOUSEHOLD, period="(t.created_at AT TIME ZONE 'Asia/Shanghai')::date",
)  # fmt: skip
NEEDS_READ: Final = Resource(
    "needs", "A need of one service that was submitted.", "need t",
    (
        ident("id", "Stays the same."), text("number", "The number that people read out."),
        ident("household", "Its household."), town("The township."), code("service", "Kind of service."),
        text("item", "Item of the catalogue; empty for none."), _NEED,
        code("priority", "Priority.", tuple(SHARED["priority"])), whole("visits", "Visits in four weeks."),
        whole("minutes", "Minutes of a visit."), truth("emergency", "Help first, papers later."),
        or_null(instant("submitted_at", "When it was submitted.")),
        or_null(instant("confirmed_at", "When the township confirmed it.")),
        or_null(instant("due_at", "Until when its next step is due.")),
    ),
    permission="needs.read",
    visible="t.status <> 'draft'", status=_NEED,
    period="(coalesce(t.submitted_at, t.created_at) AT TIME ZONE 'Asia/Shanghai')::date",
)  # fmt: skip
ORGANIZATIONS: Final = Resource(
    "organizations", "An organisation of the register that has its seat in the area or serves it.", "organization t",
    (
        ident("id", "Stays the same."), text("uscc", "Unified social credit code."), text("name", "Name."),
        code("org_type", "Kind.", tuple(PROVIDERS["org_type"])), truth("charity", "Recognised as a charity."),
        text("division", "Code of its seat."), codes("service_area", "Prefixes of division codes that it serves."),
        codes("services", "Codes of services that it offers."), truth("active", "Whether it is active."),
        or_null(day("barred_until", "The last barred day.", "t.blacklist_until")),
        text("address", "Address of its seat."),
        or_null(number("lat", "WGS-84.")), or_null(number("lon", "WGS-84.")),
    ),
    permission="providers.read",
    area="(t.division LIKE {} || '%' OR EXISTS (SELECT 1 FROM unnest(CASE WHEN cardinality(t.service_area) = 0"
    " THEN ARRAY[left(t.division, 6)] ELSE t.service_area END) p WHERE p LIKE {} || '%' OR {} LIKE p || '%'))",
    own="t.id = {}",
)  # fmt: skip
CARERS: Final = Resource(
    "carers", "Somebody who serves; the name is masked.", "carer t",
    (
        ident("id", "Stays the same."), text("number", "The number that people read out."),
        masked("name", "First character and stars."), code("kind", "Kind.", tuple(SHARED["carer_kind"])),
        or_null(ident("organization", "Whom they work for.")), town("The township."),
        whole("training_level", "0 none, 1 basic, 2 advanced, 3 expert."), truth("active", "Whether they serve."),
        or_null(day("left_on", "Since when they do not.")),
    ),
    permission="carers.read",
    own="t.organization = {}",
)  # fmt: skip
