"""Words of ledgers."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "ledger_status": {
        "queued": ("正在生成", "Being made"),
        "ready": ("已生成", "Made"),
        "failed": ("生成失败，请重新生成", "Failed; please make it again"),
    },
    "ledger_export_status": {
        "queued": ("正在生成文件", "The file is being written"),
        "ready": ("文件已生成", "The file is ready"),
        "failed": ("文件生成失败，请重新导出", "The file could not be written; please export again"),
    },
    "ledger_section": {
        "home": ("家庭", "Household"),
        "member": ("成员", "Member"),
        "ground": ("使用信息的依据", "Ground"),
        "need": ("服务需求", "Need"),
        "task": ("服务安排", "Service"),
        "visit": ("上门服务", "Visit"),
        "assessment": ("评估", "Assessment"),
        "complaint": ("投诉", "Complaint"),
    },
    "ledger_ground": {"given": ("有效", "Given"), "withdrawn": ("已撤回", "Withdrawn")},
    "ledger_signer": {
        "编制": ("编制", "Prepared by"),
        "审核": ("审核", "Checked by"),
        "负责人": ("负责人", "In charge"),
        "户主": ("户主", "Head of household"),
    },
    "event": {
        "ledger.issued": ("生成台账", "Ledger made"),
        "ledger.exported": ("导出台账数据", "Rows of a ledger exported"),
        "ledger.taken": ("下载台账", "Made ledger downloaded"),
        "ledger.kept": ("保存自定义台账", "Own ledger saved"),
        "ledger.forgotten": ("删除自定义台账", "Own ledger deleted"),
    },
}
