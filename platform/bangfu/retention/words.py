"""Codes of the periods of keeping in Chinese and English."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "retention_rule": {
        "point": ("签到定位点", "Check-in points"),
        "declined": ("被拒绝的派单", "Declined offers"),
        "photo": ("服务照片", "Photos of visits"),
        "child": ("儿童档案", "Children's files"),
        "household": ("已退出家庭的服务档案", "Service files of households that left"),
        "audit": ("审计日志", "Audit trail"),
        "procurement": ("采购与合同档案", "Purchase and contract files"),
        "voucher": ("会计凭证", "Accounting vouchers"),
    },
    "retention_from": {
        "point": ("直至结算终结", "until the settlement is final"),
        "declined": ("自拒绝之日起", "from the day of the refusal"),
        "photo": ("自上传之日起", "from the day it was taken in"),
        "child": ("自年满 18 周岁起", "from the 18th birthday"),
        "household": ("自退出之日起", "from the day of the exit"),
        "audit": ("自记录之日起", "from the day of the event"),
        "procurement": ("自采购结束之日起", "from the end of the purchase"),
        "voucher": ("自会计年度终了起", "from the end of the financial year"),
    },
    "retention_basis": {
        "point": ("最小必要原则，平台默认", "least data, default of the portal"),
        "declined": ("平台默认", "default of the portal"),
        "photo": ("平台默认", "default of the portal"),
        "child": ("平台默认，限制查阅", "default of the portal, restricted"),
        "household": ("平台默认，以当地档案规定为准", "default of the portal; local archive rules decide"),
        "audit": ("平台默认", "default of the portal"),
        "procurement": ("《政府采购法》第四十二条", "Government Procurement Law, art. 42"),
        "voucher": ("《会计档案管理办法》", "Rules on accounting archives"),
    },
    "retention_effect": {
        "point": (
            "删除坐标，只留距离和判定结果；无需审批，由系统自动办理",
            "The point is deleted, distance and verdict stay; the system does it without an approval",
        ),
        "declined": (
            "删除派单记录；额度台账不变",
            "The offer is deleted; what was reserved and freed for it stays in the ledger",
        ),
        "photo": (
            "删除照片；服务记录不变",
            "The pictures are deleted; the record of the visit stays",
        ),
        "child": (
            "删除档案、风险等级、方案、监护人和走访记录；强制报告记录不删除",
            "The file, its colours, plans, guardians and contacts are deleted; reports of danger stay",
        ),
        "household": (
            "删除姓名、证件号、电话、住址、文字记录和扫描件；服务次数和金额不变",
            "Names, numbers, phones, addresses, words and scans are deleted; visits and money stay as figures",
        ),
        "audit": (
            "超过期限仍保留：日志不含个人信息，链条须完整可验",
            "Kept beyond: it holds no personal values, and the chain has to stay whole",
        ),
        "procurement": ("本平台不删除", "Not deleted by this portal"),
        "voucher": ("由财务系统保存；本平台不删除金额", "Kept in the finance system; amounts are not deleted here"),
    },
    "retention_by": {
        "approval": ("须审批", "with approval"),
        "clock": ("自动", "by itself"),
        "nobody": ("不删除", "not deleted"),
    },
    "retention_status": {
        "proposed": ("待审批", "to be approved"),
        "approved": ("正在删除", "being deleted"),
        "done": ("已完成", "done"),
        "withdrawn": ("已撤回", "withdrawn"),
    },
    "retention_action": {
        "approve": ("批准", "approve"),
        "withdraw": ("撤回", "withdraw"),
        "finish": ("完成", "finish"),
    },
}  # fmt: skip
