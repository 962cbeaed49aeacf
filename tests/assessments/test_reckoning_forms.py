"""以算为主: labour coefficients and income are forms as data, without code of their own."""

import pytest

from bangfu.assessments.rules import score
from tests.assessments.answers import FORMS


@pytest.mark.parametrize(
    ("answers", "coefficient", "level"),
    [
        ({"age": "prime", "health": "healthy", "ability": "full"}, "1.00", "able"),
        ({"age": "middle", "health": "chronic", "ability": "partial"}, "0.40", "partial"),
        ({"age": "prime", "health": "serious", "ability": "full"}, "0.00", "none"),
        ({"age": "student", "health": "healthy", "ability": "full"}, "0.00", "none"),
    ],
)
def test_the_coefficient_comes_from_the_code_table_whose_version_is_shown(
    answers: dict[str, str], coefficient: str, level: str
) -> None:
    result = score(FORMS["labour_coefficient"], answers)
    assert (result.value("coefficient"), result.level) == (coefficient, level)
    assert result.measures[0].table == "labour 2026-1"


def test_income_is_reckoned_line_by_line_and_compared_with_the_standard() -> None:
    answers = {
        "members": "3", "labour": "1.40", "wages": "3000", "farming": "100.01", "pension": "205.5",
        "allowance": "500", "medical": "400", "education": "300.01",
    }  # fmt: skip
    result = score(FORMS["income_calculation"], answers)
    assert result.value("reckoned_wages") == "3486.00"
    assert result.value("labour_income") == "3486.00", "the higher of actual and reckoned wages"
    farming = next(line for line in result.lines if line.item == "farming")
    assert (farming.given, farming.coefficient, farming.points) == ("100.01", "0.70", "70.01")
    education = next(line for line in result.lines if line.item == "education")
    assert education.points == "150.01", "150.005 is rounded half up"
    assert result.value("income") == "3761.51"
    assert result.value("expenses") == "550.01"
    assert result.value("per_capita") == "1070.50"
    assert result.level == "below"


@pytest.mark.parametrize(
    ("wages", "level"), [("1149.99", "below"), ("1150", "edge"), ("1725", "edge"), ("1725.01", "above")]
)
def test_the_limits_of_the_standard_are_exact_to_the_fen(wages: str, level: str) -> None:
    assert score(FORMS["income_calculation"], {"members": "1", "labour": "0", "wages": wages}).level == level


def test_expenses_above_the_income_leave_nothing_and_no_negative_income() -> None:
    result = score(FORMS["income_calculation"], {"members": "2", "labour": "0", "medical": "9000"})
    assert (result.value("counted"), result.value("per_capita"), result.level) == ("0.00", "0.00", "below")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("0", "members"),
        ("2.5", "members"),
        ("NaN", "members"),
        ("1e30", "members"),
        ("-1", "members"),
        ("x", "members"),
    ],
)
def test_a_wrong_number_is_named_at_its_item(typed: str, fault: str) -> None:
    result = score(FORMS["income_calculation"], {"members": typed, "labour": "0"})
    assert set(result.faults) == {fault}
    assert result.level == ""


def test_amounts_are_read_as_people_type_them() -> None:
    typed = {"members": "１", "labour": "0", "wages": "12,345.60"}
    assert score(FORMS["income_calculation"], typed).value("per_capita") == "12345.60"
