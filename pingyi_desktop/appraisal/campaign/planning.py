"""Which sessions a campaign plans, by which forms: told by the campaign and its tree alone. Asks nothing of the file."""

from __future__ import annotations

from collections.abc import Sequence

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType


def wanted(view: CampaignView, tree: Sequence[Org], own: str) -> list[tuple[int, Org]]:
    """The sessions, by layer and organisation, that a campaign plans in the file of this unit."""
    unit, *_ = under = campaign_tree.below(tree, own)
    active = [o for o in under if o.in_scope and o.status == OrgStatus.ACTIVE]
    offices = {o.code for o in [unit, *active] if o.org_type == OrgType.COMPANY_COMMITTEE}
    second = [(2, o) for o in active if _meets_at_layer_two(o, view)]
    return second + [(1, o) for o in active if o.parent_code in offices and _is_appraised_above(o, view)]


def _meets_at_layer_two(o: Org, view: CampaignView) -> bool:
    if o.org_type == OrgType.COMPANY_COMMITTEE:
        return view.plan > 1 and o.code != view.root_code
    return o.org_type in (OrgType.GRASSROOTS_COMMITTEE, OrgType.GENERAL_BRANCH, OrgType.BRANCH)


def _is_appraised_above(o: Org, view: CampaignView) -> bool:
    """Whether the company above appraises it: it is a committee, and there is a form for it."""
    if view.plan == 1:
        return o.org_type == OrgType.GRASSROOTS_COMMITTEE and o.parent_code == view.root_code
    return bool(forms_at(view, 1, o))


def forms_at(view: CampaignView, layer: int, o: Org) -> list[Form]:
    """The forms that an organisation gets ballots of at a layer."""
    return [form for form in view.forms if form.planned_at(layer, o.org_type)]
