"""Words of imports: kinds of lists, what becomes of an upload, what a report notes."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "import_kind": {
        "divisions": ("行政区划", "Divisions"),
        "organisations": ("服务机构", "Organisations"),
        "carers": ("服务人员", "Carers"),
        "contract_lines": ("合同明细", "Contract lines"),
        "households": ("困难家庭", "Households"),
    },
    "import_kind_hint": {
        "divisions": ("省到村居的区划代码、名称和坐标", "Codes, names and points from province to village"),
        "organisations": ("社会服务机构、社工站、志愿队等", "Service agencies, stations, volunteer teams and others"),
        "carers": (
            "护理员、社工、志愿者，含资质和可服务时间",
            "Workers, social workers, volunteers; certificates and hours",
        ),
        "contract_lines": (
            "每份合同每项服务的单价、数量和金额",
            "Price, units and amount of each service of a contract",
        ),
        "households": ("家庭、成员、同意或法定依据、服务需求", "Households, members, consent or ground, needs"),
    },
    "upload_status": {
        "mapping": ("待对应列名", "Columns to be named"),
        "faulty": ("有问题", "With faults"),
        "checked": ("已核对，待导入", "Checked, not yet taken"),
        "taken": ("已导入", "Taken"),
        "expired": ("文件已清除", "File removed"),
    },
    "import_thing": {
        "division": ("区划", "Divisions"),
        "organization": ("机构", "Organisations"),
        "carer": ("服务人员", "Carers"),
        "qualification": ("资质", "Certificates"),
        "availability": ("服务时段", "Weekly hours"),
        "contract_line": ("合同明细", "Contract lines"),
        "household": ("家庭", "Households"),
        "person": ("成员", "Members"),
        "consent": ("同意或法定依据", "Consents or grounds"),
        "need": ("需求", "Needs"),
    },
    "person_tag": {
        "elder80": ("高龄老人", "Elder (80 and older)"),
        "disabled": ("残疾人", "Disabled"),
        "disabled_severe": ("重度残疾", "Severely disabled"),
        "poverty": ("家庭贫困儿童", "Child of a poor family"),
        "disability_illness": ("重残重病儿童", "Child with disability or illness"),
        "guardianship": ("监护缺失儿童", "Child without proper guardianship"),
    },
    "event": {
        "import.taken": ("导入名单", "List taken in"),
        "household.located": ("解析地址", "Address located"),
        "carer.located": ("解析地址", "Address located"),
        "organization.imported": ("导入机构", "Organisation imported"),
        "carer.imported": ("导入服务人员", "Carer imported"),
        "contract_line.imported": ("导入合同明细", "Contract line imported"),
    },
}
