"""Words of the separation of duties."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "chain_kind": {
        "need": ("需求", "Need"),
        "contract": ("合同", "Contract"),
        "visit": ("上门服务", "Visit"),
        "score": ("季度评分", "Score of a quarter"),
        "claim": ("付款申请", "Claim"),
        "person": ("救助对象", "Person served"),
    },
    "duty": {
        "submit_need": ("提交需求", "submits the need"),
        "confirm_need": ("确认需求", "confirms the need"),
        "draft_contract": ("起草合同", "drafts the contract"),
        "check_contract": ("核对预算", "checks the budget"),
        "approve_contract": ("审批合同", "approves the contract"),
        "propose_match": ("派给机构", "dispatches to the provider"),
        "evaluate": ("评估机构", "evaluates the provider"),
        "pay_contract": ("按合同付款", "pays from the contract"),
        "deliver": ("提供或登记服务", "serves or records"),
        "verify": ("核实服务", "verifies"),
        "spot_check": ("抽查", "spot-checks"),
        "decide_check": ("裁定抽查申诉", "decides on the check"),
        "score": ("确认评分", "confirms the score"),
        "publish": ("公布评分", "publishes the score"),
        "decide_appeal": ("裁定申诉", "decides the appeal"),
        "claim": ("申请付款", "claims"),
        "review": ("复核", "reviews"),
        "approve": ("批准", "approves"),
        "pay": ("付款", "pays"),
        "assess": ("能力评估", "assesses"),
        "care": ("提供照料", "gives care"),
    },
    "event": {
        "separation.proved": ("职责分离核验", "Separation of duties proved"),
        "duty.refused": ("拒绝：一人不得办理两个环节", "Refused: one person, two duties"),
    },
}
SENTENCES: dict[str, str] = {
    "duties_violated": N_(
        "The proof of duties found {found} cases of one person with two duties that exclude each other. Look at once."
    ),
}
"""Message kind -> sentence of the inbox."""
