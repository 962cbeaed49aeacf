"""The pages: begin, fill on a phone without scripts, sign, show; wrong input, double posts, foreign objects."""

import json
import re
from uuid import uuid4

from bangfu.assessments.tables import Assessment, AssessmentForm
from bangfu.shared.clock import today
from tests.assessments.answers import FORMS, six
from tests.assessments.steps import complete, draft_of, form_of, home_with
from tests.support import World


async def _begin(browser, household, person, code: str, key: str) -> str:
    answer = await browser.post(f"/households/{household}/assessments/new", {
        "key": key, "person": str(person), "form": str(await form_of(code)), "reason": "first",
        "assessed_on": today().isoformat(), "place": "home", "informant_relation": "self",
    })  # fmt: skip
    assert answer.status_code == 303, answer.text[-2000:]
    return str(answer.headers["location"])


async def test_two_people_assess_from_the_household_to_the_level(world: World, visit) -> None:
    household, person = await home_with()
    browser, key = await visit("assessor"), str(uuid4())
    assert (await browser.get(f"/households/{household}/assessments")).status_code == 200
    assert (await browser.get(f"/households/{household}/assessments/new")).status_code == 200
    fill = await _begin(browser, household, person, "six_indicators", key)
    assert await _begin(browser, household, person, "six_indicators", key) == fill, "a double click begins one"
    page = (await browser.get(fill)).text
    assert page.count('type="radio"') == 12
    part = {"area": "daily", "do": "next", "a_eating": "unable"}
    answer = await browser.post(fill, part)
    assert (answer.status_code, answer.text.count("Please answer this.")) == (422, 10), "in the summary and beside each"
    assert re.search(r'id="f-a_eating-2"[^>]*checked', answer.text)
    kept = (await browser.get(fill)).text
    assert re.search(r'id="f-a_eating-2"[^>]*checked', kept), "what was answered is kept as a draft"
    answers = {f"a_{code}": text for code, text in six(4).items()}
    answer = await browser.post(fill, {"area": "daily", "do": "next", **answers})
    assert answer.headers["location"] == f"/assessments/{key}"
    page = (await browser.get(f"/assessments/{key}")).text
    assert "Rule used: 4 to 6" in page
    answer = await browser.post(f"/assessments/{key}/sign", {"second": ""})
    assert answer.status_code == 422
    answer = await browser.post(f"/assessments/{key}/sign", {"second": str(world["second_assessor"].me)})
    assert answer.status_code == 303
    second = await visit("second_assessor")
    assert f"/assessments/{key}" in (await second.get("/assessments")).text
    for _ in range(2):
        assert (await second.post(f"/assessments/{key}/countersign")).status_code == 303
    assert "Full care" in (await second.get(f"/assessments/{key}")).text


async def test_answers_are_shown_to_others_once_after_a_reason_that_is_logged(world: World, visit) -> None:
    _, person = await home_with()
    key = await complete(world, person, "six_indicators", six(4))
    officer = await visit("officer")
    assert "Answers and arithmetic</h2>" not in (await officer.get(f"/assessments/{key}")).text
    assert (await officer.post(f"/assessments/{key}/answers", {"why": ""})).status_code == 422
    answer = await officer.post(f"/assessments/{key}/answers", {"why": "verify"})
    assert (answer.status_code, "Answers and arithmetic</h2>" in answer.text) == (200, True)
    rows = await Assessment.raw("SELECT data FROM audit_event WHERE action = 'household.unmasked'")
    assert [json.loads(row["data"])["group"] for row in rows] == ["health"]
    dispatcher = await visit("dispatcher")
    assert (await dispatcher.post(f"/assessments/{key}/answers", {"why": "verify"})).status_code == 403


async def test_somebody_elses_draft_is_not_filled_in(world: World, visit) -> None:
    _, person = await home_with()
    key = await draft_of(world["assessor"], person, "six_indicators", six(1))
    worker = await visit("worker")
    assert (await worker.get(f"/assessments/{key}/fill")).status_code == 409
    assert (await worker.post(f"/assessments/{key}/sign", {"second": str(world["assessor"].me)})).status_code == 409
    outsider = await visit("outsider")
    assert (await outsider.get(f"/assessments/{key}")).status_code == 404


async def test_a_form_is_uploaded_checked_tried_and_published_by_another(world: World, visit) -> None:
    bureau, lead = await visit("bureau"), await visit("lead")
    broken = {**FORMS["barthel"], "version": "2", "total": {"measure": "total", "least": 0, "most": 95, "step": 5}}
    answer = await bureau.post("/assessment-forms/new", {"key": str(uuid4()), "document": json.dumps(broken)})
    assert (answer.status_code, "The options sum up to 0 to 100" in answer.text) == (422, True)
    for text in ("", "{", "[]", "[" * 100_000):
        answer = await bureau.post("/assessment-forms/new", {"key": str(uuid4()), "document": text})
        assert answer.status_code == 422, text[:5]
    key, sound = str(uuid4()), {**FORMS["barthel"], "version": "2"}
    for _ in range(2):
        answer = await bureau.post("/assessment-forms/new", {"key": key, "document": json.dumps(sound)})
        assert answer.headers["location"] == f"/assessment-forms/{key}"
    answers = {f"a_{item['code']}": item["options"][0]["code"] for item in sound["areas"][0]["items"]}
    tried = await bureau.post(f"/assessment-forms/{key}/try", answers)
    assert (tried.status_code, "Able (100)" in tried.text) == (200, True)
    assert (await bureau.post(f"/assessment-forms/{key}/publish")).status_code == 403
    assert (await lead.post(f"/assessment-forms/{key}/publish")).status_code == 303
    rows = await AssessmentForm.select(AssessmentForm.version, AssessmentForm.status).where(
        AssessmentForm.code == "barthel"
    )
    assert sorted((row["version"], row["status"]) for row in rows) == [("1", "retired"), ("2", "published")]


async def test_every_shipped_form_shows_in_both_languages(world: World, visit) -> None:
    bureau = await visit("bureau")
    for code, document in FORMS.items():
        page = (await bureau.get(f"/assessment-forms/{await form_of(code)}")).text
        assert document["title"]["en"] in page.replace("&#39;", "'").replace("&amp;", "&")
        assert (await bureau.post(f"/assessment-forms/{await form_of(code)}/try", {})).status_code == 422
