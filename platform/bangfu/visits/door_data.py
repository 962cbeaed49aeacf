"""What comes from the door: how somebody shows that they are there, what was done and found, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bangfu.shared.coordinates import Datum
from bangfu.shared.files import Looked
from bangfu.visits.door_rules import Answer


@dataclass(frozen=True, slots=True)
class Proof:
    """One arrival or departure as it is shown. `key` is the form's and becomes the id of the stored proof.

    Attributes:
        method: a code of life_rules.CLASS_OF.
        device_at: the device's own clock when it was written down.
        lat, lon, crs: degrees in the datum of `crs`, only for `gps`; accuracy_m: metres, as the device says.
        code: what was typed or scanned.
        reason, text: of door_rules.PROOF_REASONS, and in words, where nothing else worked.
        offline: it waited on the phone.
        device: the random id that the browser keeps; only a keyed hash of it is stored.
        other_day: the server confirms to begin a visit of another day.
    """

    key: UUID
    method: str
    device_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    crs: Datum = "wgs84"
    accuracy_m: int | None = None
    code: str = ""
    reason: str = ""
    text: str = ""
    offline: bool = False
    device: str = ""
    other_day: bool = False


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How the household confirmed. `image` is the signature or thumbprint as a picture; `by` who confirmed or
    witnessed, as told; `code` what came by text message; `reason` why it could not."""

    method: str = ""
    reason: str = ""
    by: str = ""
    code: str = ""
    image: Looked | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What was done and found. Texts as typed; they are sealed before they are kept.

    Attributes:
        form, form_version: the checklist that was answered.
        findings: area -> ok, attention or urgent.
    """

    form: str = ""
    form_version: int | None = None
    checklist: Sequence[Answer] = ()
    findings: Mapping[str, str] = field(default_factory=dict)
    findings_text: str = ""
    new_needs: str = ""
    measures: str = ""
    remarks: str = ""
    confirmation: Confirmation = field(default_factory=Confirmation)
    device: str = ""
    device_at: datetime | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A picture of the visit, encoded anew: `item` the line that it shows, `original` the keyed hash of the bytes as
    they came, `likeness` the 64-bit difference hash (signed), `taken_at` as the camera wrote it."""

    looked: Looked
    item: str
    original: str
    likeness: int
    taken_at: datetime | None = None
