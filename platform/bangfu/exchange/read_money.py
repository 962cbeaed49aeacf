"""What other systems may read of contracts, agreements, scores and statements: what is signed, published, approved."""

from typing import Final

from bangfu.agreements.words import WORDS as AGREEMENTS
from bangfu.contracts.words import WORDS as CONTRACTS
from bangfu.exchange.read_fields import code, codes, day, ident, instant, money, or_null, text, town, whole
from bangfu.exchange.read_resource import Resource
from bangfu.settlement.words import WORDS as SETTLEMENT

SIGNED: Final = ("signed", "published", "active", "suspended", "accepting", "closed", "terminated")
"""Contracts before their signature are nobody else's business."""
IN_FORCE: Final = ("active", "renewal_due", "renewed", "expired", "terminated")
PUBLISHED: Final = ("published_prelim", "appealed", "final")
APPROVED: Final = ("lead_approved", "paid", "reconciled")
_KINDS = ("contract", "agreement")


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(name) for name in names)})"


_CONTRACT = code("status", "State.", SIGNED)
_LINE = code("status", "State.", tuple(CONTRACTS["contract_line_status"]))
_AGREEMENT = code("status", "State.", tuple(name for name in AGREEMENTS["agreement_status"] if name in IN_FORCE))
_SCORE = code("status", "State.", PUBLISHED)
_STAGE = code("stage", "How far the score is that it follows.", tuple(SETTLEMENT["statement_stage"]))

CONTRACTS_READ: Final = Resource(
    "contracts", "A contract from its signature on.", "contract t",
    (
        ident("id", "Stays the same."), text("number", "Number."),
        code("kind", "Kind.", tuple(CONTRACTS["contract_kind"])), text("project", "Project."),
        code("method", "How it was awarded; empty of older lists."), text("division", "The county that buys."),
        codes("scope", "Prefixes of division codes; empty for the whole county."),
        or_null(ident("buyer", "The buyer.")), ident("supplier", "The supplier."), _CONTRACT,
        or_null(day("award_on", "Award.")), or_null(day("signed_on", "Signature.")),
        or_null(day("published_on", "Public notice.")), day("starts_on", "First day."), day("ends_on", "Last day."),
        money("total", "CNY."), code("pay_period", "How often it is paid."),
    ),
    permission="contracts.read",
    visible=_one_of("t.status", SIGNED), own="t.supplier = {}", status=_CONTRACT, period="t.starts_on",
)  # fmt: skip
LINES: Final = Resource(
    "contract-lines", "What one organisation may deliver of one service under a contract, and for how much.",
    "contract_line t LEFT JOIN contract c ON c.id = t.contract",
    (
        ident("id", "Stays the same."), or_null(ident("contract", "The contract.")),
        text("contract_number", "Its number."), ident("organization", "The supplier."),
        code("service", "Kind of service."), code("fund_source", "Where the money comes from."),
        money("unit_price", "CNY a visit."), whole("max_units", "Most visits."), money("max_amount", "CNY."),
        or_null(whole("quality_floor", "Points below which it is not paid in full.")), day("starts_on", "First day."),
        day("ends_on", "Last day."), _LINE,
    ),
    permission="contracts.read",
    visible=_one_of("c.status", SIGNED), area="c.division LIKE {} || '%'", own="t.organization = {}", status=_LINE,
    period="t.starts_on",
)  # fmt: skip
AGREEMENTS_READ: Final = Resource(
    "agreements", "A care agreement in codes: no party by name, no level, no wish.", "care_agreement t",
    (
        ident("id", "Stays the same."), text("number", "Number."), ident("household", "The household."),
        town("The township."), _AGREEMENT, code("support_mode", "Scattered or collective support."),
        or_null(ident("organization", "The supporting institution.")),
        or_null(ident("carer", "The caregiver, where the register knows them.")), day("starts_on", "First day."),
        day("ends_on", "Last day as agreed."), or_null(instant("activated_at", "When all had signed.")),
        or_null(day("ended_on", "Last day, where it ended earlier.")),
        code("end_reason", "Why it ended earlier; empty where it did not."),
    ),
    permission="agreements.read",
    visible=_one_of("t.status", IN_FORCE), own="t.organization = {}", status=_AGREEMENT, period="t.starts_on",
)  # fmt: skip
SCORES: Final = Resource(
    "scores", "The published score of a contract, or of an agreement's caregiver, in one quarter.",
    "quarter_score t LEFT JOIN score_revision r ON r.score = t.id AND r.revision = t.revision",
    (
        ident("id", "Stays the same."), code("kind", "What is scored.", _KINDS),
        ident("subject", "The contract or the agreement."), text("number", "Its number."),
        or_null(ident("organization", "The provider.")), or_null(ident("carer", "The caregiver of an agreement.")),
        town("The county of a contract, the township of an agreement."), whole("year", "Year."),
        whole("quarter", "1 to 4."), _SCORE, whole("revision", "Number of the frozen facts."),
        or_null(text("score", "Points with one decimal; null where nothing was due.",
                     "CASE WHEN r.scored THEN r.score_value::text END")),
        text("band", "excellent, good, fair, poor, or empty.",
             "coalesce(nullif(r.final_band, ''), nullif(r.band, ''), '')"),
        or_null(instant("published_at", "When it was published.")),
        or_null(instant("final_at", "When it became final.")),
    ),
    permission="quality.read",
    visible=_one_of("t.status", PUBLISHED), own="t.organization = {}", status=_SCORE,
    period="make_date(t.year, 3 * t.quarter - 2, 1)",
)  # fmt: skip
STATEMENTS: Final = Resource(
    "statements",
    "What a quarter is worth: once a claim of it is approved; an organisation sees its own from the start.",
    "settlement_statement t",
    (
        ident("id", "Stays the same."), text("number", "Number."),
        code("kind", "What is paid.", tuple(SETTLEMENT["statement_kind"])),
        ident("subject", "The contract or the agreement."), or_null(ident("organization", "The provider.")),
        town("The county of a contract, the township of an agreement."), whole("year", "Year."),
        whole("quarter", "1 to 4; 0 for an advance."), money("total", "CNY, the undisputed part."),
        money("held", "CNY, what is disputed."), _STAGE, whole("revision", "Number of the frozen facts."),
        instant("made_at", "When it was made."),
    ),
    permission="settlements.read",
    visible="t.id IN (SELECT k.statement FROM settlement_claim k WHERE " + _one_of("k.status", APPROVED) + ")",  # noqa: S608
    own="t.organization = {}", own_visible="TRUE", status=_STAGE,
    period="make_date(t.year, 3 * greatest(t.quarter, 1) - 2, 1)",
)  # fmt: skip
