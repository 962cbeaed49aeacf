"""What the inspector's form is called and how it is read; typed values and faults stay in the form.

Fields: method, `line-<code>` (a judgement), `remark-<code>`, level (surveys), said, remarks, result, reason,
confirmation, refused_reason, unable_reason, signature_drawn and the files signature_file, thumbprint_file, photo.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final

from bangfu.errors import N_, FormError
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_rules import Finding, Line
from bangfu.shared.files import Looked
from bangfu.shared.web.forms import Form
from bangfu.visits.door_forms import MOST_DRAWN
from bangfu.visits.door_photos import picture

MOST_WORDS: Final = 1000
MOST_REMARK: Final = 200
Pictures = list[tuple[str, Looked]]
LABELS: Final = (
    "method", "level", "said", "remarks", "result", "reason", "confirmation", "refused_reason", "unable_reason",
    "signature_file", "thumbprint_file", "photo",
)  # fmt: skip


async def read_finding(form: Form, posted: Any, codes: Sequence[str], *, photos: bool) -> tuple[Finding, Pictures]:
    """What was found, and the pictures that came along.

    Args:
        codes: the standards of the checklist in their order.
        photos: whether the household consents to pictures of its home.
    """
    method = form.choice("method", rules.METHODS)
    lines = [
        Line(code, form.choice(f"line-{code}", rules.JUDGEMENTS, required=False),
             form.text(f"remark-{code}", required=False, most=MOST_REMARK))
        for code in codes
    ]  # fmt: skip
    result = form.choice("result", ("pass", "fail"), required=False)
    confirmation = form.choice("confirmation", rules.CONFIRMATIONS, required=False) if method == "onsite" else ""
    pictures = await _pictures(form, posted, confirmation, photos=photos)
    because = {"refused": ("refused_reason", rules.REFUSALS), "unable": ("unable_reason", rules.UNABLES)}
    why, among = because.get(confirmation, ("", ()))
    found = Finding(
        method=method, result=result, lines=[line for line in lines if line.answer],
        reason=form.choice("reason", rules.REASONS, required=False) if result == "fail" else "",
        level=form.text("level", required=False, most=16),
        said=form.text("said", required=False, most=MOST_WORDS),
        remarks=form.text("remarks", required=False, most=MOST_WORDS), confirmation=confirmation,
        confirmation_reason=form.choice(why, among, required=False) if why else "",
        pictures=tuple(kind for kind, _ in pictures),
    )  # fmt: skip
    return found, pictures


async def _pictures(form: Form, posted: Any, confirmation: str, *, photos: bool) -> Pictures:
    found: Pictures = []
    if confirmation == "signature":
        signed = await _image(form, posted.get("signature_file"), "signature_file") or await _drawn(form)
        found += [("signature", signed)] if signed else []
    if confirmation == "thumbprint_photo":
        print_of = await _image(form, posted.get("thumbprint_file"), "thumbprint_file")
        found += [("thumbprint", print_of)] if print_of else []
    uploads = [one for one in posted.getall("photo", []) if hasattr(one, "read") and one.filename]
    if uploads and not photos:
        form.fault("photo", N_("The household has not consented to photos."))
        return found
    if len(uploads) > rules.MOST_PHOTOS:
        form.fault("photo", N_("At most {most} photos."), most=rules.MOST_PHOTOS)
        return found
    for upload in uploads:
        looked = await _image(form, upload, "photo")
        found += [("photo", looked)] if looked else []
    return found


async def _image(form: Form, upload: Any, field: str) -> Looked | None:
    if upload is None or not hasattr(upload, "read") or not upload.filename:
        return None
    try:
        return await picture(field.partition("_")[0], await upload.read(), field)
    except FormError as error:
        form.faults.update(error.fields)
        return None


async def _drawn(form: Form) -> Looked | None:
    head, _, body = form.get("signature_drawn", "").partition(",")
    if head != "data:image/png;base64" or len(body) > MOST_DRAWN:
        return None
    try:
        return await picture("signature", base64.b64decode(body, validate=True), "confirmation")
    except (binascii.Error, FormError):
        return None


def labels(codes: Sequence[str]) -> list[str]:
    """The fields that an error summary links to, in the order of the page."""
    return ["method", *(name for code in codes for name in (f"line-{code}", f"remark-{code}")), *LABELS[1:]]


def typed_again(answers: Sequence[dict[str, str]], remarks: dict[str, str], row: dict[str, Any]) -> dict[str, str]:
    """A result that was given back, as its form shows it."""
    return {
        "method": row["method"], "confirmation": row["confirmation"], "level": row["level"],
        **{f"line-{each['code']}": each["answer"] for each in answers},
        **{f"remark-{code}": remark for code, remark in remarks.items()},
    }  # fmt: skip
