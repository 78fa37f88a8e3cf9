"""The forms of one campaign: copies of templates, each with where it is used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import rolls
from pingyi_desktop.appraisal.paper import forms, grades, rules, shaping
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.appraisal.paper.shaping import PLAIN, Shape
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_campaign import Campaign, CampaignForm


def read(session: Session, *, campaign: Campaign) -> tuple[Form, ...]:
    """A draft's forms in their order; those of a published one stand in its ``definition``."""
    documents = session.exec(
        select(CampaignForm.document)
        .where(CampaignForm.campaign_id == campaign.id)
        .order_by(col(CampaignForm.sort_no))
    )
    multi_mark = rules.of_text(campaign.rule).multi_mark
    return tuple(
        forms.read_form(
            shaping.instructed(json.loads(text), multi_mark), activity=campaign.activity, known=forms.scales()
        )
        for text in documents
    )


def keep(session: Session, *, campaign_id: str, documents: Sequence[Mapping[str, Any]]) -> None:
    """Store form documents as the campaign's, in place of those before."""
    session.execute(delete(CampaignForm).where(col(CampaignForm.campaign_id) == campaign_id))
    session.add_all(
        CampaignForm(campaign_id=campaign_id, code=one["code"], document=canonical(one), sort_no=number)
        for number, one in enumerate(documents)
    )
    session.flush()


def choose(
    session: Session,
    *,
    of: Campaign,
    codes: Sequence[str] | None,
    places: Mapping[str, Sequence[str]] | None,
    shapes: Mapping[str, Shape] | None,
) -> None:
    """Choose a draft's forms (None: those it has), where they are used (``forms.PLACES``) and their shapes, by form.

    A form that stays is used where it was and keeps its shape, a new one is its template, unless told otherwise here.
    """
    places, shapes = places or {}, shapes or {}
    before = {form.code: form for form in read(session, campaign=of)}
    wanted, known = list(before if codes is None else dict.fromkeys(codes)), forms.templates()
    if not wanted:
        raise broken("V-TPL-22")
    if elsewhere := (places.keys() | shapes.keys()) - set(wanted):
        named = "、".join(sorted(elsewhere))
        raise broken("V-TPL-24", named=named)
    grading = grades.read(json.loads(of.grading or "{}"))
    documents = []
    for code in wanted:
        if code not in known:
            raise broken("V-TPL-21", code=code, known="、".join(known))
        old = before.get(code)
        shape = shapes.get(code, shaping.of(old.document) if old else PLAIN)
        made = forms.placed(
            shaping.shaped(known[code], shape), places.get(code, old.planned_for if old else None)
        )
        made = grades.worded(made, grading)
        documents.append(shaping.versioned(made, old.document if old else shaping.shaped(known[code], PLAIN)))
        shaping.check_fits(forms.read_form(documents[-1], activity=of.activity, known=forms.scales()))
    keep(session, campaign_id=of.id, documents=documents)


def long_rosters(session: Session, *, used: Sequence[Form], units: Sequence[Org]) -> list[Finding]:
    """V-TPL-05, foreseen: rosters of these units that take several pages as the members are now. Asks for no reason."""
    rosters = [form for form in used if form.is_roster]
    if not rosters:
        return []
    known = rolls.of(session, units)
    listed = []
    for form in rosters:
        most = Layout(form, ()).rows_per_page
        long = {
            one.short_name: people
            for one in units
            if form.planned_at(2, one.org_type) and (people := known[one.code].in_scope or 0) > most
        }
        if long:
            name = max(long, key=lambda one: long[one])
            sizes: dict[str, Any] = {"people": long[name], "rows": most, "pages": -(-long[name] // most)}
            listed.append(found("V-TPL-05", form.code, form=form.title, n=len(long), org=name, **sizes))
    return listed


def canonical(document: object) -> str:
    """JSON with its keys in order and nothing between them."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
