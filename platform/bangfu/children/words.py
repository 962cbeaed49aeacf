"""Codes of the child file in Chinese and English; a colour always stands with its word."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "child_file_status": {"active": ("在管", "Open"), "closed": ("已结案", "Closed")},
    "child_file_action": {"close": ("结案", "Close"), "reopen": ("重新建档", "Reopen")},
    "child_area": {
        "guardianship": ("监护风险", "Guardianship"),
        "physical": ("身心风险", "Physical and mental state"),
        "behaviour": ("行为风险", "Behaviour"),
    },
    "child_contact": {
        "visit": ("入户走访", "Home visit"),
        "phone": ("电话联系", "Call"),
        "school": ("学校联系", "Talk with the school"),
        "guardian": ("与监护人谈话", "Talk with the guardian"),
    },
    "child_close": {
        "adult": ("年满十八周岁", "Turned 18"),
        "moved": ("迁出", "Moved away"),
        "died": ("死亡", "Died"),
        "placed": ("机构安置", "Placed in an institution"),
        "not_needed": ("不再需要", "Not needed any more"),
    },
    "guardian_capacity": {
        "able": ("有监护能力", "Able"),
        "partly": ("监护能力不足", "Partly able"),
        "unable": ("无监护能力", "Unable"),
        "absent": ("不在身边", "Absent"),
    },
    "child_review": {
        "late": ("评估逾期", "Review overdue"),
        "due": ("即将评估", "Review soon"),
        "later": ("未到期", "Not due yet"),
    },
    "child_window": {
        "filled": ("已走访", "Visited"),
        "missed": ("漏访", "Missed"),
        "due": ("本期待访", "To visit now"),
        "ahead": ("未到期", "Not due yet"),
    },
    "child_period": {
        "week": ("每周", "a week"), "month": ("每月", "a month"), "quarter": ("每季度", "a quarter"),
    },
    "timed_kind": {
        "child.review": ("儿童风险复评", "Review a child's colour"),
        "child.contact": ("红色儿童24小时联系", "Contact a red child within 24 hours"),
    },
    "event": {
        "child.opened": ("建立儿童档案", "Child file opened"),
        "child.colored": ("儿童风险定色", "Child's colour given"),
        "child.planned": ("制定帮扶方案", "Child's plan written"),
        "child.measure_done": ("完成一项措施", "Measure of the child's plan done"),
        "child.guardian": ("登记监护人", "Guardian recorded"),
        "child.guardian_ended": ("监护人变更", "Guardian ended"),
        "child.school": ("登记就学情况", "School recorded"),
        "child.contacted": ("走访联系儿童", "Child visited or contacted"),
        "child.closed": ("儿童档案结案", "Child file closed"),
        "child.reopened": ("儿童档案重开", "Child file reopened"),
    },
}  # fmt: skip
SENTENCES = {
    "child_red": N_("A child's colour is now red: contact within 24 hours. The file says more."),
}
