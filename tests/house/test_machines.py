"""Tests made from every table of transitions of the product: what it lists is possible, everything else is refused."""

import importlib
import pkgutil
from typing import Any

import pytest

import bangfu
from bangfu.app import prepare_features
from bangfu.errors import Refused
from bangfu.shared.i18n import words_of
from bangfu.shared.permissions import PERMISSIONS
from bangfu.shared.states import Machine
from bangfu.shared.words import WORDS

ROLES = frozenset(WORDS["role"])


def _machines() -> dict[str, tuple[Machine[Any], tuple[str, ...]]]:
    """Every Machine of a module, with the states that the module declares beside it (`STATES` or `<NAME>_STATES`)."""
    found = {}
    for module in pkgutil.walk_packages(bangfu.__path__, "bangfu."):
        if not module.name.rpartition(".")[2].endswith("rules"):
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            if isinstance(value, Machine):
                states = getattr(loaded, name.replace("MACHINE", "STATES"))
                found[f"{module.name}.{name}"] = (value, tuple(states))
    return found


MACHINES = _machines()
MOVES = [
    pytest.param(machine, state, action, id=f"{name}: {state} {action}")
    for name, (machine, states) in MACHINES.items()
    for state in states
    for action in machine.actions
]


def test_the_machines_of_the_product_are_found() -> None:
    assert {"bangfu.needs.rules.MACHINE", "bangfu.dispatch.rules.MACHINE"} <= set(MACHINES)


@pytest.mark.parametrize(("machine", "state", "action"), MOVES)
def test_a_listed_move_works_for_the_listed_roles_and_every_other_move_is_refused(
    machine: Machine[Any], state: str, action: str
) -> None:
    line = machine.table.get((state, action))
    if line is None:
        with pytest.raises(Refused):
            machine.step(state, action)
        assert not any(machine.may(state, action, {role}) for role in ROLES)
        return
    assert machine.target(state, action) == line.target
    assert {role for role in ROLES if machine.may(state, action, {role})} == set(line.roles)
    assert not machine.may(state, action, set())


@pytest.mark.parametrize("name", MACHINES)
def test_a_table_names_only_states_and_roles_that_exist_and_leaves_no_state_alone(name: str) -> None:
    machine, states = MACHINES[name]
    lines = machine.table.values()
    assert {line.source for line in lines} | {line.target for line in lines} <= set(states)
    assert frozenset().union(*(line.roles for line in lines)) <= ROLES
    assert all(line.roles for line in lines), "a move that nobody may cause"
    assert set(states) == {line.source for line in lines} | {line.target for line in lines}, "a state without moves"


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_and_action_has_its_words(name: str) -> None:
    prepare_features()
    machine, states = MACHINES[name]
    assert set(states) <= set(dict(words_of(machine.state_words)))
    assert set(machine.actions) <= set(dict(words_of(machine.action_words)))


def test_every_role_of_a_permission_exists() -> None:
    assert frozenset().union(*PERMISSIONS.values()) <= ROLES
