"""Verbs on forms: upload a version, publish it by a second person, retire it. A published document never changes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.assessments.checking import check
from bangfu.assessments.tables import AssessmentForm
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction

MOST_CHARACTERS = 400_000


async def upload_form(actor: Actor, key: UUID, document: Mapping[str, Any], at: datetime) -> UUID:
    """Keep a checked document as a draft. The same key again is the same draft.

    Raises:
        FormError: if the check finds a fault, or there is this version already.
    """
    if check(document):
        raise FormError({"document": (N_("The form has faults; they are listed below."), {})})
    try:
        async with transaction():
            known = await AssessmentForm.objects().get(AssessmentForm.id == key)
            if known is not None:
                if known.created_by != actor.user:
                    raise NotYours
                return key
            await AssessmentForm(
                id=key, code=document["code"], version=document["version"], status="draft",
                document=json.dumps(document, ensure_ascii=False), created_by=actor.user, created_at=at,
            ).save()  # fmt: skip
            await _note(actor, "uploaded", key, document["code"], document["version"], at)
    except UniqueViolationError:
        known = await AssessmentForm.objects().get(AssessmentForm.id == key)
        if known is None or known.created_by != actor.user:
            taken = N_("There is a version {version} of this form already; give the changed form a new version.")
            raise FormError({"document": (taken, {"version": document["version"]})}) from None
    return key


async def publish_form(actor: Actor, form: UUID, at: datetime) -> None:
    """draft -> published, from today; the version before it is retired. By somebody else than the uploader (8.11).

    Raises:
        NotYours: if there is no such form.
        Refused: if the actor uploaded it, or it is retired.
    """
    async with transaction():
        row = await _locked(form)
        if row.status == "published":
            return
        if row.status != "draft":
            raise Refused(N_("This version is retired. Upload a new version."))
        if row.created_by == actor.user:
            raise Refused(N_("Whoever uploaded a form does not publish it; a second person does."))
        older = await AssessmentForm.select(AssessmentForm.id, AssessmentForm.version).where(
            (AssessmentForm.code == row.code) & (AssessmentForm.status == "published")
        )
        await AssessmentForm.update(
            status="published", published_by=actor.user, published_at=at, valid_from=civil_date(at)
        ).where(AssessmentForm.id == form)
        await _note(actor, "published", form, row.code, row.version, at)
        for former in older:
            await AssessmentForm.update(status="retired").where(AssessmentForm.id == former["id"])
            await _note(actor, "retired", former["id"], row.code, former["version"], at)


async def retire_form(actor: Actor, form: UUID, at: datetime) -> None:
    """published -> retired: no new assessment by it; those that were begun are finished.

    Raises:
        NotYours: if there is no such form.
        Refused: if it was never published.
    """
    async with transaction():
        row = await _locked(form)
        if row.status == "retired":
            return
        if row.status != "published":
            raise Refused(N_("Only a published form is retired."))
        await AssessmentForm.update(status="retired").where(AssessmentForm.id == form)
        await _note(actor, "retired", form, row.code, row.version, at)


async def _locked(form: UUID) -> AssessmentForm:
    row: AssessmentForm | None = (
        await AssessmentForm.objects().where(AssessmentForm.id == form).first().lock_rows("UPDATE")
    )
    if row is None:
        raise NotYours
    return row


async def _note(actor: Actor, what: str, form: UUID, code: str, version: str, at: datetime) -> None:
    await audit.record(
        actor, f"assessment_form.{what}", "assessment_form", form, division=actor.scope, at=at,
        data={"number": f"{code} {version}", "form": code, "version": version},
    )  # fmt: skip
