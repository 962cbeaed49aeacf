"""What the forms at the door are called and how they are read. OFFLINE drafts and paper sheets use the same names.

Proof (both forms): key, method, lat, lon, accuracy, crs, device_at, offline, device, code, reason, text, other_day.
Record: form, form_version, `line-<code>` (a tick: done), `why-<code>` ("<answer>:<reason>" instead of the tick),
`finding-<area>`, findings_text, new_needs, measures, remarks, confirmation, unable_reason, confirm_name, sms_code,
signature_drawn (a picture as data URL), the files signature_file, thumbprint_file and `photo-<code>` (several).
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from bangfu.errors import N_, FormError
from bangfu.shared.coordinates import Datum
from bangfu.shared.files import Looked
from bangfu.shared.web.forms import Form
from bangfu.visits import door_rules
from bangfu.visits.door_checklists import Checklist
from bangfu.visits.door_data import Confirmation, NewPhoto, Proof, Record
from bangfu.visits.door_photos import picture, read_photo
from bangfu.visits.door_rules import Answer

MOST_WORDS: Final = 1000
MOST_DRAWN: Final = 400_000
"""Characters of a drawn signature's data URL."""
CRS: Final[dict[str, Datum]] = {"wgs84": "wgs84", "gcj02": "gcj02", "bd09": "bd09"}
NO_POSITION: Final = N_(
    "Your position did not arrive. Allow the phone to tell where it is and try again, or choose another way."
)
TICKED_TWICE: Final = N_("Either tick it, or say why not.")
REASONS: Final = tuple(
    [f"not_needed:{code}" for code in door_rules.NOT_NEEDED] + [f"not_done:{code}" for code in door_rules.NOT_DONE]
)
"""The values of `why-<code>`."""


def read_proof(form: Form, key: UUID | None) -> Proof:
    """How the arrival or departure is shown; faults stay in the form."""
    method = form.choice("method", door_rules.METHODS)
    lat = form.decimal("lat", least=-90, most=90, required=False) if method == "gps" else None
    lon = form.decimal("lon", least=-180, most=180, required=False) if method == "gps" else None
    if method == "gps" and (lat is None or lon is None):
        form.fault("method", NO_POSITION)
    reason, text = form.choice("reason", door_rules.PROOF_REASONS, required=False), form.text(
        "text", required=False, most=300
    )  # fmt: skip
    if method == "explained" and not reason:
        form.fault("reason", N_("Please choose a reason."))
    if method == "explained" and reason == "other" and not text:
        form.fault("text", N_("Please say why in a few words."))
    accuracy = form.decimal("accuracy", least=0, most=10_000_000, required=False) if method == "gps" else None
    is_code = method in {"home_code", "call_code"}
    return Proof(
        key=key or uuid4(), method=method, device_at=read_moment(form), lat=lat, lon=lon,
        crs=CRS.get(form.get("crs", ""), "wgs84"), accuracy_m=round(accuracy) if accuracy is not None else None,
        code=form.text("code", required=is_code, most=200) if is_code else "",
        reason=reason if method == "explained" else "", text=text if method == "explained" else "",
        offline=form.yes("offline"), device=form.get("device", "")[:64].strip(), other_day=form.yes("other_day"),
    )  # fmt: skip


def read_moment(form: Form, name: str = "device_at") -> datetime | None:
    """The device's clock, with its zone; anything else is no time."""
    try:
        found = datetime.fromisoformat(form.get(name, "").strip())
    except ValueError:
        return None
    return found if found.tzinfo is not None and 2000 < found.year < 2200 else None


def read_answers(form: Form, checklist: Checklist) -> list[Answer]:
    """The answered lines in the form's order."""
    found: list[Answer] = []
    for code in checklist.codes():
        why = form.choice(f"why-{code}", REASONS, required=False)
        done = form.yes(f"line-{code}")
        if done and why:
            form.fault(f"line-{code}", TICKED_TWICE)
        elif done:
            found.append(Answer(code, "done"))
        elif why:
            answer, _, reason = why.partition(":")
            found.append(Answer(code, answer, reason))
    return found


def read_record(form: Form, checklist: Checklist | None, confirmation: Confirmation) -> Record:
    """What was done and found; faults stay in the form."""
    areas = checklist.areas if checklist else ()
    findings = {area: value for area in areas
                if (value := form.choice(f"finding-{area}", door_rules.FINDINGS, required=False))}  # fmt: skip
    text = form.text("findings_text", required=False, most=MOST_WORDS)
    if not text and {"attention", "urgent"} & set(findings.values()):
        form.fault("findings_text", N_("Please say in a few words what needs attention."))
    return Record(
        form=checklist.code if checklist else "", form_version=checklist.version if checklist else None,
        checklist=read_answers(form, checklist) if checklist else (), findings=findings, findings_text=text,
        new_needs=form.text("new_needs", required=False, most=MOST_WORDS),
        measures=form.text("measures", required=False, most=MOST_WORDS),
        remarks=form.text("remarks", required=False, most=MOST_WORDS), confirmation=confirmation,
        device=form.get("device", "")[:64].strip(), device_at=read_moment(form), offline=form.yes("offline"),
    )  # fmt: skip


async def read_confirmation(form: Form, posted: Any, *, required: bool = True) -> Confirmation:
    """How the household confirmed; faults stay in the form."""
    method = form.choice("confirmation", door_rules.CONFIRMATIONS, required=required)
    reason, by, image = "", "", None
    if method == "unable":
        reason = form.choice("unable_reason", door_rules.UNABLE_REASONS)
    if method in {"voice", "witness"}:
        by = form.text("confirm_name", most=60)
    if method == "signature":
        image = await _image(form, posted, "signature_file") or await _drawn(form)
        if image is None:
            form.fault("confirmation", N_("The signature is missing: draw it, or choose a photo of it."))
    if method == "thumbprint_photo":
        image = await _image(form, posted, "thumbprint_file")
        if image is None:
            form.fault("thumbprint_file", N_("Please choose the photo of the thumbprint."))
    code = form.text("sms_code", most=20) if method == "sms_code" else ""
    return Confirmation(method, reason, by, code, image)


async def _image(form: Form, posted: Any, field: str) -> Looked | None:
    upload = posted.get(field)
    if upload is None or not hasattr(upload, "read") or not upload.filename:
        return None
    try:
        return await picture(field.partition("_")[0], await upload.read(), field)
    except FormError as error:
        form.faults.update(error.fields)
        return None


async def _drawn(form: Form) -> Looked | None:
    text = form.get("signature_drawn", "")
    head, _, body = text.partition(",")
    if head != "data:image/png;base64" or len(body) > MOST_DRAWN:
        return None
    try:
        return await picture("signature", base64.b64decode(body, validate=True), "confirmation")
    except (binascii.Error, FormError):
        return None


async def read_photos(form: Form, posted: Any, lines: Sequence[dict[str, Any]]) -> list[NewPhoto]:
    """The photos of the lines that allow one; a picture for any other line is a fault. Faults stay in the form."""
    allowed = set(door_rules.photo_lines(lines))
    found: list[NewPhoto] = []
    for name in dict.fromkeys(name for name, _ in posted.multi_items() if name.startswith("photo-")):
        item = name.removeprefix("photo-")
        for upload in posted.getall(name):
            if not hasattr(upload, "read") or not upload.filename:
                continue
            if item not in allowed:
                form.fault("photos", N_("A photo is allowed only where the checklist says so."))
                continue
            if len(found) >= door_rules.MOST_PHOTOS:
                form.fault("photos", N_("At most {most} photos."), most=door_rules.MOST_PHOTOS)
                return found
            try:
                found.append(await read_photo(await upload.read(), item, name))
            except FormError as error:
                form.faults.update(error.fields)
    return found


def labels(checklist: Checklist | None) -> list[str]:
    """The names of all fields that an error summary may link to, in the order of the page."""
    lines = checklist.codes() if checklist else []
    areas = checklist.areas if checklist else ()
    return [
        "other_day", *(f"line-{code}" for code in lines), *(f"photo-{code}" for code in lines), "photos",
        *(f"finding-{area}" for area in areas), "findings_text", "new_needs", "measures", "remarks", "confirmation",
        "unable_reason", "confirm_name", "sms_code", "thumbprint_file", "signature_file", "method", "code", "reason",
        "text",
    ]  # fmt: skip
