"""Made-up directories."""

import io
import zipfile

OLD = {
    "organizations.csv": "id,name,description\n1,Harbour Aid,Meals and visits\n2,Quiet Help,\n",
    "services.csv": "id,organization_id,name,description,fees\n11,1,Meals at home,Warm meals,none\n12,9,Lost,x,\n",
    "locations.csv": "id,organization_id,name,latitude,longitude,address,city,state,postal_code\n"
    "21,1,Harbour house,30.5,119.5,1 Quay,Seatown,FL,33157\n",
    "services_at_location.csv": "service_id,location_id\n11,21\n",
    "regular_schedules.csv": "service_id,weekday,opens_at,closes_at\n11,Monday,9:00am,5:00pm\n11,Friday,never,5pm\n",
    "service_flags.csv": "service_id,flag\n11,meals\n",
}
"""Names and columns of an older directory."""


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()
