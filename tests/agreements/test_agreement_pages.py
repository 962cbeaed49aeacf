"""The pages of care agreements, rates and coverage, without scripts."""

import re
from datetime import timedelta
from uuid import uuid4

from bangfu.agreements import drafting, rules
from bangfu.agreements.tables import CareAgreement, CareRateSheet
from bangfu.shared.clock import now, today
from tests.agreements.agreement_steps import (
    CAREGIVER,
    NAME,
    content,
    handed_out,
    home,
    put_rates,
    row,
    sign,
    signed_by_all,
)  # fmt: skip
from tests.support import World

PDF = {"file": ("page.pdf", b"%PDF-1.4 page", "application/pdf")}


def _form(**more: str) -> dict[str, str]:
    return {
        "starts_on": today().isoformat(), "ends_on": (today() + timedelta(days=300)).isoformat(),
        "caregiver_name": CAREGIVER, "caregiver_phone": "13900000002", "caregiver_relation": "neighbour",
        "payer": "care_subsidy", "triggers": "level", "wish": "愿意住在家里。", "emergency_name": "测试亲友",
        "emergency_phone": "13900000003", "emergency_relation": "other", "line_service_0": "daily_care",
        "line_times_0": "3", "line_per_0": "week", "line_minutes_0": "60", "line_place_0": "home", **more,
    }  # fmt: skip


async def test_an_officer_drafts_once_however_often_the_button_is_pressed(visit, world: World) -> None:
    await put_rates(world)
    household, person = await home()
    officer = await visit("officer")
    shown = (await officer.get(f"/households/{household}/agreements/new")).text
    assert "CNY 120.00 × 2 times = CNY 240.00 a month" in shown
    key = re.search(r'name="key" value="([^"]+)"', shown).group(1)
    wrong = await officer.post(
        f"/households/{household}/agreements/new", _form(key=key, person=str(person), line_times_0="0")
    )
    assert wrong.status_code == 422
    assert "愿意住在家里。" in wrong.text, "what was typed is kept"
    for _ in range(2):
        done = await officer.post(f"/households/{household}/agreements/new", _form(key=key, person=str(person)))
        assert done.headers["Location"] == f"/agreements/{key}"
    assert await CareAgreement.count() == 1
    page = (await officer.get(f"/agreements/{key}")).text
    assert NAME not in page
    assert CAREGIVER not in page
    assert "13900000002" not in page
    assert "139****0002" in page


async def test_the_seventh_signature_on_the_page_puts_it_in_force(visit, world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    coordinator, seen = await visit("coordinator"), (await row(agreement)).document_hash
    for n, role in enumerate(rules.ROLES):
        name = {"caregiver": CAREGIVER, "person": NAME}.get(role, "测试经办")
        data = {"role": role, "method": "scan", "seen": seen, "signatory": name,
                "capacity": "self" if role in rules.NATURAL else "agent", "signed_on": today().isoformat()}  # fmt: skip
        bare = await coordinator.post(f"/agreements/{agreement}/sign", data)
        assert bare.status_code == 422, "paper needs its scan"
        assert f"{n} of 7 signed" in bare.text
        assert (await coordinator.post(f"/agreements/{agreement}/sign", data, files=PDF)).status_code == 303
    page = (await coordinator.get(f"/agreements/{agreement}")).text
    assert "In force until" in page
    scan = re.search(rf"/agreements/{agreement}/files/[0-9a-f-]+", page).group(0)
    assert (await coordinator.get(scan)).content == PDF["file"][1]
    assert (await coordinator.get(f"/agreements/{agreement}/files/{uuid4()}")).status_code == 404


async def test_changing_what_is_being_signed_warns_first(visit, world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world)
    await sign(world, agreement, "village")
    officer = await visit("officer")
    page = (await officer.get(f"/agreements/{agreement}/edit")).text
    assert "1 of 7 have signed." in page
    assert "these signatures are void" in page
    revision = re.search(r'name="revision" value="(\d+)"', page).group(1)
    changed = _form(revision=revision, caregiver_name="", caregiver_phone="", emergency_name="", emergency_phone="")
    assert (await officer.post(f"/agreements/{agreement}/edit", changed)).status_code == 303
    assert "1 signatures are void" in (await officer.get(f"/agreements/{agreement}")).text
    assert (await officer.post(f"/agreements/{agreement}/edit", changed)).status_code == 409, "an old form"


async def test_an_institution_sees_and_signs_its_own_only(visit, world: World) -> None:
    await put_rates(world)
    agreement = await handed_out(world, e_signing=True, organization=world.organization)
    manager, other = await visit("manager"), await visit("other_manager")
    assert (await other.get(f"/my-agreements/{agreement}")).status_code == 404
    assert (await manager.get(f"/agreements/{agreement}")).status_code == 404
    assert (await row(agreement)).number in (await manager.get("/my-agreements")).text
    page = (await manager.get(f"/my-agreements/{agreement}")).text
    assert "愿意住在自己家里" not in page, "the wish is none of the institution's business"
    assert "240.00" not in page
    seen = (await row(agreement)).document_hash
    assert (await manager.post(f"/my-agreements/{agreement}/sign", {"seen": "old"})).status_code == 409
    for _ in range(2):
        assert (await manager.post(f"/my-agreements/{agreement}/sign", {"seen": seen})).status_code == 303
    assert "Electronic" in (await manager.get(f"/my-agreements/{agreement}")).text


async def test_coverage_names_who_is_missing_one_click_away(visit, world: World) -> None:
    await put_rates(world)
    await signed_by_all(world)
    missing, person = await home()
    await home(mode="centralized")
    await home(mode="")
    opened = await home()
    begun = await drafting.begin(world["officer"], uuid4(), *opened, content(), now())
    officer = await visit("officer")
    page = (await officer.get("/agreements/coverage")).text
    assert "33.3 %" in page
    assert f"/households/{missing}/agreements/new?person={person}" in page
    assert f"/agreements/{begun}" in page
    assert "1 households in special difficulty have no support mode" in page
    csv = (await officer.get("/agreements/coverage.csv")).content.decode("utf-8-sig")
    assert NAME not in csv
    assert csv.count("测***") == 2
    elsewhere = await visit("outside_officer")
    assert "测***" not in (await elsewhere.get("/agreements/coverage")).text


async def test_rates_are_entered_by_one_and_published_by_another(visit, world: World) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    key = str(uuid4())
    data = {"key": key, "prefix": "990101", "valid_from": "2026-01-01", "source": "文件"}
    data |= {f"factor_dispersed_{level}": str(n) for n, level in enumerate(("full_self", "semi", "full_care"), 1)}
    assert (await bureau.post("/care-rates/new", data)).status_code == 422, "three factors are missing"
    data |= {
        f"factor_centralized_{level}": n for level, n in (("full_self", "10"), ("semi", "25"), ("full_care", "50"))
    }
    for _ in range(2):
        assert (await bureau.post("/care-rates/new", data)).status_code == 303
    assert await CareRateSheet.count() == 1
    assert (await bureau.post(f"/care-rates/sheets/{key}/publish")).status_code == 403
    assert (await lead.post(f"/care-rates/sheets/{key}/publish")).status_code == 303
    assert (await bureau.post(f"/care-rates/sheets/{key}/withdraw")).status_code == 409
    base = {"key": str(uuid4()), "prefix": "990101", "valid_from": "2026-01-01", "source": "文件",
            "kind": "disabled_subsidy"}  # fmt: skip
    for amount in ("", "0", "-5", "1.005", "abc", "NaN"):
        assert (await bureau.post("/care-rates/bases/new", {**base, "amount": amount})).status_code == 422, amount
    assert (await bureau.post("/care-rates/bases/new", {**base, "amount": "118.35"})).status_code == 303
    await lead.post(f"/care-rates/bases/{base['key']}/publish")
    page = (await lead.get("/care-rates")).text
    assert "CNY 118.35 × 3 times = CNY 355.05 a month" in page
    assert "The rate needs the base amount" in page, "the minimum wage is missing"


async def test_every_list_and_form_opens_for_who_may(visit, world: World) -> None:
    await put_rates(world)
    agreement = await signed_by_all(world, organization=world.organization)
    household = (await row(agreement)).household
    for name, paths in {
        "officer": ("/agreements", "/agreements?state=active&ends=60&division=990101001201", f"/agreements/{agreement}",
                    f"/households/{household}/agreement", "/", "/agreements?state=%27&division=%25&ends=x&page=-1"),
        "bureau": ("/agreements/coverage?division=990101001", "/care-rates", "/care-rates?division=990101001",
                   "/care-rates/new", "/care-rates/bases/new", f"/agreements/{agreement}"),
        "auditor": ("/agreements", f"/agreements/{agreement}", "/care-rates"), "manager": ("/my-agreements", "/"),
    }.items():  # fmt: skip
        reader = await visit(name)
        for path in paths:
            assert (await reader.get(path)).status_code == 200, f"{name} {path}"
