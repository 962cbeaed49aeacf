"""The file for the bank and the file that the bank answers with: columns, totals, hash (DOMAIN.md 4.4). Pure.

A common layout [D]: UTF-8 with a byte order mark, one head line, one line for each payment, one foot line with the
count and the sum. The answer names batch and place of each payment, what became of it, why, on which day, the bank's
reference, and the amount where the bank has that column.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from bangfu.errors import N_

TITLES: Final = ("批次号", "序号", "收款户名", "收款账号", "开户银行", "金额", "用途", "业务编号")
FOOT: Final = "合计"
ANSWER: Final = ("批次号", "序号", "结果", "原因", "付款日期", "银行流水号")
AMOUNT: Final = "金额"
"""A column that an answer may have: where it says an amount, it must be the one that the file asked for."""
RESULTS: Final[Mapping[str, str]] = {
    "成功": "paid", "已付": "paid", "paid": "paid", "失败": "returned", "退回": "returned", "returned": "returned",
}  # fmt: skip
REASONS: Final[Mapping[str, str]] = {
    "账号不存在": "account_unknown", "户名不符": "name_differs", "账户已销户": "account_closed", "超出限额": "limit",
    "account_unknown": "account_unknown", "name_differs": "name_differs", "account_closed": "account_closed",
    "limit": "limit",
}  # fmt: skip
PURPOSE: Final = {False: "政府购买服务款", True: "照料护理补贴"}
LARGEST: Final = 2_000_000
MOST_ITEMS: Final = 5000


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment for the bank (CNY)."""

    place: int
    holder: str
    number: str
    bank: str
    amount: Decimal
    claim: str
    """The claim's number: what the payee reads on the statement of account."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says about one payment."""

    place: int
    result: str
    reason: str
    paid_on: date | None
    reference: str
    amount: Decimal | None = None
    """What the bank says it moved; None where it says nothing."""


class AnswerFaultError(ValueError):
    """The file cannot be used; `message` is a message id with its parameters."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message, self.params = message, params


def file_of(batch: str, card: bool, payments: Iterable[Payment]) -> bytes:
    """The bank's file; the same batch gives the same bytes."""
    text = io.StringIO(newline="")
    out, count, total = csv.writer(text, lineterminator="\r\n"), 0, Decimal("0.00")
    out.writerow(TITLES)
    for one in sorted(payments, key=lambda each: each.place):
        out.writerow(
            [batch, one.place, _plain(one.holder), one.number, _plain(one.bank), f"{one.amount:.2f}", PURPOSE[card],
             one.claim]
        )  # fmt: skip
        count, total = count + 1, total + one.amount
    out.writerow([FOOT, count, "", "", "", f"{total:.2f}", "", ""])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def hash_of(content: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(content).hexdigest()


def _plain(value: str) -> str:
    """No cell that a spreadsheet would take for a formula."""
    return "'" + value if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def read_answer(content: bytes, batch: str, amounts: Mapping[int, Decimal], made: date, today: date) -> list[Answer]:
    """The bank's answers, in the order of their places.

    Args:
        amounts: place -> what the file for the bank asked for (CNY).
        made: the day on which the batch was made: nothing was paid before it, and nothing after `today`.

    Raises:
        AnswerFaultError: for a file that is no such list, is about another batch, names a payment twice, one that is
            not there or another amount, or leaves out the day or the reference of one that was paid.
    """
    if len(content) > LARGEST:
        raise AnswerFaultError(N_("The file is larger than 2 MB."))
    found: dict[int, Answer] = {}
    for row in _rows(content):
        one = _answer(row, batch)
        if one.place not in amounts:
            raise AnswerFaultError(N_("The file names payment {place}, which is not in this batch."), place=one.place)
        if one.place in found:
            raise AnswerFaultError(N_("The file names payment {place} twice."), place=one.place)
        _check_amount(one, amounts[one.place])
        _check_day(one, made, today)
        found[one.place] = one
    if not found:
        raise AnswerFaultError(N_("The file holds no answer of the bank."))
    return [found[place] for place in sorted(found)]


def _check_amount(one: Answer, amount: Decimal) -> None:
    if one.amount is not None and one.amount != amount:
        raise AnswerFaultError(
            N_("Payment {place}: the bank names {said} yuan, but {amount} yuan were to be paid. Nothing was loaded."),
            place=one.place, said=f"{one.amount:,.2f}", amount=f"{amount:,.2f}",
        )  # fmt: skip


def _check_day(one: Answer, made: date, today: date) -> None:
    if one.paid_on is None:
        return
    if one.paid_on > today:
        raise AnswerFaultError(N_("The file names a day of payment that lies ahead."))
    if one.paid_on < made:
        raise AnswerFaultError(
            N_("Payment {place}: the batch was made on {day}; it was not paid before. Nothing was loaded."),
            place=one.place, day=made.isoformat(),
        )  # fmt: skip


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise AnswerFaultError(N_("The file is no text table (CSV).")) from None
    rows = list(csv.reader(io.StringIO(text)))
    titles = [cell.strip() for cell in rows[0]] if rows else []
    if any(name not in titles for name in ANSWER):
        raise AnswerFaultError(N_("The first line must hold the columns {columns}."), columns="、".join(ANSWER))
    found = []
    for row in rows[1 : MOST_ITEMS + 2]:
        if any(cell.strip() for cell in row) and row[0].strip() != FOOT:
            found.append(dict(zip(titles, (cell.strip() for cell in row), strict=False)))
    return found


def _answer(row: Mapping[str, str], batch: str) -> Answer:
    place = row.get("序号", "")
    if row.get("批次号") != batch:
        raise AnswerFaultError(N_("The file is about another batch ({batch})."), batch=row.get("批次号", "")[:32])
    if not place.isdecimal():
        raise AnswerFaultError(N_("A line of the file has no payment number."))
    result = RESULTS.get(row.get("结果", ""), "")
    if not result:
        raise AnswerFaultError(N_("Payment {place}: the result is neither paid nor returned."), place=int(place))
    reference, amount = row.get("银行流水号", "")[:64], _amount(row.get(AMOUNT, ""), int(place))
    if result == "returned":
        return Answer(int(place), result, REASONS.get(row.get("原因", ""), "other"), None, reference, amount)
    try:
        paid_on = date.fromisoformat(row.get("付款日期", "").replace("/", "-"))
    except ValueError:
        raise AnswerFaultError(N_("Payment {place}: the day of payment is missing."), place=int(place)) from None
    if not reference:
        raise AnswerFaultError(N_("Payment {place}: the bank's reference is missing."), place=int(place))
    return Answer(int(place), result, "", paid_on, reference, amount)


def _amount(text: str, place: int) -> Decimal | None:
    plain = text.replace(",", "").replace("，", "").removeprefix("¥").removesuffix("元").strip()
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise AnswerFaultError(N_("Payment {place}: the amount is no number."), place=place)
    return amount
