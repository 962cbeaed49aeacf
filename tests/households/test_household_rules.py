"""What follows from a category and an age."""

from datetime import UTC, date, datetime

import pytest

from bangfu.households import rules
from bangfu.households.words import WORDS


@pytest.mark.parametrize(
    ("category", "layer"),
    [("dibao", "key"), ("tekun", "key"), ("dibao_edge", "edge"), ("rigid_expense", "edge"), ("emergency", "general")],
)
def test_the_layer_follows_from_the_category(category: str, layer: str) -> None:
    assert rules.layer_of(category) == layer
    assert category in rules.categories_of(layer)


def test_an_unknown_category_has_no_layer() -> None:
    with pytest.raises(KeyError):
        rules.layer_of("rich")
    assert rules.categories_of("penthouse") == []


def test_every_category_and_colour_has_its_word() -> None:
    assert set(WORDS["household_category"]) == set(rules.CATEGORIES)
    assert set(WORDS["risk_color"]) == set(rules.RISK_COLORS)
    assert set(WORDS["unmask_group"]) == set(rules.UNMASK_ROLES)


def test_a_guardian_consents_until_the_fourteenth_birthday() -> None:
    born = date(2012, 11, 21)
    assert rules.needs_guardian(born, date(2026, 11, 20))
    assert not rules.needs_guardian(born, date(2026, 11, 21))
    assert rules.is_minor(born, date(2030, 11, 20))
    assert not rules.is_minor(born, date(2030, 11, 21))
    assert not rules.needs_guardian(None, date(2026, 1, 1))


def test_a_consent_counts_from_its_day_until_it_is_withdrawn() -> None:
    day = date(2026, 11, 21)
    assert rules.is_live(None, day, day)
    assert rules.is_live(None, None, day)
    assert not rules.is_live(None, date(2026, 11, 22), day)
    assert not rules.is_live(datetime(2026, 11, 20, tzinfo=UTC), day, day)


def test_hidden_values_are_bound_to_roles_and_readers_see_none() -> None:
    assert rules.unmaskable({"auditor"}) == []
    assert rules.unmaskable({"station_dispatcher"}) == ["contact"]
    assert rules.unmaskable({"township_officer"}) == ["contact", "identity", "health"]
