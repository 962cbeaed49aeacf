"""Words of contract lines (DOMAIN.md 4)."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "fund_source": {
        "special_assistance_fund": ("救助专项资金", "Special assistance fund"),
        "work_budget": ("工作经费", "Work budget"),
        "lottery": ("福彩公益金", "Lottery welfare fund"),
        "charity": ("慈善资金", "Charity"),
        "general_budget": ("一般公共预算", "General budget"),
    },
    "contract_line_status": {
        "draft": ("草拟", "Draft"),
        "active": ("执行中", "In force"),
        "suspended": ("暂停", "Suspended"),
        "ended": ("已结束", "Ended"),
    },
}
