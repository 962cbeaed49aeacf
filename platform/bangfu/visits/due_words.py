"""Words for what is due, missed, at risk and excused, and the sentences of the inbox about it."""

from bangfu.errors import N_

SENTENCES = {
    "visit_missed": N_(
        "Visit {number} of {day} ({service}) counts as missed: make it up in time, enter it afterwards, or give the"
        " reason."
    ),
    "visit_missed_station": N_("Visit {number} of {day} ({service}) was missed."),
    "visit_unfinished": N_("Visit {number} ({service}) was begun more than a day ago and has no record yet."),
    "visit_day_over": N_("The day of visit {number} ({service}) is over without a record: move it or enter it."),
    "excuse_asked": N_("A reason was given for a visit of task {number} that did not take place: please decide."),
    "excuse_confirmed": N_("The township confirmed the reason given for task {number}; nothing is due for that time."),
    "excuse_refused": N_("The township did not confirm the reason given for task {number}; see why."),
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "due_list": {
        "week": ("本周应服务", "Due this week"),
        "risk": ("本周有风险", "At risk this week"),
        "missed": ("未服务", "Missed"),
    },
    "due_state": {
        "due": ("未安排", "Not planned"),
        "planned": ("已安排", "Planned"),
        "filled": ("已服务", "Done"),
        "excused": ("原因已认可", "Excused"),
        "missed": ("未服务", "Missed"),
        "ahead": ("尚未到期", "Ahead"),
        "optional": ("可选（不计应服务）", "Optional, not owed"),
    },
    "due_risk": {
        "stuck": ("签到超过24小时未提交记录", "Begun more than 24 hours ago, no record"),
        "day_over": ("计划日已过，没有记录", "The planned day is over, no record"),
        "late": ("已过约定时间未签到", "Not checked in at the agreed time"),
        "carer_away": ("服务人员请假或不可用", "The carer is away or may not serve"),
        "unplanned": ("即将到期，尚未安排", "Ends soon, nothing planned"),
        "last_day": ("安排在到期前最后一天", "Planned on the last day"),
    },
    "due_since": {
        "": ("近四周", "Last four weeks"),
        "week": ("近七天", "Last seven days"),
        "quarter": ("近三个月", "Last three months"),
    },
    "due_basis": {"need": ("按需求频次", "As often as the need says"), "health": ("按服务标准", "By a norm")},
    "excuse_status": {
        "asked": ("待镇街认定", "Waiting for the township"),
        "confirmed": ("已认可", "Confirmed"),
        "refused": ("不予认可", "Not confirmed"),
        "taken_back": ("已撤回", "Taken back"),
    },
    "excuse_action": {
        "confirm": ("认可原因", "Confirm the reason"),
        "refuse": ("不予认可", "Refuse the reason"),
        "take_back": ("撤回说明", "Take the reason back"),
    },
    "excuse_code": {
        "recipient_absent_hospital": ("服务对象住院或外出", "In hospital or away"),
        "recipient_refused": ("服务对象拒绝", "The household refused"),
        "death": ("去世", "Death"),
        "moved": ("搬迁", "Moved"),
        "disaster": ("灾害或极端天气", "Disaster or extreme weather"),
        "buyer_suspended": ("购买方暂停服务", "The buyer suspended the service"),
    },
    "miss_reason": {
        "window_over": ("到期未服务", "The time was over"),
        "unfinished": ("签到后一直没有记录", "Begun and never recorded"),
    },
    "event": {
        "visit_excuse.asked": ("说明未服务原因", "Reason given"),
        "visit_excuse.confirmed": ("认可未服务原因", "Reason confirmed"),
        "visit_excuse.refused": ("不予认可未服务原因", "Reason not confirmed"),
        "visit_excuse.taken_back": ("撤回未服务原因", "Reason taken back"),
    },
}
