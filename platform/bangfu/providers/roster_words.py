"""Words of rosters, calendars and sign-ups."""

from bangfu.errors import N_

SENTENCES = {
    "leave_requested": N_("Leave of carer {number} waits for your decision."),
    "leave_approved": N_("Your leave was approved."),
    "leave_refused": N_("Your leave was refused; the reason stands there."),
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "leave_kind": {
        "annual": ("年休假", "Annual leave"),
        "sick": ("病假", "Sick leave"),
        "training": ("培训", "Training"),
        "other": ("其他", "Other"),
    },
    "leave_status": {
        "requested": ("待审批", "Waiting"),
        "approved": ("已批准", "Approved"),
        "refused": ("未批准", "Refused"),
        "withdrawn": ("已撤回", "Withdrawn"),
    },
    "leave_action": {
        "approve": ("批准", "approval"),
        "refuse": ("不予批准", "refusal"),
        "withdraw": ("撤回", "withdrawal"),
    },
    "roster_event": {
        "carer.week_changed": ("修改每周时段", "Weekly times changed"),
        "carer.day_set": ("登记个别日期", "Single day entered"),
        "carer.day_cleared": ("撤销个别日期", "Single day taken back"),
        "carer.leave_entered": ("登记休假", "Leave entered"),
        "carer.leave_requested": ("申请休假", "Leave requested"),
        "carer.leave_approved": ("批准休假", "Leave approved"),
        "carer.leave_refused": ("未批准休假", "Leave refused"),
        "carer.leave_withdrawn": ("撤回休假", "Leave withdrawn"),
    },
    "application_status": {
        "waiting": ("待审核", "Waiting"),
        "approved": ("已通过", "Approved"),
        "refused": ("未通过", "Refused"),
        "withdrawn": ("已撤回", "Withdrawn"),
    },
    "application_action": {
        "approve": ("通过", "approval"),
        "refuse": ("不予通过", "refusal"),
        "withdraw": ("撤回", "withdrawal"),
    },
    "application_refusal": {
        "already_known": ("已是登记志愿者，或已重复报名", "Registered already, or signed up twice"),
        "not_reached": ("多次联系未果", "Could not be reached"),
        "area": ("不在本辖区", "Outside of our area"),
        "age": ("年龄不符合要求", "The age does not fit"),
        "guardian": ("监护人未确认同意", "The guardian did not confirm the consent"),
        "no_place": ("目前没有合适的服务", "No fitting task at present"),
        "other": ("其他原因", "Another reason"),
    },
    "guardian_relation": {
        "parent": ("父母", "Parent"),
        "grandparent": ("祖父母、外祖父母", "Grandparent"),
        "other": ("其他监护人", "Another guardian"),
    },
    "timed_kind": {"volunteer_application": ("审核志愿者报名", "Decide on a volunteer's sign-up")},
}
