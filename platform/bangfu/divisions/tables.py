"""Administrative divisions, 12-digit statistical codes (DOMAIN.md 1.3)."""

from piccolo.columns import Boolean, Date, DoublePrecision, Integer, Varchar
from piccolo.table import Table


class Division(Table, tablename="division"):
    """A province, prefecture, county, township or village; `code` is zero-padded to 12 digits."""

    code = Varchar(12, primary_key=True)
    name = Varchar(80)
    level = Integer()
    """1 province, 2 prefecture, 3 county, 4 township, 5 village."""
    parent = Varchar(12, default="", index=True)
    pinyin = Varchar(200, default="")
    lat = DoublePrecision(null=True, default=None)
    lon = DoublePrecision(null=True, default=None)
    rural = Boolean(default=False)
    valid_from = Date(null=True, default=None)
    valid_to = Date(null=True, default=None)
    successor = Varchar(12, default="")
