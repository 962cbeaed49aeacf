"""Words of budgets."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "fund_standing": {
        "unset": ("总额未定", "Total not set"),
        "free": ("有余额", "Free"),
        "near": ("接近上限", "Near the limit"),
        "over": ("已超上限", "Over the limit"),
    },
    "commitment_kind": {"committed": ("占用", "Committed"), "released": ("释放", "Released")},
    "fund_total_kind": {
        "proposed": ("已录入，待确认", "Entered, to be confirmed"),
        "confirmed": ("已确认", "Confirmed"),
        "refused": ("不予确认", "Not confirmed"),
    },
    "event": {
        "fund.opened": ("新建资金", "Fund opened"),
        "fund.total_entered": ("录入年度总额", "Total entered"),
        "fund.total_confirmed": ("确认年度总额", "Total confirmed"),
        "fund.total_refused": ("不予确认年度总额", "Total not confirmed"),
        "fund.item_added": ("新增预算项目", "Budget item added"),
        "fund.item_changed": ("调整预算项目", "Budget item changed"),
    },
}
SENTENCES: dict[str, str] = {
    "fund_total_entered": N_("The total of the fund “{fund_source}” for {year} was entered and waits for you."),
    "fund_total_confirmed": N_("The total of the fund “{fund_source}” for {year} was confirmed."),
    "fund_total_refused": N_("The total of the fund “{fund_source}” for {year} was not confirmed; its page says why."),
}
"""Message kind -> sentence of the inbox."""
