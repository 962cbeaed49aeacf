"""No sequence of amendments, reservations, releases, deliveries, holds and settlements makes what is left negative, or
loses or invents a fen (DOMAIN.md 4.3); and the other limits of what follows a signature."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from bangfu.budgets.rules import give_back
from bangfu.contracts.acceptance_rules import Member, team_problem, years_over
from bangfu.contracts.amendment_rules import Change, Room, applied, line_problems, ten_percent, totals
from bangfu.contracts.burning_rules import Booked, burn_of_sums, sums_of, with_left
from bangfu.contracts.milestone_rules import given_too_much
from bangfu.contracts.risk_rules import POINTS, Facts, LineUse, risk_of
from bangfu.contracts.rules import Posted, Sum, burn_of_entries, fault_of
from bangfu.shared.clock import now

PRICE = Decimal("33.33")
TODAY = date(2026, 11, 22)
KINDS = ("reserved", "released", "delivered", "verified", "held", "freed", "settled")
STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([*KINDS, "amend"]), st.integers(-60, 60).filter(bool)), max_size=40
)


@dataclass
class Book:
    """A line as the tables hold it: ceiling, its entries, what pays for it by year, and what the budget committed."""

    line: UUID = field(default_factory=uuid4)
    units: int = 100
    amount: Decimal = 100 * PRICE
    entries: list[Posted] = field(default_factory=list)
    funding: dict[int, Decimal] = field(default_factory=lambda: {2026: 60 * PRICE, 2027: 40 * PRICE})
    committed: dict[int, Decimal] = field(default_factory=lambda: {2026: 60 * PRICE, 2027: 40 * PRICE})

    @property
    def burn(self):  # type: ignore[no-untyped-def]
        return burn_of_entries(Sum(self.units, self.amount), self.entries)

    @property
    def room(self) -> Room:
        used = self.burn.used
        return Room(self.line, "daily_care", PRICE, self.units, self.amount, used.units, used.amount)

    def post(self, kind: str, units: int) -> None:
        units = -abs(units) if kind in {"released", "freed"} else units
        entry = Posted(kind, units, units * PRICE)
        if not fault_of(self.burn, entry):
            self.entries.append(entry)

    def amend(self, change: Change) -> None:
        self.units, self.amount = applied(self.room, change)
        if change.amount > 0:
            for book in (self.funding, self.committed):
                book[2026] += change.amount
            return
        years = sorted(self.committed)
        parts = give_back([(year, self.committed[year]) for year in years], -change.amount)
        for year, part in zip(years, parts, strict=True):
            self.committed[year] -= part
            self.funding[year] -= part


@given(STEPS)
def test_no_sequence_makes_left_negative_or_loses_a_fen(steps: list[tuple[int, str, int]]) -> None:
    books, original, added, total = [Book(), Book()], 200 * PRICE, Decimal(0), 200 * PRICE
    for place, kind, units in steps:
        book = books[place]
        if kind != "amend":
            book.post(kind, units)
        else:
            change = Change(book.line, units, units * PRICE)
            net, more = totals([change])
            if not line_problems([change], {book.line: book.room}) and ten_percent(original, added, more) is None:
                book.amend(change)
                total, added = total + net, added + more
        for each in books:
            burn = each.burn
            assert burn.left.units >= 0
            assert burn.left.amount >= 0
            assert burn.left + burn.committed + burn.delivered == burn.ceiling
            assert burn.settled.amount + burn.held.amount <= burn.delivered.amount
            assert sum(each.funding.values()) == sum(each.committed.values()) == each.amount
            assert all(part >= 0 for part in each.funding.values())
        assert total == sum((each.amount for each in books), Decimal(0))
        assert added <= original * Decimal("0.10")


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-9, 9)), max_size=30))
def test_the_ledger_page_adds_up_to_the_figures(steps: list[tuple[str, int]]) -> None:
    entries = [Booked("ceiling", 100, 100 * PRICE, now()), *(Booked(k, u, u * PRICE, now()) for k, u in steps)]
    rows, burn = with_left(entries), burn_of_sums(sums_of(entries))
    assert rows[-1].left == burn.left
    assert burn.ceiling == Sum(100, 100 * PRICE)


def test_ten_percent_counts_to_the_fen() -> None:
    original = Decimal("9999.90")
    assert ten_percent(original, Decimal("900.00"), Decimal("99.99")) is None
    assert ten_percent(original, Decimal("900.00"), Decimal("100.00")) is not None
    assert ten_percent(original, Decimal("999.99"), Decimal(0)) is None


def test_a_team_needs_three_people_one_for_the_recipients_and_another_leader_than_the_manager() -> None:
    manager = uuid4()
    lead, old, expert = Member("buyer", "周", leads=True), Member("recipient", "李"), Member("expert", "顾")
    assert team_problem([lead, old, expert], manager) == ""
    assert "three" in team_problem([lead, old, old], manager)
    assert "recipients" in team_problem([lead, expert, Member("other", "陆")], manager)
    assert "leads" in team_problem([Member("buyer", "周"), old, expert], manager)
    assert "manager" in team_problem([Member("buyer", "周", manager, leads=True), old, expert], manager)


def test_years_of_a_contract_are_over_one_by_one_but_the_last_belongs_to_the_whole() -> None:
    first, last = date(2024, 1, 1), date(2026, 12, 31)
    assert [years_over(first, last, date(year, 1, 1)) for year in (2024, 2025, 2026, 2027)] == [0, 1, 2, 2]


def test_the_parts_given_to_others_stay_below_half() -> None:
    assert not given_too_much([Decimal("0.3"), Decimal("0.1999")])
    assert given_too_much([Decimal("0.3"), Decimal("0.2")])


def test_every_reason_of_risk_has_points_and_the_heaviest_comes_first() -> None:
    facts = Facts(
        "active", TODAY + timedelta(days=20), (LineUse("daily_care", Decimal("0.96")), LineUse("x", Decimal("0.8"))),
        milestones_overdue=2, barred="blacklisted", publish_due=TODAY - timedelta(days=1), offers_expired=3,
    )  # fmt: skip
    risk = risk_of(facts, TODAY)
    assert [reason.code for reason in risk.reasons] == [
        "barred", "line_95", "milestone_overdue", "publication_overdue", "line_80", "offers_expired", "ends_soon",
    ]  # fmt: skip
    assert risk.points == sum(POINTS[reason.code] for reason in risk.reasons)
    assert risk.level == "bad"
    assert risk_of(Facts("active", TODAY + timedelta(days=200)), TODAY).level == "ok"
    assert risk_of(Facts("closed", TODAY, barred="blacklisted"), TODAY).reasons == ()
    idle = Facts("active", TODAY + timedelta(days=80), (LineUse("daily_care", Decimal("0.1")),))
    assert [reason.code for reason in risk_of(idle, TODAY).reasons] == ["unspent"]
