"""The paper of an agreement: A4, Chinese, everything on it that is signed, checkable, and nothing of it is markup."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from bangfu.agreements import duties, rules
from bangfu.agreements.printing import paper
from bangfu.shared import i18n
from bangfu.shared.printing import rare

CHECK = "http://127.0.0.1/verify"
A4 = (595, 842)


@pytest.fixture(autouse=True)
def words(keys: object) -> None:
    """The words of all features."""


def printed(**changes: Any) -> dict[str, Any]:
    """What agreements.queries.printed gives for an agreement that four of the seven have signed."""
    names = ["东区人民政府", "河东街道办事处", "东区民政局", "柳树村村民委员会", "安颐养护院", "李小华", "张玉明"]
    methods = ["scan", "electronic", "electronic", "", "", "", "thumbprint"]
    return {
        "number": "XY-000012", "check_code": "7K3F-9Q2M-4HTX", "previous": "",
        "person": {
            "name": "张玉明", "sex": "m", "birth_date": "1948-03-02", "id_type": "id_card",
            "id_number": "990101194803020011", "phone": "+8613800001234", "address": "东区河东街道柳树村 12 号",
            "household": "HH-1", "category": "tekun",
        },
        "selfcare_level": "semi", "support_mode": "dispersed",
        "assessment": {"number": "PG-000004", "assessed_on": "2026-10-02"},
        "place": {"county": "东区", "township": "河东街道", "village": "柳树村"},
        "parties": [
            {"role": role, "name": name, "duties": duties.usual(role)[0], "evidence": duties.usual(role)[1]}
            for role, name in zip(rules.ROLES, names, strict=True)
        ],
        "caregiver": {"name": "李小华", "phone": "+8613900005678", "number": "", "relation": "neighbour"},
        "institution": "安颐养护院",
        "lines": [{"service": "daily_care", "times": 3, "per": "week", "minutes": 60, "place": "home"}],
        "pay": {
            "month": "800.00", "payer": "assistance",
            "rate": {"basis": "disabled_subsidy", "base": "400.00", "factor": "2.0000", "amount": "800.00"},
        },
        "emergency": {"name": "张强", "phone": "+8613700001111", "relation": "other"}, "wish": "饭菜软一些。",
        "starts_on": "2026-11-01", "ends_on": "2027-10-31", "triggers": ["level"], "needs_guardian": False,
        "e_signing": True, "duties_version": "2026-1", "hash": "ab12cd34" * 8, "status": "party_signing",
        "signatures": [
            {
                "role": role, "signed": bool(method), "method": method, "capacity": "self",
                "signatory": name if method else "", "witness": "孙六" if method == "thumbprint" else "",
                "signed_on": "2026-10-20" if method else "", "signed_at": "",
            }
            for role, name, method in zip(rules.ROLES, names, methods, strict=True)
        ],
        "signed": 4, "ended_on": "", "end_reason": "", "activated_at": "", **changes,
    }  # fmt: skip


async def read(document: dict[str, Any]) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(await paper(document, CHECK)))
    return reader, "".join("".join(one.extract_text().split()) for one in reader.pages)


async def test_the_paper_is_a4_and_names_parties_services_pay_and_both_pages() -> None:
    reader, text = await read(printed())
    assert {(round(one.mediabox.width), round(one.mediabox.height)) for one in reader.pages} == {A4}
    assert len(reader.pages) == 2
    for said in (
        "特困人员照料服务协议", "XY-000012", "张玉明", "990101194803020011", "每周3次", "60分钟", "800.00",
        "400.00元×2",
        "2026年11月1日至2027年10月31日", "安颐养护院", "饭菜软一些", "第1页/共2页", "7K3F-9Q2M-4HTX", "ab12cd34",
        "捺指印：张玉明", "见证人：孙六",
    ):  # fmt: skip
        assert said in text, said
    assert text.count("签字（捺印）") == 3, "a place to sign for each of the three who have not signed"


async def test_the_same_agreement_gives_the_same_bytes_in_either_language() -> None:
    i18n.use("en")
    try:
        english = await paper(printed(), CHECK)
        assert i18n.current() == "en"
    finally:
        i18n.use("zh")
    assert english == await paper(printed(), CHECK)


async def test_what_somebody_typed_is_never_read_as_markup() -> None:
    hostile = '#read("/agreements/agreement.typ") $x$ *fett* \\ ] #panic()'
    _, text = await read(printed(wish=hostile))
    assert '#read("/agreements/agreement.typ")$x$*fett*\\]#panic()' in text


async def test_a_draft_and_an_ended_agreement_say_so() -> None:
    assert "草稿" in (await read(printed(status="draft", hash="")))[1]
    assert "已终止" in (await read(printed(status="terminated")))[1]


@pytest.mark.parametrize(("text", "missing"), [("张玉明 12 号，A4", ""), ("㛃𠮷", "㛃𠮷")])
def test_characters_that_the_kept_font_lacks_are_known(text: str, missing: str) -> None:
    assert rare(text) == missing
