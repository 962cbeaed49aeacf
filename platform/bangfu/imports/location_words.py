"""Words of locating a whole register."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "location_run_status": {
        "queued": ("等待开始", "Waiting to start"),
        "running": ("解析中", "Running"),
        "done": ("已完成", "Done"),
        "cancelled": ("已停止", "Stopped"),
        "failed": ("中断（地址服务无应答）", "Interrupted: the address service did not answer"),
    },
    "location_outcome": {
        "ambiguous": ("有多个相似地点", "Several places of this name"),
        "not_found": ("未找到", "Not found"),
        "far": ("找到的地点离本村（社区）过远", "Found, but too far from the village"),
    },
    "event": {
        "location_run.started": ("开始解析地址", "Locating started"),
        "location_run.stopped": ("停止解析地址", "Locating stopped"),
        "location_run.done": ("地址解析完成", "Locating done"),
        "location_run.failed": ("地址解析中断", "Locating interrupted"),
    },
}
