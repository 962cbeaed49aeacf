"""The box above the inspector's form: which standard or question is meant, and no dozen of equal lines."""

from bangfu.oversight import check_forms
from bangfu.oversight import check_rules as rules
from bangfu.oversight.check_rules import Finding
from bangfu.shared import i18n

STANDARDS = {"meals": "饮食：餐食适合牙口", "washing": "个人清洁：脸、手", "bed": "床品: 干净", "pain": "疼痛"}


def test_a_standard_is_named_by_what_stands_before_its_colon() -> None:
    i18n.use("en")
    found = check_forms.summary({"remark-washing": "missing", "line-bed": "open", "result": "open"}, STANDARDS)
    assert found[:2] == [("remark-washing", f"个人清洁{i18n._(': ')}missing"), ("line-bed", f"床品{i18n._(': ')}open")]
    assert [name for name, _ in found] == ["remark-washing", "line-bed", "result"]
    assert "?" not in found[2][1]


def test_many_standards_without_a_judgement_are_one_line_that_counts_them() -> None:
    i18n.use("en")
    errors = {f"line-{code}": "open" for code in STANDARDS} | {"method": "open", "reason": "open"}
    found = check_forms.summary(errors, STANDARDS)
    assert [name for name, _ in found] == ["method", "line-meals", "reason"]
    assert found[1][1] == "4 standards are not judged yet, the first one: 饮食"
    assert len(check_forms.summary({name: "open" for name in errors if name != "line-meals"}, STANDARDS)) == 5


def test_a_failure_without_reason_and_words_names_both() -> None:
    faults = rules.faults_of(Finding("phone", result="fail"), (), ())
    assert set(faults) == {"reason", "remarks"}
