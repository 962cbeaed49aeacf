"""Carers' pictures: with consent, encoded anew, for the homes that they are to visit and for nobody else."""

import io

from PIL import Image

from bangfu.family import photos
from bangfu.family.tables import CarerPhoto
from bangfu.shared.tables import StoredFile
from tests.family import family_steps as steps
from tests.support import World


def _picture() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Maker of a phone"
    Image.new("RGB", (64, 64), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_home_sees_the_picture_of_who_comes_and_no_other(world: World, visit) -> None:
    own, other = await steps.coming(world), await steps.coming(world, "rival", days=2)
    manager, path = await visit("manager"), f"/carers/{world.carers['nurse']}/photo"
    files = {"file": ("face.jpg", _picture(), "image/jpeg")}
    assert (await manager.post(path, {}, files=files)).status_code == 422
    assert await CarerPhoto.count() == 0
    assert (await manager.post(path, {"consent": "yes"}, files=files)).status_code == 303
    home = await steps.entered(visit, await steps.printed(world, own.household))
    assert f"/home/photo?visit={own.id}" in (await home.get("/home")).text
    shown = await home.get(f"/home/photo?visit={own.id}")
    assert shown.status_code == 200 and shown.content.startswith(b"\xff\xd8") and b"Maker" not in shown.content
    stranger = await steps.entered(visit, await steps.printed(world, other.household))
    assert (await stranger.get(f"/home/photo?visit={own.id}")).status_code == 404
    assert (await (await visit(None)).get(f"/home/photo?visit={own.id}")).status_code == 404
    assert (await (await visit("other_manager")).get(f"{path}/file")).status_code == 404
    assert (await manager.post(f"{path}/remove", {})).status_code == 303
    assert (await home.get(f"/home/photo?visit={own.id}")).status_code == 404
    assert not await StoredFile.exists().where(StoredFile.subject_type == photos.SUBJECT)
