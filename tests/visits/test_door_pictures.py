"""Photos, signatures, thumbprints: without metadata, with consent, where the checklist allows; words are sealed."""

import base64
import io
import json

import pytest
from PIL import Image

from bangfu.shared.tables import StoredFile
from bangfu.visits.tables import VisitPhoto, VisitProof, VisitRecord
from tests.support import World
from tests.visits import door_steps as door
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64
WORDS = "膝盖又肿了只肯吃稀饭"


def drawn() -> str:
    out = io.BytesIO()
    Image.new("RGB", (60, 22), (255, 255, 255)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


async def finish(page, visit, **more):
    files = more.pop("files", None)
    return await page.post(f"/my-visits/{visit.id}/finish", door.finishing(**more), files=files)


async def test_a_photo_loses_place_and_device_and_keeps_when_it_was_taken(world: World, visit) -> None:
    made = await steps.started(world)
    await door.allow(made.household, "photo")
    page = await visit("caregiver")
    sent = door.photo()
    assert b"Spionagekamera" in sent
    answer = await finish(page, made, files=[("photo-warmth", ("IMG_王家.jpg", sent, "image/jpeg"))])
    assert answer.status_code == 303, answer.text
    [kept] = await VisitPhoto.objects().where(VisitPhoto.visit == made.id)
    assert (kept.item, kept.taken_at.isoformat()) == ("warmth", "2026-11-20T01:30:00+00:00")
    assert len(kept.original) == 64
    shown = await page.get(f"/visits/{made.id}/files/{kept.file}")
    assert shown.status_code == 200
    assert b"Spionagekamera" not in shown.content
    assert dict(Image.open(io.BytesIO(shown.content)).getexif()) == {}
    assert "王家" not in str(shown.headers)
    stored = await StoredFile.objects().get(StoredFile.id == kept.file)
    assert sent[:200] not in stored.content
    for name in ("other_caregiver", "auditor", "other_manager", "outside_officer"):
        stranger = await visit(name)
        assert (await stranger.get(f"/visits/{made.id}/files/{kept.file}")).status_code == 404
    for name in ("officer", "manager"):
        reader = await visit(name)
        assert (await reader.get(f"/visits/{made.id}/files/{kept.file}")).status_code == 200
    seen = await VisitPhoto.raw("SELECT what FROM read_log WHERE household = {}", made.household)
    assert [row["what"] for row in seen].count("visit_picture") == 3


async def test_without_consent_there_are_no_photos(world: World, visit) -> None:
    made = await steps.started(world)
    page = await visit("caregiver")
    assert 'type="file" id="f-photo-warmth"' not in (await page.get(f"/my-visits/{made.id}")).text
    answer = await finish(page, made, files=[("photo-warmth", ("a.jpg", door.photo(), "image/jpeg"))])
    assert answer.status_code == 422
    assert "has not consented to photos" in answer.text
    assert not await StoredFile.exists().where(StoredFile.subject == made.id)


@pytest.mark.parametrize(
    ("field", "content", "told"),
    [
        ("photo-warmth", HEIC, "HEIC"), ("photo-warmth", b"%PDF-1.7 x", "no picture"),
        ("photo-warmth", b"\xff\xd8\xff\xe0broken", "damaged"), ("photo-mood", door.photo(), "checklist says so"),
        ("photo-nothing", door.photo(), "checklist says so"),
    ],
)  # fmt: skip
async def test_only_pictures_of_lines_that_allow_one_are_kept(field, content, told, world: World, visit) -> None:
    made = await steps.started(world)
    await door.allow(made.household, "photo")
    page = await visit("caregiver")
    answer = await finish(page, made, files=[(field, ("a.jpg", content, "image/jpeg"))], findings_text="留着")
    assert answer.status_code == 422
    assert told in answer.text
    assert "留着" in answer.text
    assert (await steps.visit(made.id)).status == "in_progress"


async def test_six_photos_are_enough_and_the_same_one_is_kept_once(world: World, visit) -> None:
    made = await steps.started(world)
    await door.allow(made.household, "photo")
    page = await visit("caregiver")
    files = [("photo-warmth", (f"{n}.jpg", door.photo((n * 30, 0, 0)), "image/jpeg")) for n in range(7)]
    assert (await finish(page, made, files=files)).status_code == 422
    assert (await finish(page, made, files=[*files[:2], files[0]])).status_code == 303
    assert await VisitPhoto.count().where(VisitPhoto.visit == made.id) == 2


async def test_a_drawn_signature_a_photo_of_it_and_a_thumbprint_are_pictures_of_the_visit(world: World, visit) -> None:
    page = await visit("caregiver")
    file = ("x.jpg", door.photo(), "image/jpeg")
    ways = (
        ({"confirmation": "signature", "signature_drawn": drawn()}, None, "signature"),
        ({"confirmation": "signature"}, [("signature_file", file)], "signature"),
        ({"confirmation": "thumbprint_photo"}, [("thumbprint_file", file)], "thumbprint"),
    )
    for form, files, kind in ways:
        made = await steps.started(world)
        assert (await finish(page, made, **form)).status_code == (303 if form.get("signature_drawn") else 422)
        if files:
            assert (await finish(page, made, files=files, **form)).status_code == 303
        assert await StoredFile.exists().where((StoredFile.subject == made.id) & (StoredFile.kind == kind))


async def test_what_is_typed_is_sealed_and_the_point_is_kept_only_with_consent(world: World, visit) -> None:
    page = await visit("caregiver")
    for consents in (False, True):
        made = await steps.planned(world)
        if consents:
            await door.allow(made.household, "location")
        await page.post(f"/my-visits/{made.id}/arrive", door.arriving())
        await finish(page, made, findings_text=WORDS, new_needs=WORDS, measures=WORDS, remarks=WORDS)
        [first, _] = await VisitProof.objects().where(VisitProof.visit == made.id).order_by(VisitProof.side)
        assert (first.verdict, first.distance_m) == ("near", 0)
        assert bool(first.point_enc) is consents
        assert "31.78" not in first.point_enc
        record = await VisitRecord.objects().get(VisitRecord.visit == made.id)
        assert WORDS not in json.dumps(record.to_dict(), default=str)
        told = await VisitRecord.raw(
            "SELECT count(*) AS n FROM audit_event WHERE data::text LIKE '%' || {} || '%' OR data::text LIKE '%31.78%'",
            WORDS,
        )
        assert told[0]["n"] == 0
