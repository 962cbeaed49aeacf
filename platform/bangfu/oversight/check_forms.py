"""What the inspector's form is called and how it is read; typed values and faults stay in the form.

Fields: method, `line-<code>` (a judgement), `remark-<code>`, level (surveys), said, remarks, result, reason,
confirmation, refused_reason, unable_reason, signature_drawn and the files signature_file, thumbprint_file, photo.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bangfu.errors import N_, FormError
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_rules import Finding, Line
from bangfu.shared import i18n
from bangfu.shared.files import Looked
from bangfu.shared.web.forms import Form
from bangfu.visits.door_forms import MOST_DRAWN
from bangfu.visits.door_photos import picture

MOST_WORDS: Final = 1000
MOST_REMARK: Final = 200
Pictures = list[tuple[str, Looked]]


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


MANY: Final = 3
"""From more standards without a judgement on the summary names the first and counts them."""
_NAMES: Final = {
    "method": N_("How do you check?"), "level": N_("Level that you found"), "said": N_("What the person said"),
    "remarks": N_("What the provider reads"), "result": N_("Does the visit pass?"), "reason": N_("If it failed, why?"),
    "confirmation": N_("How does the person confirm?"), "refused_reason": N_("Why the person refuses"),
    "unable_reason": N_("Why nobody can confirm"), "signature_file": N_("Or a photo of the signature"),
    "thumbprint_file": N_("Photo of the thumbprint on paper"), "photo": N_("Photos"),
    "attempt_method": N_("How did you try?"), "back_text": N_("What should be changed"),
    "replace_reason": N_("Reason"),
}  # fmt: skip
"""Field -> what the page calls it."""


def summary(errors: Mapping[str, str], standards: Mapping[str, str]) -> list[tuple[str, str]]:
    """(field, what is wrong with which) in the order of the page, for the box above the form; many standards that
    were not judged are one line.

    Args:
        standards: code -> its text, in their order.
    """
    words = {name: i18n._(label) for name, label in _NAMES.items()}
    names = {"method": words["method"]}
    for code, text in standards.items():
        names |= dict.fromkeys((f"line-{code}", f"remark-{code}"), _short(text))
    names |= words
    open_lines = [f"line-{code}" for code in standards if f"line-{code}" in errors]
    found = [(name, names[name].rstrip("?？") + i18n._(": ") + errors[name]) for name in names if name in errors]
    if len(open_lines) <= MANY:
        return found
    many = i18n._("{n} standards are not judged yet, the first one: {first}", n=len(open_lines),
                  first=names[open_lines[0]])  # fmt: skip
    return [(name, many if name == open_lines[0] else said) for name, said in found if name not in open_lines[1:]]


def _short(text: str) -> str:
    """A standard's heading: what stands before its colon."""
    return text.replace(":", "：").partition("：")[0].strip()


def typed_again(answers: Sequence[dict[str, str]], remarks: dict[str, str], row: dict[str, Any]) -> dict[str, str]:
    """A result that was given back, as its form shows it."""
    return {
        "method": row["method"], "confirmation": row["confirmation"], "level": row["level"],
        **{f"line-{each['code']}": each["answer"] for each in answers},
        **{f"remark-{code}": remark for code, remark in remarks.items()},
    }  # fmt: skip
