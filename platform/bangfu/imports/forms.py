"""What the upload pages send: a file, and which column is which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from litestar.datastructures import FormMultiDict, UploadFile

from bangfu.errors import N_
from bangfu.shared.tabular import Field
from bangfu.shared.web.forms import Form


async def posted_file(posted: FormMultiDict, form: Form) -> tuple[str, bytes]:
    """Name and content of the chosen file; notes a fault where none was chosen."""
    upload = posted.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        form.fault("file", N_("Please choose a file."))
        return "", b""
    return upload.filename.replace("\\", "/").rpartition("/")[2], await upload.read()


def chosen_columns(
    form: Form, columns: Sequence[str], mapped: Mapping[str, int], fields: Sequence[Field]
) -> dict[str, str]:
    """Own title -> field code ("" for not used) of the columns that the form asks about; faults by column."""
    codes = {field.code for field in fields}
    chosen: dict[str, str] = {}
    taken = set(mapped)
    for number, title in enumerate(columns):
        name = f"column-{number}"
        if name not in form or not title:
            continue
        code = form.choice(name, codes, required=False)
        if code and code in taken:
            form.fault(name, N_("Another column is used for this already."))
        taken.add(code)
        chosen[title] = code
    for field in fields:
        if field.required and field.code not in taken:
            form.fault("", N_("Please say which column is “{title}”."), title=f"{field.zh} {field.en}")
    return chosen
