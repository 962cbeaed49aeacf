"""Match runs and proposals move only along their tables; the gap is what MATCHING.md says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.errors import Refused
from bangfu.planning import rules

RUN_ACTIONS = sorted({action for _, action in rules.RUN})
PROPOSAL_ACTIONS = sorted({action for _, action in rules.PROPOSAL})


@given(st.sampled_from(rules.RUN_STATES), st.sampled_from(RUN_ACTIONS))
def test_a_run_never_leaves_an_end(state: str, action: str) -> None:
    if (state, action) in rules.RUN:
        assert state in {"queued", "running"}
        assert rules.next_run_state(state, action) in rules.RUN_STATES
    else:
        with pytest.raises(Refused):
            rules.next_run_state(state, action)


@given(st.lists(st.sampled_from(PROPOSAL_ACTIONS), max_size=12), st.sampled_from(["proposed", "unserved"]))
def test_nothing_is_dispatched_that_no_person_approved(actions: list[str], state: str) -> None:
    approved = False
    for action in actions:
        if (state, action) not in rules.PROPOSAL:
            continue
        approved = approved or action == "approve"
        state = rules.next_proposal_state(state, action)
        assert state != "dispatched" or approved


@given(st.sampled_from(PROPOSAL_ACTIONS))
def test_what_was_dispatched_or_superseded_stays(action: str) -> None:
    for state in ("dispatched", "superseded"):
        with pytest.raises(Refused):
            rules.next_proposal_state(state, action)


@given(st.sampled_from(rules.PROPOSAL_STATES), st.sampled_from(PROPOSAL_ACTIONS))
def test_only_dispatchers_and_the_system_move_proposals(state: str, action: str) -> None:
    assert not rules.may(state, action, {"bureau_officer", "provider_manager", "volunteer", "auditor"})


def test_an_edit_after_approval_must_be_approved_again() -> None:
    edited = rules.next_proposal_state("approved", "edit")
    with pytest.raises(Refused):
        rules.next_proposal_state(edited, "dispatch")


@given(st.integers(0, 10**9), st.floats(0, 1e9), st.integers(0, 10**8))
def test_the_gap_is_never_negative_and_zero_for_a_proven_optimum(objective: int, bound: float, lost: int) -> None:
    gap = rules.gap_percent(objective, bound, lost)
    assert gap is None or gap >= 0
    assert rules.gap_percent(objective, float(objective), lost) == 0


def test_the_gap_leaves_out_what_no_plan_can_avoid() -> None:
    assert rules.gap_percent(1150, 1100.0, 100) == 5.0
    assert rules.gap_percent(1150, None, 100) is None
