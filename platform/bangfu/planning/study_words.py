"""The words of codes that re-plans and shortages use (docs/decisions/0049, 0050)."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "study_status": {
        "queued": ("排队中", "Queued"),
        "running": ("测算中", "Working"),
        "done": ("已完成", "Done"),
        "failed": ("失败", "Failed"),
    },
    "worth": {
        "carers": ("人员多一小时", "One more hour of a carer"),
        "households": ("人员多一户", "One more household of a carer"),
        "organisations": ("机构多一小时", "One more hour of an organisation"),
        "lines": ("合同多一次服务", "One more visit of a contract line"),
        "money": ("合同多一万元", "10,000 yuan more of a contract line"),
        "limits": ("额度或资金上限放宽", "More of a quota or a fund's cap"),
    },
    "worth_unit": {
        "carer_hour": ("一小时", "one hour"),
        "household": ("一户", "one household"),
        "organisation_hour": ("一小时", "one hour"),
        "line_visit": ("一次", "one visit"),
        "line_money": ("一万元", "10,000 yuan"),
        "limit_visit": ("额度一次", "one visit of the quota"),
        "limit_money": ("上限一万元", "10,000 yuan of the cap"),
    },
    "use_unit": {
        "carer_hour": ("小时", "hours"),
        "household": ("户", "households"),
        "organisation_hour": ("小时", "hours"),
        "line_visit": ("次", "visits"),
        "line_money": ("次", "visits"),
        "limit_visit": ("次", "visits"),
        "limit_money": ("元", "yuan"),
    },
    "replan_event": {
        "carer_ill": ("人员生病", "A carer falls ill"),
        "carer_leaves": ("人员离开", "A carer leaves"),
        "need_appears": ("新增需求", "A need appears"),
        "need_closes": ("需求结束", "A need closes"),
        "need_moves": ("家庭搬迁", "A home moves"),
        "offer_declined": ("派单被拒", "An offer is declined"),
        "line_shrinks": ("合同服务减少", "A contract line shrinks"),
    },
    "assumption": {
        "more_hours": ("增加服务时间", "More hours"),
        "reach": ("扩大服务半径", "A longer reach"),
        "organisation_leaves": ("机构退出", "An organisation leaves"),
        "line_grows": ("增加合同服务次数", "A larger contract line"),
    },
    "replan_change": {
        "orphan": ("失去服务人员", "Lost its carer"),
        "moved": ("因调整更换", "Moved"),
        "new": ("新增需求", "New need"),
        "waiting": ("原先等待", "Waited before"),
    },
    "replan_fixed": {
        "week": ("未来七天内有上门安排的", "Whoever is visited in the next seven days"),
        "serving": ("已接单或服务中的全部", "Every task that was accepted"),
        "none": ("都可以调整", "Nothing: everybody may change"),
    },
}
SENTENCES = {
    "scenario_done": N_("The what-if you asked for is worked out and stands beside the others of its match run."),
    "replan_done": N_("The re-plan you asked for is ready. Nothing changes before you choose and publish."),
}
