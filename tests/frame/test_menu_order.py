"""The menu of each role and the length of the start page: in the order of the work, nothing twice, the rest folded."""

from collections.abc import Iterator

import pytest

from bangfu.app import prepare_features
from bangfu.shared import i18n
from bangfu.shared.permissions import PERMISSIONS, allows
from bangfu.shared.web import frame
from bangfu.shared.web.frame import ShownItem
from tests.frame.test_components import Tags, html

ROLES = sorted(frozenset().union(*PERMISSIONS.values()))
ORDER = ["register", "discovery", "service", "quality", "settlement", "supply", "money", "basis"]


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    i18n.use("zh")
    yield
    i18n.use("zh")


def shown(role: str) -> list[frame.MenuItem]:
    prepare_features()
    return [item for item in frame.MENU if allows(frozenset({role}), item.permission)]


@pytest.mark.parametrize("role", ROLES)
def test_no_place_and_no_name_stands_twice_in_a_menu(role: str) -> None:
    items = shown(role)
    for names in ([item.href for item in items], [i18n._(item.label) for item in items]):
        assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("role", ROLES)
def test_the_headings_of_a_long_menu_follow_the_work_from_the_register_to_the_money(role: str) -> None:
    labels = [frame.GROUPS[key] for key in ORDER]
    menu = [ShownItem(item.href, item.label, None, False, "", group=frame.GROUPS.get(item.group, ""))
            for item in shown(role)]  # fmt: skip
    headings = [part.label for part in frame.parts_of(menu) if part.label in labels]
    assert headings == sorted(headings, key=labels.index)


def test_what_is_done_most_stands_in_the_bar_of_a_phone() -> None:
    bars = {role: [item.key for item in frame.bar_of(shown(role))[0]] for role in ("finance_officer", "assessor")}
    assert bars["finance_officer"] == ["start", "settlements", "payments", "payees"]
    assert bars["assessor"][:2] == ["start", "my_checks"]


def test_a_long_group_of_the_start_page_unfolds_and_a_short_one_does_not() -> None:
    def rows(count: int) -> list[dict[str, str]]:
        return [{"what": f"W{n}", "who": "w", "href": "/x", "action_text": "Open", "since": "", "until": ""}
                for n in range(count)]  # fmt: skip

    source = '{{ todo_group("Today", items, most=6) }}'
    assert "details" not in [tag for tag, _ in Tags(html(source, items=rows(7))).all]
    folded = html(source, items=rows(9))
    assert folded.index("W5") < folded.index("Show 3 more") < folded.index("W6")
