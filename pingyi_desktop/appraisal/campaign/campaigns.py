"""评议活动: a campaign's life, its forms and counting rule, and the sessions planned from the tree.

```mermaid
stateDiagram-v2
    [*] --> DRAFT
    DRAFT --> PUBLISHED: publish (forms, rule and organisations become the definition)
```

Publishing freezes the *definition*: the one text that says what is counted, how, and for whom. Its SHA-256 binds
every task file and every submission.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import at_work, campaign_forms, campaign_rules, gradings
from pingyi_desktop.appraisal.campaign import definition as definitions
from pingyi_desktop.appraisal.campaign.campaign_rules import ELEMENTS as ELEMENTS
from pingyi_desktop.appraisal.campaign.campaign_rules import PERIODS as PERIODS
from pingyi_desktop.appraisal.campaign.campaign_rules import check_date as check_date
from pingyi_desktop.appraisal.paper import forms as form_data
from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.grades import USUAL, Grading
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.shaping import Shape
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import new_id
from pingyi_desktop.storage.schema_campaign import Campaign, CampaignMode, CampaignStatus, VoterCategory
from pingyi_desktop.storage.schema_people import OrgStatus

DEFAULT_FORMS = ("T-ORG-A", "T-MEM-A")
EVERYONE = ("ALL", "全体参评人员")
PLAN = 2


@dataclass(frozen=True)
class CampaignView:
    """A campaign for reading, with its forms and rule parsed."""

    id: str
    name: str
    activity: str
    period_type: str
    period_year: int
    period_no: int
    start_date: str
    end_date: str
    office_name: str
    root_code: str
    mode: str
    status: str
    rule: Rule
    forms: tuple[Form, ...]
    voter_categories: tuple[tuple[str, str], ...]
    elements: Mapping[str, str]
    definition_sha256: str | None
    manual_check: bool = False
    grading: Grading = USUAL
    plan: int = PLAN
    """by which rule its sessions are planned (``sessions``); what is published keeps the one it was published with"""

    @property
    def period(self) -> str:
        """The period in words: 2024年度, 2024年季度第2期."""
        if self.period_type == "ANNUAL":
            return f"{self.period_year}年度"
        return f"{self.period_year}年{PERIODS[self.period_type]}第{self.period_no}期"

    @property
    def file_period(self) -> str:
        """The period in the names of files that travel; a drill's are told apart."""
        return f"{self.period}演练" if self.mode == CampaignMode.DRILL else self.period

    @property
    def published(self) -> bool:
        """True once forms, rule and organisations are locked."""
        return self.status == CampaignStatus.PUBLISHED

    def form(self, code: str) -> Form:
        """The form with this code; a sentence when the campaign does not use it."""
        for form in self.forms:
            if form.code == code:
                return form
        used = "、".join(form.code for form in self.forms)
        raise broken("V-CMP-29", code=code, used=used)


def new(
    session: Session,
    *,
    name: str,
    activity: str,
    year: int,
    start_date: str,
    end_date: str,
    by: str,
    period_type: str = "ANNUAL",
    period_no: int = 1,
    form_codes: Sequence[str] = DEFAULT_FORMS,
    form_places: Mapping[str, Sequence[str]] | None = None,
    form_shapes: Mapping[str, Shape] | None = None,
    rule: Mapping[str, Any] | None = None,
    voter_categories: Sequence[tuple[str, str]] = (EVERYONE,),
    office_name: str = "",
    mode: str = CampaignMode.OFFICIAL,
    elements: Mapping[str, str] | None = None,
    manual_check: bool = False,
) -> str:
    """Draft a campaign of the own unit and return its id. ``activity`` is the word the forms print (创先争优).

    Forms are chosen as ``campaign_forms.choose`` says. With ``manual_check`` (人工核对) every first package waits for a call.
    """
    campaign_rules.check_texts(name, activity)
    campaign_rules.check_times(start_date, end_date, year, period_no)
    elements, unit = elements or {}, org.own_unit(session)
    campaign_rules.check_choices(period_type, mode, elements, voter_categories)
    campaign = Campaign(
        name=name.strip(),
        activity=activity.strip(),
        period_type=period_type,
        period_year=year,
        period_no=period_no,
        start_date=start_date,
        end_date=end_date,
        office_name=office_name or unit.short_name,
        root_code=unit.code,
        mode=mode,
        rule=campaign_forms.canonical(rules.written(rules.read(rule))),
        manual_check=manual_check,
        **elements,
    )
    session.add(campaign)
    session.flush()
    campaign_forms.choose(session, of=campaign, codes=form_codes, places=form_places, shapes=form_shapes)
    _set_categories(session, campaign_id=campaign.id, categories=voter_categories)
    journal.record(session, act="新建活动", subject=campaign.name, by=by, detail={"forms": list(form_codes)})
    return campaign.id


def change(
    session: Session,
    *,
    campaign_id: str,
    by: str,
    form_codes: Sequence[str] | None = None,
    form_places: Mapping[str, Sequence[str]] | None = None,
    form_shapes: Mapping[str, Shape] | None = None,
    rule: Mapping[str, Any] | None = None,
    voter_categories: Sequence[tuple[str, str]] | None = None,
    year: int | None = None,
    period_no: int | None = None,
    manual_check: bool | None = None,
    **fields: str,
) -> None:
    """Change a draft; ``fields`` are its texts, dates, kind of period and mode. Refused once published (V-CMP-03)."""
    campaign = _draft(session, campaign_id, forms=bool(form_codes or form_places or form_shapes))
    allowed = {*_PLAIN, *ELEMENTS} - {"period_year", "period_no"}
    if unknown := fields.keys() - allowed:
        raise broken("V-CMP-27", fields="、".join(sorted(unknown)))
    new_values = {key: value.strip() for key, value in fields.items()}
    name, activity, start, end, period_type, mode = (
        new_values.get(key, getattr(campaign, key))
        for key in ("name", "activity", "start_date", "end_date", "period_type", "mode")
    )
    campaign_rules.check_texts(name, activity)
    campaign_rules.check_dates(start, end)
    campaign_rules.check_choices(
        period_type, mode, {}, (EVERYONE,) if voter_categories is None else voter_categories
    )
    numbers = {
        "period_year": campaign.period_year if year is None else year,
        "period_no": campaign.period_no if period_no is None else period_no,
    }
    campaign_rules.check_period(*numbers.values())
    for key, value in {**new_values, **numbers}.items():
        setattr(campaign, key, value)
    campaign.manual_check = campaign.manual_check if manual_check is None else manual_check
    if voter_categories is not None:
        _set_categories(session, campaign_id=campaign_id, categories=voter_categories)
    if rule is not None:
        campaign.rule = campaign_forms.canonical(rules.written(rules.read(rule)))
    if form_codes is not None or form_places or form_shapes:
        campaign_forms.choose(session, of=campaign, codes=form_codes, places=form_places, shapes=form_shapes)
    session.add(campaign)
    session.flush()
    journal.record(session, act="修改活动", subject=campaign.name, by=by, detail={"fields": sorted(fields)})


def missing_elements(session: Session, *, campaign_id: str) -> list[str]:
    """Which of the five elements (目的、任务、范围、对象、方法) are still empty."""
    campaign = session.get_one(Campaign, campaign_id)
    return [label for key, label in ELEMENTS.items() if not getattr(campaign, key).strip()]


def findings_of(session: Session, *, campaign_id: str) -> list[Finding]:
    """What publishing a draft would meet: V-CMP-02, V-CMP-40, V-CMP-43, V-TPL-03, V-SCO-01 and V-BAL-20."""
    view = show(session, campaign_id=campaign_id)
    missing = missing_elements(session, campaign_id=campaign_id)
    named = view.name in at_work.namesakes(session, campaign_id=campaign_id)
    listed = [found("V-CMP-43", view.name, name=view.name, period=view.period)] if named else []
    listed += [found("V-CMP-02", view.name, missing="、".join(missing))] if missing else []
    listed += [*form_data.findings(view.forms), *campaign_rules.weights(view.rule, view.voter_categories)]
    return [*listed, found("V-BAL-20", view.name)] if view.mode == CampaignMode.DRILL else listed


def long_rosters(session: Session, *, campaign_id: str) -> list[Finding]:
    """What a draft's rosters will take of paper: told before publishing, and asks nothing (``campaign_forms``)."""
    view = show(session, campaign_id=campaign_id)
    return campaign_forms.long_rosters(
        session, used=view.forms, units=org.tree(session, under=view.root_code)
    )


def set_recovery(session: Session, *, campaign_id: str, recipient: str) -> None:
    """The public half of the printed recovery code: every package of the campaign can be opened with it as well."""
    campaign = _draft(session, campaign_id)
    campaign.recovery_recipient = recipient
    session.add(campaign)
    session.flush()


def lock(session: Session, *, campaign_id: str, by: str, reason: str = "") -> str:
    """Lock forms, rule and organisations as the definition; returns its SHA-256. Use ``sessions.publish``."""
    campaign = _draft(session, campaign_id)
    text = campaign_forms.canonical(_definition(session, campaign))
    campaign.definition = text
    campaign.definition_sha256 = hashlib.sha256(text.encode()).hexdigest()
    campaign.status = CampaignStatus.PUBLISHED
    session.add(campaign)
    session.flush()
    detail: dict[str, object] = {"sha256": campaign.definition_sha256}
    listed = findings_of(session, campaign_id=campaign_id)
    findings.weigh(
        session, listed, reason=reason, by=by, act="发布活动", subject=campaign.name, detail=detail
    )
    return campaign.definition_sha256


def take_over(session: Session, *, definition: str, by: str) -> str:
    """Store a campaign published by an office above; returns its id. Use ``sessions.adopt``."""
    document = json.loads(definition)
    categories = [(one["code"], one["name"]) for one in document["voter_categories"]]
    campaign = Campaign(
        id=document["campaign"],
        root_code=document["root"],
        rule=campaign_forms.canonical(rules.written(campaign_rules.published(document, categories))),
        status=CampaignStatus.PUBLISHED,
        definition=definition,
        definition_sha256=hashlib.sha256(definition.encode()).hexdigest(),
        recovery_recipient=document.get("recovery"),
        manual_check=document.get("manual_check", False),
        grading=gradings.taken(document),
        **{key: document[key] for key in (*_PLAIN, *ELEMENTS)},
    )
    session.add(campaign)
    session.flush()
    campaign_forms.keep(session, campaign_id=campaign.id, documents=document["forms"])
    _set_categories(session, campaign_id=campaign.id, categories=categories)
    digest = {"sha256": campaign.definition_sha256}
    journal.record(session, act="接受任务", subject=campaign.name, by=by, detail=digest)
    return campaign.id


def show(session: Session, *, campaign_id: str) -> CampaignView:
    """One campaign for reading: of a published one its definition is read, of a draft its tables."""
    return view_of(session, session.get_one(Campaign, campaign_id))


def view_of(session: Session, row: Campaign) -> CampaignView:
    """The same of a row that was read already; of a published one nothing more is read."""
    if row.definition is None:
        plan, forms, categories = PLAN, campaign_forms.read(session, campaign=row), _categories(session, row)
    else:
        document = definitions.read(row.definition)
        plan, forms = document.get("plan", 1), definitions.forms_of(row.definition, row.activity)
        categories = tuple((one["code"], one["name"]) for one in document["voter_categories"])
    return CampaignView(
        id=row.id,
        root_code=row.root_code,
        status=row.status,
        rule=rules.of_text(row.rule),
        forms=forms,
        voter_categories=categories,
        elements={key: getattr(row, key) for key in ELEMENTS},
        definition_sha256=row.definition_sha256,
        manual_check=row.manual_check,
        grading=gradings.read(row),
        plan=plan,
        **{key: getattr(row, key) for key in _PLAIN},
    )


def file_period(session: Session, *, campaign_id: str) -> str:
    """What names of files that travel say of the campaign: its period, and what tells it from another one of that."""
    beside = at_work.beside_period(session, campaign_id=campaign_id)
    return show(session, campaign_id=campaign_id).file_period + beside


def all_campaigns(session: Session) -> list[CampaignView]:
    """Every campaign of the file, newest period first."""
    return [show(session, campaign_id=one.id) for one in at_work.newest_first(session)]


def current(session: Session) -> CampaignView:
    """The campaign at work (``at_work``); a sentence when the file has none yet."""
    return show(session, campaign_id=at_work_id(session))


def at_work_id(session: Session, *, chosen: str = "", rows: Sequence[Campaign] | None = None) -> str:
    """Its id; that of the ``chosen`` one, if any (""); ``rows`` are the campaigns, newest first, where they were read already."""
    if chosen:
        return chosen
    known = at_work.newest_first(session) if rows is None else at_work.of(rows)
    if not known:
        raise broken("V-CMP-28")
    return at_work.chosen(known)


def in_preparation(session: Session) -> CampaignView:
    """The newest draft; without one, the campaign at work."""
    drafts = [one.id for one in at_work.newest_first(session) if not one.published]
    return show(session, campaign_id=drafts[0]) if drafts else current(session)


_PLAIN = (
    *("name", "activity", "period_type", "period_year", "period_no"),
    *("start_date", "end_date", "office_name", "mode"),
)


def _definition(session: Session, campaign: Campaign) -> dict[str, Any]:
    view = show(session, campaign_id=campaign.id)
    used = {item.scale.code for form in view.forms for item in form.items}
    orgs = org.tree(session, under=campaign.root_code)
    return {
        "campaign": campaign.id,
        "plan": PLAN,
        "root": campaign.root_code,
        **{key: getattr(campaign, key) for key in (*_PLAIN, *ELEMENTS)},
        "rule": rules.written(view.rule),
        "forms": [dict(form.document) for form in view.forms],
        "scales": [
            {"code": scale.code, "name": scale.name, "options": [vars(option) for option in scale.options]}
            for code, scale in sorted(form_data.scales().items())
            if code in used
        ],
        "voter_categories": [{"code": code, "name": name} for code, name in view.voter_categories],
        "orgs": [
            {
                "code": o.code,
                "parent": o.parent_code if o.code != campaign.root_code else None,
                "type": o.org_type,
                "full_name": o.full_name,
                "short_name": o.short_name,
                "in_scope": o.in_scope,
            }
            for o in orgs
            if o.status == OrgStatus.ACTIVE
        ],
        **({"recovery": campaign.recovery_recipient} if campaign.recovery_recipient else {}),
        **({"manual_check": True} if campaign.manual_check else {}),
        **gradings.published(campaign),
    }


def _categories(session: Session, row: Campaign) -> tuple[tuple[str, str], ...]:
    listed = select(VoterCategory).where(VoterCategory.campaign_id == row.id)
    return tuple((one.code, one.name) for one in session.exec(listed.order_by(col(VoterCategory.sort_no))))


def _set_categories(session: Session, *, campaign_id: str, categories: Sequence[tuple[str, str]]) -> None:
    session.execute(delete(VoterCategory).where(col(VoterCategory.campaign_id) == campaign_id))
    rows = [
        {"id": new_id(), "campaign_id": campaign_id, "code": code, "name": label, "sort_no": number}
        for number, (code, label) in enumerate(categories)
    ]
    session.execute(insert(VoterCategory), rows)


def _draft(session: Session, campaign_id: str, *, forms: bool = False) -> Campaign:
    """A campaign that may still be changed; one of an office above is that office's (V-CMP-42, of its ``forms`` V-TPL-04)."""
    campaign = session.get_one(Campaign, campaign_id)
    if campaign.root_code != org.own_unit(session).code:
        raise broken("V-TPL-04" if forms else "V-CMP-42", name=campaign.name, office=campaign.office_name)
    if campaign.status != CampaignStatus.DRAFT:
        raise broken("V-CMP-03")
    return campaign
