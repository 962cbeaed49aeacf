"""Words for the codes of open tasks, swaps and no-shows."""

from bangfu.errors import N_

SENTENCES = {
    "open_task_taken": N_("A volunteer has taken the open task {number}."),
    "open_task_back": N_("The open task {number} was given back; others may take it."),
    "volunteer_along": N_("You come along on the open task {number} to accompany another volunteer."),
    "volunteer_along_visit": N_("You come along on visit {number} to accompany another volunteer."),
    "volunteer_cancelled": N_("A volunteer has called visit {number} off."),
    "volunteer_alone": N_("Nobody comes along on visit {number} any more; somebody else is looked for."),
    "swap_asked": N_("A volunteer asks you to serve visit {number} instead."),
    "swap_done": N_("Visit {number} is served by another volunteer now; thank you both."),
    "swap_refused": N_("The volunteer whom you asked cannot serve your visit."),
    "visit_reminder": N_("Visit {number} is tomorrow or today; time and address stand on its page."),
    "no_show_answered": N_("A volunteer says what happened with a no-show."),
    "no_show_recorded": N_("The station recorded that you did not come; you may say what happened."),
    "hours_confirmed": N_("Your voluntary hours were confirmed."),
    "hours_rejected": N_("Voluntary hours were not confirmed; the reason stands there."),
    "hours_corrected": N_("Your voluntary hours were corrected; before and after stand there."),
    "certificate_issued": N_("Your certificate {number} is ready to be downloaded."),
    "certificate_revoked": N_("Your certificate {number} was revoked; the station tells you why."),
    "stars_awarded": N_("You were awarded {stars} stars. Thank you!"),
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "open_task_status": {
        "open": ("可认领", "Open"),
        "taken": ("已认领", "Taken"),
        "closed": ("已关闭", "Closed"),
        "done": ("已完成", "Done"),
    },
    "open_task_action": {
        "take": ("认领", "take"),
        "give_back": ("退回", "give back"),
        "close": ("关闭", "close"),
        "finish": ("完成", "finish"),
    },
    "open_task_close": {
        "not_needed": ("不再需要", "Not needed any more"),
        "served_otherwise": ("已另行安排", "Served otherwise"),
        "recipient_asked": ("服务对象要求", "The household asked for it"),
        "over": ("时间已过或任务已结束", "Time over, or the task ended"),
        "other": ("其他", "Other"),
    },
    "swap_status": {
        "asked": ("等待回复", "Asked"),
        "accepted": ("已换班", "Swapped"),
        "refused": ("未同意", "Declined"),
        "withdrawn": ("已撤回", "Withdrawn"),
        "lapsed": ("已过期", "Lapsed"),
    },
    "swap_action": {
        "accept": ("同意换班", "accept"),
        "refuse": ("不同意", "refuse"),
        "withdraw": ("撤回", "withdraw"),
        "lapse": ("过期", "lapse"),
    },
    "no_show_status": {
        "recorded": ("已登记", "Recorded"),
        "answered": ("已说明情况", "Answered"),
        "excused": ("已谅解", "Excused"),
        "kept": ("保留记录", "Kept"),
    },
    "no_show_action": {
        "answer": ("说明情况", "answer"),
        "excuse": ("谅解", "excuse"),
        "keep": ("保留记录", "keep"),
    },
    "volunteer_step": {
        "taken": ("认领任务", "Task taken"),
        "given_back": ("退回任务", "Task given back"),
        "called_off": ("取消一次服务", "Visit called off"),
        "swapped_out": ("换给他人", "Swapped to another"),
        "swapped_in": ("接替他人", "Took over a visit"),
        "accompanies": ("陪同新志愿者", "Accompanies a newcomer"),
    },
    "event": {
        "open_task.opened": ("发布认领任务", "Opened to volunteers"),
        "open_task.taken": ("志愿者认领", "Taken by a volunteer"),
        "open_task.given_back": ("志愿者退回", "Given back"),
        "open_task.closed": ("关闭认领任务", "Closed"),
        "open_task.partner": ("指定陪同志愿者", "Companion named"),
        "visit.swap_asked": ("申请换班", "Swap asked for"),
        "volunteer.accompanies": ("陪同意愿", "Accompanying newcomers"),
        "volunteer.numbers_entered": ("更新志愿服务规则", "Rules of volunteering entered"),
        "volunteer.no_show": ("登记未到", "No-show recorded"),
        "volunteer.no_show_answered": ("说明未到情况", "No-show answered"),
        "volunteer.no_show_decided": ("处理未到记录", "No-show decided"),
    },
}
