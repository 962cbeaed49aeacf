"""Quotas of townships and caps of funds as shared limits of a matching problem (docs/decisions/0024)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from bangfu.contracts.queries import Account
from bangfu.contracts.room import Cap, Quota
from bangfu.contracts.room_queries import quotas_of, tight_caps_of
from bangfu.planning.sources import Held, Row
from matching import ContractLine, SharedLimit

QUOTA, CAP = "quota", "cap"


async def limits_of(
    accounts: Sequence[Account], lines: Sequence[ContractLine], needs: Sequence[Row], own: Mapping[UUID, Held],
    as_of: date,
) -> list[SharedLimit]:  # fmt: skip
    """What the chosen lines may use together in four weeks; `lines` are the accounts' own limits in the problem.

    What the judged need's own assignment holds (`own`) is free for it again. Limits that cannot bind are left out.
    """
    line_of = {account.line.id: line for account, line in zip(accounts, lines, strict=True)}
    by_id = {account.line.id: account for account in accounts}
    found = [_quota(quota, by_id, line_of, needs, own, as_of) for quota in await quotas_of(sorted(line_of))]
    found += [_cap(cap, by_id, line_of, own, as_of) for cap in await tight_caps_of([x.line for x in accounts])]
    return [limit for limit in found if limit is not None]


def _quota(
    quota: Quota, accounts: Mapping[UUID, Account], lines: Mapping[UUID, ContractLine], needs: Sequence[Row],
    own: Mapping[UUID, Held], as_of: date,
) -> SharedLimit | None:  # fmt: skip
    line = lines[quota.line]
    counted = tuple(str(row["id"]) for row in needs if row["service"] == line.service and quota.covers(row["division"]))
    held, least = own.get(quota.line), 0
    if held is not None and counted:
        units, least = held.among(counted)
        quota = replace(quota, used_units=quota.used_units - units)
    most = max(least, quota.for_period(accounts[quota.line].line, as_of))
    if not counted or most >= line.max_visits:
        return None
    return SharedLimit(
        id=f"{QUOTA}:{quota.division}:{quota.id}", lines=((line.organisation, line.service),), needs=counted,
        max_visits=most,
    )  # fmt: skip


def _cap(
    cap: Cap, accounts: Mapping[UUID, Account], lines: Mapping[UUID, ContractLine], own: Mapping[UUID, Held],
    as_of: date,
) -> SharedLimit | None:  # fmt: skip
    counted = [line for line in lines if line in cap.shares]
    mine, least = [line for line in counted if line in own], 0
    for line in mine:
        used = {**cap.used, line: cap.used[line] - own[line].amount}
        cap, least = replace(cap, used=used), least + own[line].visits * lines[line].unit_price_fen
    most = max(least, cap.for_period([accounts[line].line for line in counted], as_of))
    if not counted or most >= sum(lines[line].max_fen for line in counted):
        return None
    return SharedLimit(
        id=f"{CAP}:{cap.year}:{cap.fund}", lines=tuple((lines[x].organisation, lines[x].service) for x in counted),
        max_fen=most,
    )  # fmt: skip
