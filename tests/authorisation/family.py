"""Routes and objects of family."""

import io
from datetime import timedelta
from uuid import UUID, uuid4

from PIL import Image

from bangfu.family.tables import CarerPhoto, FamilyCard, FamilyWish
from bangfu.households.tables import Household, Person
from bangfu.shared.clock import now, today
from bangfu.shared.database import transaction
from bangfu.shared.files import keep, look_at
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World
from tests.visits import visit_steps

_CARD = "/households/{household:uuid}/card"
_WISH = "/wishes/{wish:uuid}"
_PHOTO = "/carers/{carer:uuid}/photo"
ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/home"): Row("public"),
    ("POST", "/home"): Row("public"),
    ("POST", "/home/answer"): Row("public"),
    ("GET", "/home/kept"): Row("public"),
    ("POST", "/home/out"): Row("public"),
    ("GET", "/home/change"): Row("public"),
    ("POST", "/home/change"): Row("public"),
    ("GET", "/home/stars"): Row("public"),
    ("POST", "/home/stars"): Row("public"),
    ("GET", "/home/complain"): Row("public"),
    ("POST", "/home/complain"): Row("public"),
    ("GET", "/home/photo"): Row("public"),
    ("GET", _CARD): Row("family.cards", "family_home"),
    ("POST", f"{_CARD}/print"): Row("family.cards", "family_home"),
    ("POST", f"{_CARD}/{{card:uuid}}/revoke"): Row("family.cards", "household+family_card"),
    ("GET", "/wishes"): Row("family.wishes"),
    ("GET", _WISH): Row("family.wishes", "family_wish"),
    ("POST", f"{_WISH}/close"): Row("family.wishes", "family_wish"),
    ("GET", _PHOTO): Row("family.photos", "own_carer"),
    ("POST", _PHOTO): Row("family.photos", "own_carer"),
    ("POST", f"{_PHOTO}/remove"): Row("family.photos", "own_carer"),
    ("GET", f"{_PHOTO}/file"): Row("family.photos_seen", "pictured_carer"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """A home with a card, a wish, carers with a picture, and their like in another county or organisation."""
    home, away = await _home(VILLAGE, "FM-own"), await _home(FOREIGN_VILLAGE, "FM-far")
    card, far_card = await _card(world, home, VILLAGE), await _card(world, away, FOREIGN_VILLAGE)
    stage.put("family_home", home, away)
    stage.put("household+family_card", (home, card), (away, far_card))
    visit = await visit_steps.planned(world, start=now() + timedelta(days=1))
    wishes = [
        FamilyWish(
            id=uuid4(), household=house, division=village, visit=visit.id, card=of, wish="time",
            due_at=now() + timedelta(days=2),
        )
        for house, village, of in ((home, VILLAGE, card), (away, FOREIGN_VILLAGE, far_card))
    ]  # fmt: skip
    for wish in wishes:
        await wish.save()
    stage.put("family_wish", *[wish.id for wish in wishes])
    nurse, rival = world.carers["nurse"], world.carers["rival"]
    stage.put("own_carer", nurse, rival)
    stage.put("own_carer", rival, nurse, "other_manager")
    for carer in (nurse, rival):
        await _photo(world, carer)
    stage.put("pictured_carer", nurse, uuid4())
    stage.put("pictured_carer", rival, nurse, "other_manager")


async def _home(division: str, number: str) -> UUID:
    home = Household(id=uuid4(), number=number, division=division, category="tekun", head_name="测试某")
    await home.save()
    await Person(id=uuid4(), household=home.id, is_head=True, name="测试某").save()
    return home.id


async def _card(world: World, home: UUID, division: str) -> UUID:
    card = FamilyCard(
        id=uuid4(), household=home, division=division, code_hash=uuid4().hex, pin_hash=uuid4().hex,
        printed_by=world["dispatcher"].me, expires_at=now() + timedelta(days=30),
    )  # fmt: skip
    await card.save()
    return card.id


async def _photo(world: World, carer: UUID) -> None:
    looked = await look_at("face.png", _png())
    async with transaction():
        file = await keep(world["manager"], "carer_photo", carer, "portrait", looked, now())
    await CarerPhoto(id=uuid4(), carer=carer, file=file, consent_on=today(), added_by=world["manager"].me).save()


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(out, "PNG")
    return out.getvalue()
