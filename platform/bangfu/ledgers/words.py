"""Words of ledgers."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "ledger_status": {
        "queued": ("正在生成", "Being made"),
        "ready": ("已生成", "Made"),
        "failed": ("生成失败，请重新生成", "Failed; please make it again"),
    },
    "event": {
        "ledger.issued": ("生成台账", "Ledger made"),
        "ledger.exported": ("导出台账数据", "Rows of a ledger exported"),
        "ledger.taken": ("下载台账", "Made ledger downloaded"),
        "ledger.kept": ("保存自定义台账", "Own ledger saved"),
        "ledger.forgotten": ("删除自定义台账", "Own ledger deleted"),
    },
}
