"""What became of held money is said to the fen: paid by which line, held further, refused (DOMAIN.md 6.6)."""

from decimal import Decimal
from typing import Any

from bangfu.settlement.bundle_paper import held_notes, line_rows
from bangfu.settlement.held_rules import outcomes

D = Decimal


def line(place: int, amount: str, status: str = "undisputed", **more: Any) -> dict[str, Any]:
    return {
        "id": f"L{place}", "place": place, "kind": "perf", "of": "perf", "contract_line": "A", "rate": D("55.00"),
        "amount": D(amount), "status": status, "reason": "", "frees": None, "revision": 1, **more,
    }  # fmt: skip


def held(place: int, amount: str, reason: str = "appealed", **more: Any) -> dict[str, Any]:
    return line(place, amount, "held", reason=reason, **more)


def test_what_waits_is_neither_paid_nor_refused() -> None:
    (one,) = outcomes([line(1, "207.90"), held(2, "23.10")])
    assert (one.closed, one.paid, one.further, one.refused) == (None, (), None, D("0.00"))


def test_money_that_a_correction_of_an_upheld_appeal_brought_is_not_called_refused() -> None:
    lines = [line(2, "207.90"), held(3, "23.10"), line(4, "23.10", kind="correction"), line(5, "0.00", frees="L3")]
    (one,) = outcomes(lines)
    assert (one.closed, one.paid, one.refused) == (5, ((4, D("23.10")),), D("0.00"))


def test_a_correction_that_brings_a_part_leaves_the_rest_refused() -> None:
    lines = [held(3, "30.00"), line(4, "10.00", kind="correction"), line(5, "5.00", frees="L3")]
    (one,) = outcomes(lines)
    assert (one.paid, one.refused) == (((4, D("10.00")), (5, D("5.00"))), D("15.00"))


def test_an_appeal_that_is_dismissed_is_refused_whole() -> None:
    (one,) = outcomes([held(3, "23.10"), line(4, "0.00", frees="L3")])
    assert (one.paid, one.refused) == ((), D("23.10"))


def test_a_correction_of_another_figure_pays_no_held_money() -> None:
    lines = [held(3, "23.10"), line(4, "44.00", kind="correction", of="base"), line(5, "0.00", frees="L3")]
    assert outcomes(lines)[0].refused == D("23.10")


def test_what_is_held_again_by_another_line_is_neither_lost_nor_paid() -> None:
    lines = [
        held(1, "48.50", "disputed"),
        line(2, "24.25", frees="L1", revision=2),
        held(3, "24.25", "disputed", revision=2),
    ]
    first, second = outcomes(lines)
    assert (first.paid, first.further, first.refused) == (((2, D("24.25")),), (3, D("24.25")), D("0.00"))
    assert second.closed is None


def test_the_paper_says_of_each_held_line_where_its_money_went() -> None:
    plain = {"units": 0, "share": "0.2000", "factor": "1.000000", "detail": {}}
    lines = [
        {**plain, **line(1, "207.90")},
        {**plain, **held(2, "23.10"), "detail": {"of": "perf", "full": "231.00", "published": "207.90"}},
        {**plain, **line(3, "20.00", kind="correction"), "detail": {"of": "perf", "now": "227.90", "was": "207.90"}},
        {**plain, **line(4, "0.00", frees="L2", reason="dropped"), "detail": {"of": "perf", "held": "23.10"}},
        {**plain, **held(5, "1.00", "disputed")},
    ]
    assert held_notes(lines) == {
        2: "暂缓 23.10 元：20.00 元计入第3项支付，3.10 元不予支付（第4项办结）",
        5: "暂缓 1.00 元：尚待决定",
    }
    assert [row[-1] for row in line_rows(lines)] == ["无争议", "暂缓，已办结", "无争议", "办结第2项", "暂缓"]
    assert line_rows(lines)[0][4:6] == ["0.2", "1"]
