"""Words of purchase lists."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "purchase_plan_status": {
        "draft": ("草拟", "Draft"),
        "submitted": ("待审批", "To be approved"),
        "approved": ("已批准", "Approved"),
        "closed": ("已办结", "Closed"),
    },
    "purchase_plan_action": {
        "submit": ("提交", "Submit"),
        "approve": ("批准", "Approve"),
        "return": ("退回", "Return"),
        "close": ("办结", "Close"),
    },
    "event": {
        "purchase_plan.drafted": ("新建购买服务清单", "Purchase list drafted"),
        "purchase_plan.item_added": ("新增清单项目", "Item added"),
        "purchase_plan.item_changed": ("修改清单项目", "Item changed"),
        "purchase_plan.item_removed": ("删除清单项目", "Item removed"),
        "purchase_plan.submitted": ("提交购买服务清单", "Purchase list submitted"),
        "purchase_plan.approved": ("批准购买服务清单", "Purchase list approved"),
        "purchase_plan.returned": ("退回购买服务清单", "Purchase list returned"),
        "purchase_plan.closed": ("办结购买服务清单", "Purchase list closed"),
        "purchase_plan.contract_drafted": ("按清单起草合同", "Contract drafted from an item"),
    },
}
SENTENCES: dict[str, str] = {
    "purchase_plan_submitted": N_("Purchase list {number} waits for your approval."),
    "purchase_plan_approved": N_("Purchase list {number} was approved; contracts can be drafted from its items."),
    "purchase_plan_returned": N_("Purchase list {number} was returned; the reason stands on its page."),
}
"""Message kind -> sentence of the inbox."""
