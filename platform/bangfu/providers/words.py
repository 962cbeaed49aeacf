"""Words of organisations and carers (DOMAIN.md 1.4, 2.4)."""

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "org_type": {
        "civil_affairs_bureau": ("民政局", "Civil affairs bureau"),
        "township_gov": ("镇街", "Township government"),
        "village_committee": ("村居委会", "Village committee"),
        "station": ("社工站", "Social-work station"),
        "service_agency": ("社会服务机构", "Social service agency"),
        "association": ("社会团体", "Association"),
        "foundation": ("基金会", "Foundation"),
        "enterprise": ("企业", "Enterprise"),
        "institution": ("供养养老机构", "Care institution"),
        "volunteer_team": ("志愿服务队", "Volunteer team"),
        "assessor": ("评估机构", "Assessor"),
        "finance": ("财政", "Finance"),
        "medical": ("医疗机构", "Medical institution"),
        "legal": ("法律服务团队", "Legal service team"),
        "incubator": ("创业孵化基地", "Business incubator"),
        "department": ("政府部门", "Government department"),
    },
    "travel_mode": {
        "walk": ("步行", "On foot"),
        "ebike": ("电动车", "E-bike"),
        "bike": ("自行车", "Bicycle"),
        "car": ("汽车", "Car"),
        "transit": ("公交", "Public transport"),
    },
}
