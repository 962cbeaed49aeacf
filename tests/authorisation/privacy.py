"""Routes and objects of privacy and of the consent texts."""

from uuid import UUID, uuid4

from bangfu.households.sealing import seal
from bangfu.households.tables import ConsentText, Person
from bangfu.privacy.tables import PrivacyRequest
from tests.authorisation.row import Row, Stage
from tests.support import FOREIGN_VILLAGE, VILLAGE, World

ROWS: dict[tuple[str, str], Row] = {
    ("GET", "/households/{household:uuid}/readers"): Row("privacy.readers", "household"),
    ("GET", "/households/{household:uuid}/privacy/new"): Row("privacy.export", "household"),
    ("POST", "/households/{household:uuid}/privacy/new"): Row("privacy.export", "household"),
    ("GET", "/privacy/requests"): Row("privacy.export"),
    ("GET", "/privacy/requests/{privacy:uuid}"): Row("privacy.export", "privacy_request"),
    ("POST", "/privacy/requests/{privacy:uuid}/package"): Row("privacy.export", "privacy_request"),
    ("POST", "/privacy/requests/{privacy:uuid}/answer"): Row("privacy.export", "privacy_request"),
    ("GET", "/consent-texts"): Row("consent_texts.edit"),
    ("GET", "/consent-texts/new"): Row("consent_texts.edit"),
    ("POST", "/consent-texts/new"): Row("consent_texts.edit"),
    ("GET", "/consent-texts/{text:uuid}"): Row("consent_texts.edit", "consent_text"),
    ("GET", "/consent-texts/{text:uuid}/edit"): Row("consent_texts.edit", "consent_text"),
    ("POST", "/consent-texts/{text:uuid}/edit"): Row("consent_texts.edit", "consent_text"),
    ("POST", "/consent-texts/{text:uuid}/publish"): Row("consent_texts.edit", "consent_text"),
}


async def put_objects(stage: Stage, world: World) -> None:
    """One own and one foreign object of each kind."""
    home, away = stage.mine("household", ""), stage.others("household", "")
    stage.put("privacy_request", await _request(home, VILLAGE), await _request(away, FOREIGN_VILLAGE))
    draft = ConsentText(id=uuid4(), version="2099-1", zh="文本", en="text", purposes=["service"])
    await draft.save()
    stage.put("consent_text", draft.id, uuid4())


async def _request(household: object, division: str) -> UUID:
    people = await Person.select(Person.id).where(Person.household == household)
    key = uuid4()
    await PrivacyRequest(
        id=key, number=f"SQ-{key.hex[:6]}", household=household, person=people[0]["id"], division=division,
        applicant_enc=seal("privacy_request", "applicant_enc", key, "测试某"),
        reason_enc=seal("privacy_request", "reason_enc", key, "想看看"),
    ).save()  # fmt: skip
    return key
