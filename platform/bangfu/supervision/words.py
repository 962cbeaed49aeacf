"""Words of supervision (DOMAIN.md 8.10)."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "supervision_status": {
        "issued": ("已下发", "Issued"),
        "forwarded": ("已转办", "Forwarded"),
        "tracking": ("跟踪中", "Being tracked"),
        "urged": ("督办中", "Urged"),
        "feedback": ("已反馈待销号", "Feedback to be checked"),
        "cancelled": ("已销号", "Closed"),
        "dropped": ("已撤销", "Fallen away"),
    },
    "supervision_action": {
        "forward": ("转办任务", "Forward the task"),
        "track": ("记录跟踪", "Record the progress"),
        "urge": ("督办任务", "Urge the task"),
        "feed_back": ("反馈结果", "Give feedback"),
        "pause": ("暂停计时", "Stop the clock"),
        "resume": ("恢复计时", "Let the clock go on"),
        "return": ("退回重办", "Return the feedback"),
        "close": ("销号", "Close the task"),
        "settle": ("事项办结", "Settle by its event"),
        "drop": ("撤销任务", "Withdraw the task"),
    },
    "supervision_step": {
        "forwarded": ("转办", "Forwarded"),
        "tracked": ("跟踪", "Progress recorded"),
        "urged": ("督办", "Urged"),
        "fed_back": ("反馈", "Feedback given"),
        "paused": ("暂停计时", "Clock stopped"),
        "resumed": ("恢复计时", "Clock goes on"),
        "returned": ("退回重办", "Feedback returned"),
        "closed": ("销号", "Closed"),
        "settled": ("事项办结，自动销号", "Settled by its own event"),
        "dropped": ("撤销", "Fallen away"),
        "due_changed": ("调整期限", "Due date changed"),
        "reminded_50": ("时限过半提醒", "Reminder at half of the time"),
        "reminded_80": ("时限将至提醒", "Reminder at 80 % of the time"),
    },
    "supervision_level": {
        "0": ("未升级", "None"),
        "1": ("一级：提醒承办单位", "Level 1: the unit"),
        "2": ("二级：报乡镇（街道）领导", "Level 2: the township leader"),
        "3": ("三级：报民政局领导", "Level 3: the bureau lead"),
    },
    "supervision_unit": {
        "village": ("村（社区）", "Village or community"),
        "station": ("社工站", "Social work station"),
        "township": ("乡镇（街道）", "Township or subdistrict"),
        "bureau": ("民政局", "Civil affairs bureau"),
        "organization": ("机构或部门", "Organisation or department"),
    },
    "supervision_when": {
        "late": ("已逾期", "Overdue"),
        "today": ("今天到期", "Due today"),
        "week": ("七天内到期", "Due within 7 days"),
    },
    "timed_kind": {
        "need.confirm": ("需求确认", "Confirm a need"),
        "need.resume": ("暂停到期恢复服务", "End the suspension of a service"),
        "offer.answer": ("派单应答", "Answer an offer"),
        "rectification": ("整改事项", "Rectification"),
        "complaint": ("投诉办理", "Complaint"),
        "warning": ("预警处置", "Warning"),
        "other": ("其他交办事项", "Other matter"),
    },
    "event": {
        "supervision.forwarded": ("督办事项：转办", "Timed task: forwarded"),
        "supervision.tracked": ("督办事项：跟踪", "Timed task: progress recorded"),
        "supervision.urged": ("督办事项：督办", "Timed task: urged"),
        "supervision.fed_back": ("督办事项：反馈", "Timed task: feedback given"),
        "supervision.paused": ("督办事项：暂停计时", "Timed task: clock stopped"),
        "supervision.resumed": ("督办事项：恢复计时", "Timed task: clock goes on"),
        "supervision.returned": ("督办事项：退回重办", "Timed task: feedback returned"),
        "supervision.closed": ("督办事项：销号", "Timed task: closed"),
        "supervision.settled": ("督办事项：办结销号", "Timed task: settled by its own event"),
        "supervision.dropped": ("督办事项：撤销", "Timed task: fallen away"),
        "supervision.due_changed": ("督办事项：调整期限", "Timed task: due date changed"),
        "supervision.reminded": ("督办事项：时限提醒", "Timed task: reminder"),
        "supervision.refused_doer": ("拒绝：承办人不得销号", "Refused: the doer may not close"),
        "calendar.year_replaced": ("更新工作日安排", "Working days of a year replaced"),
    },
}
SENTENCES: dict[str, str] = {
    "supervision_assigned": N_("Task {number} was given to you: {timed_kind}."),
    "supervision_reminder": N_("Task {number} ({timed_kind}) is due on {deadline}."),
    "supervision_urged": N_("Task {number} ({timed_kind}) is urged: please say how far it is."),
    "supervision_feedback": N_("Feedback on task {number} ({timed_kind}) waits for your check."),
    "supervision_returned": N_("Your feedback on task {number} ({timed_kind}) was returned; the reason stands there."),
    "supervision_closed": N_("Task {number} ({timed_kind}) was closed."),
    "supervision_dropped": N_("Task {number} ({timed_kind}) fell away."),
    "supervision_level_1": N_("Task {number} ({timed_kind}) is overdue by one day: your unit has to act."),
    "supervision_level_2": N_(
        "Task {number} ({timed_kind}) is overdue by 3 working days: the township leader is told."
    ),
    "supervision_level_3": N_("Task {number} ({timed_kind}) is overdue by 5 working days: the bureau lead is told."),
}
"""Message kind -> sentence of the inbox."""
MANUAL_KINDS = ("rectification", "complaint", "warning", "other")
"""What is issued by hand."""
