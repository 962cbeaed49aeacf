"""Sums of visits that are kept up with every write (decision 0055)."""

import uuid

from piccolo.columns import UUID, BigInt, BigSerial, Boolean, Date, Integer, Varchar
from piccolo.table import Table

NOBODY = uuid.UUID(int=0)
"""Stands for "none" in a tally's keys: a null would equal no other."""


class VisitTally(Table, tablename="visit_tally"):
    """The compacted sums, one row for each key; only `tally_fold` writes here. Never read it without the delta."""

    id: BigSerial = BigSerial(primary_key=True)
    town = Varchar(9)
    month = Date(default=None)
    """The first day of the month of the planned start in China."""
    service = Varchar(24)
    carer_kind = Varchar(16)
    organization = UUID(default=NOBODY)
    contract_line = UUID(default=NOBODY)
    status = Varchar(12)
    evidence = Varchar(12)
    approval = Varchar(10)
    payable = Boolean(default=True)
    visits = Integer(default=0)
    minutes = BigInt(default=0)


class VisitTallyDelta(Table, tablename="visit_tally_delta"):
    """What writes changed since the last folding; triggers on `visit` append, only `tally_fold` takes away."""

    id: BigSerial = BigSerial(primary_key=True)
    town = Varchar(9)
    month = Date(default=None)
    service = Varchar(24)
    carer_kind = Varchar(16)
    organization = UUID(default=NOBODY)
    contract_line = UUID(default=NOBODY)
    status = Varchar(12)
    evidence = Varchar(12)
    approval = Varchar(10)
    payable = Boolean(default=True)
    visits = Integer(default=0)
    minutes = BigInt(default=0)
