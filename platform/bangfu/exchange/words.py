"""Codes of exchange in Chinese and English."""

from bangfu.errors import N_

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "api_kind": {
        "hotline": ("12345热线", "Hotline 12345"),
        "data_comparison": ("数据比对", "Data comparison"),
    },
    "api_status": {
        "active": ("启用", "Active"),
        "disabled": ("已停用", "Stopped"),
    },
    "api_scope": {
        "divisions": ("行政区划", "Divisions"),
        "services": ("服务目录", "Items of the catalogue"),
        "households": ("困难家庭（仅编号、类别、镇街）", "Households: number, category, township only"),
        "needs": ("服务需求", "Needs"),
        "assignments": ("派单", "Assignments"),
        "visits": ("服务记录（不含记录内容）", "Visits, without what was recorded"),
        "organizations": ("机构", "Organisations"),
        "carers": ("服务人员（姓名脱敏）", "People who serve, names masked"),
        "contracts": ("合同", "Contracts"),
        "contract-lines": ("合同明细", "Lines of contracts"),
        "agreements": ("照料协议（仅编号和状态）", "Care agreements, codes only"),
        "complaints": ("投诉（仅类型和状态）", "Complaints, kind and state only"),
        "scores": ("已公布的质量评价", "Published scores"),
        "statements": ("已批准的结算单", "Approved statements"),
        "payments": ("已批准的付款", "Approved payments"),
        "supervision-tasks": ("督办任务（仅类型和时限）", "Timed tasks, kind and time only"),
        "volunteer-records": ("志愿服务记录（不含姓名）", "Volunteers' services, without names"),
    },
    "webhook_status": {
        "active": ("启用", "Active"),
        "paused": ("已暂停", "Paused"),
        "ended": ("已终止", "Ended"),
    },
    "webhook_pause": {
        "hand": ("人工暂停", "Paused by hand"),
        "failures": ("多次推送失败，已自动暂停", "Paused after deliveries failed again and again"),
        "gone": ("接收方答复不再接收（410），已自动暂停", "Paused: the receiver wants no more (410)"),
        "owner": ("设置人已离任或调整权限，已自动暂停", "Paused: its owner left or changed roles"),
    },
    "webhook_kind": {"changes": ("变更", "Changes"), "trial": ("试发", "Trial")},
    "webhook_delivery": {
        "waiting": ("待送达", "On its way"),
        "delivered": ("已送达", "Delivered"),
        "failed": ("未送达", "Not delivered"),
        "dropped": ("已取消", "Dropped"),
    },
    "export_format": {
        "xlsx": ("Excel 工作簿（.xlsx）", "Excel workbook (.xlsx)"),
        "csv": ("CSV 文本", "CSV text"),
        "json": ("JSON 文件", "JSON"),
    },
    "export_subject": {
        "households": ("困难家庭", "Households"),
        "members": ("家庭成员", "Members"),
        "needs": ("服务需求", "Needs"),
        "changes": ("月度变更名单", "Monthly change list"),
    },
    "change_kind": {
        "entered": ("新纳入", "Entered the register"),
        "category": ("类别变更", "Category changed"),
        "grace": ("渐退", "Gradual exit"),
        "left": ("退出", "Left"),
        "expired": ("到期退出", "Ended on its last day"),
        "readmitted": ("重新纳入", "Taken in again"),
        "merged": ("并入另一户", "Merged into another household"),
        "unmerged": ("撤销合并", "Merge undone"),
        "joined": ("新增成员", "Member added"),
        "died": ("成员死亡", "Member died"),
        "imprisoned": ("成员服刑", "Member imprisoned"),
        "moved_out": ("成员迁出", "Member moved out"),
        "member_left": ("成员离开", "Member left"),
    },
    "read_what": {"export": ("导出未脱敏数据", "Whole data exported")},
    "read_reason": {"export": ("数据导出", "Export of data")},
    "event": {
        "exchange.exported": ("导出脱敏数据", "Masked data exported"),
        "exchange.exported_whole": ("导出未脱敏数据", "Whole data exported"),
        "exchange.report_received": ("接口收到线索", "Report received from another system"),
        "exchange.client_added": ("登记接入系统", "System added"),
        "exchange.client_rotated": ("更换接入密钥", "Secret of a system changed"),
        "exchange.client_disabled": ("停用接入系统", "System stopped"),
        "exchange.token_added": ("发放读取令牌", "Token for reading given"),
        "exchange.webhook_added": ("设置变更推送", "Webhook set up"),
        "exchange.webhook_rotated": ("更换变更推送密钥", "Secret of a webhook changed"),
        "exchange.webhook_paused": ("暂停变更推送", "Webhook paused"),
        "exchange.webhook_resumed": ("恢复变更推送", "Webhook resumed"),
        "exchange.webhook_ended": ("终止变更推送", "Webhook ended"),
        "exchange.token_disabled": ("停用读取令牌", "Token for reading stopped"),
    },
}
SENTENCES: dict[str, str] = {
    "webhook_paused": N_("A webhook was paused: its messages no longer arrive. Its page says why."),
}
"""Message kind -> sentence of the inbox."""
