"""Words of the bundle and of the quarterly report."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "report_indicator": {
        "Q1": ("完成率", "Completion"),
        "Q2": ("准时率", "Punctuality"),
        "Q3": ("时长达标率", "Duration"),
        "Q4": ("记录完整率", "Record completeness"),
        "Q5": ("抽查合格率", "Spot-check pass"),
        "Q6": ("满意度", "Satisfaction"),
        "Q7": ("回访核实率", "Call-back agreement"),
        "Q8": ("目标达成率", "Goal attainment"),
        "Q9": ("投诉", "Complaints"),
        "Q10": ("资质合规", "Staff compliance"),
    },
    "report_band": {
        "excellent": ("优", "excellent"),
        "good": ("良", "good"),
        "fair": ("中", "fair"),
        "poor": ("差", "poor"),
    },
    "report_cap": {
        "completion": ("完成率不足", "low completion"),
        "major_complaint": ("严重投诉属实", "substantiated major complaint"),
        "veto": ("一票否决", "veto"),
    },
    "report_line": {
        "base": ("基础部分", "Base part"),
        "perf": ("绩效部分", "Performance part"),
        "subsidy": ("照料补贴", "Caregiver's subsidy"),
        "clawback": ("追回", "Clawback"),
        "penalty": ("约定违约金", "Agreed penalty"),
        "advance": ("预付款", "Advance"),
        "true_up": ("年终清算预付款", "Year-end settlement"),
        "correction": ("更正", "Correction"),
        "interest": ("逾期利息", "Late interest"),
    },
    "report_line_status": {
        "undisputed": ("无争议", "Undisputed"),
        "held": ("暂缓", "Held"),
    },
    "report_mark": {
        "paid": ("计付", "Paid"),
        "held": ("暂缓", "Held"),
        "unpaid": ("不计付", "Not paid"),
        "open": ("未核定", "Open"),
    },
}
