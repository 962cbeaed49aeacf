"""Sealed values of imports that stand in no column of their own, so that key rotation finds them."""

import json

from bangfu.shared.sealed_places import Again, Holder, add_holder


def _carers(_: str, text: str, again: Again) -> str:
    payload = json.loads(text)
    carers = payload.get("carers") if isinstance(payload, dict) else None
    if not carers:
        return text
    resealed = [[carer, again(f"carer:address:{carer}", sealed)] for carer, sealed in carers]
    return json.dumps({**payload, "carers": resealed})


def register() -> None:
    """The content and the findings of uploads, and the addresses of carers that wait for the geocoder."""
    add_holder(Holder(
        "upload", "content", "convert_from(content, 'UTF8')", "convert_to({}, 'UTF8')",
        lambda row, text, again: again(f"upload:content:{row}", text),
    ))  # fmt: skip
    add_holder(Holder(
        "upload", "faults", "CASE WHEN jsonb_typeof(faults) = 'string' THEN faults #>> '{}' ELSE '' END",
        "to_jsonb({})", lambda row, text, again: again(f"upload:faults:{row}", text),
    ))  # fmt: skip
    add_holder(Holder("job", "payload", "payload::text", "{}::jsonb", _carers))
