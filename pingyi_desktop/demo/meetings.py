"""The meetings of the fictional company: what every unit writes of its meeting and its members, and the company of its own.

People and days are those of the resources; figures of sessions are counted from these rows and typed nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions, schedule
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.demo.company import Company, DemoMember, DemoSession
from pingyi_desktop.demo.spreading import Rows

TODAY = "2025-12-01"
START = "2025-11-03"
"""the first half-day of layer 1"""
AGENDA = (
    "报告应到实到；党组织负责人报告；党员逐一汇报；互评；讲解填表办法；无记名填表；清点收回；监票计票；散会"
)
RESULT = "评议表收齐封存，意见当场整理，结果按票逐级汇总。"


def meetings(whole: Company) -> Rows:
    """The meeting of layer 2 of every unit."""
    return {s.org: [_meeting(number, s)] for number, s in enumerate(_layer_two(whole))}


def presentations(whole: Company) -> Rows:
    """One row of every member, by branch."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for one in whole.members:
        found.setdefault(one.branch, []).append(_presented(one))
    return found


def reviews(whole: Company) -> Rows:
    """What every branch says of itself, and its first member of himself; it stays in the branch."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for one in whole.members:
        if one.branch not in found:
            found[one.branch] = [_review("ORG", ""), _review("SELF", one.no)]
    return found


def comments(whole: Company) -> Rows:
    """What the secretary of every branch says of its first member, and the branch's committee of another; it stays in the branch."""
    people: dict[str, list[str]] = {}
    for one in whole.members:
        people.setdefault(one.branch, []).append(one.no)
    return {
        branch: [_comment("CADRE", first), _comment("MEMBER", last)]
        for branch, (first, *_, last) in (
            (branch, listed) for branch, listed in people.items() if len(listed) > 1
        )
    }


def _comment(kind: str, member: str) -> Mapping[str, str]:
    return {
        "kind": kind,
        "member": member,
        "commenter": "演示书记",
        "post": "党支部书记",
        "said_on": "2025-11-10",
        "way": "MEETING",
        "strengths": "承诺事项按期兑现，带头完成生产任务",
        "problems": "联系群众还不够经常",
        "suggestions": "每月走访联系户，听取意见",
        "signed_on": "2025-11-10",
    }


def basis(top: str) -> Rows:
    """What the company's campaign rests on."""
    told = (
        ("关于在基层党组织和党员中深入开展创先争优活动的意见", "上级办〔2025〕7号", "上级党委", "2025-03-10", "SUPERIOR"),
        ("青峦煤业公司创先争优活动群众评议实施方案", "青峦党发〔2025〕21号", "公司党委", "2025-08-25", "OWN"),
        ("转发上级关于做好群众评议工作的通知", "青峦党办〔2025〕9号", "公司党委办公室", "2025-08-28", "FORWARD"),
    )  # fmt: skip
    keys = ("title", "doc_no", "issuer", "issued_on", "kind")
    return {top: [dict(zip(keys, one, strict=True)) for one in told]}


def duties(whole: Company, top: str) -> Rows:
    """The leading group and the review groups, each with its head and whom to call."""
    leading = [
        ("HEAD", "演示甲", "党委书记"),
        ("DEPUTY", "演示乙", "党委副书记"),
        ("MEMBER", "演示丙", "组织部部长"),
    ]
    told = [_duty("LEADING", "", *one) for one in leading]
    for name, _ in whole.review_groups():
        told += [
            _duty("REVIEW", name, "HEAD", f"演示{name[1]}组长", "公司党委委员"),
            _duty("REVIEW", name, "CONTACT", f"演示{name[1]}联系", "组织部干事"),
        ]
    return {top: told}


def inspections(whole: Company, top: str) -> Rows:
    """The company looked at every committee once before the meetings."""
    committees = [s.org for s in whole.sessions if s.layer == 1]
    return {
        top: [
            {
                "subject": code,
                "inspected_on": "2025-10-20",
                "inspectors": "公司活动办公室",
                "stage": "OPINION",
                "good": "部署及时，征求意见面广",
                "status": "NONE",
            }
            for code in committees
        ]
    }


def layer_one(session: Session, *, campaign_id: str, shown: Company, by: str) -> None:
    """Plan the meetings of layer 1 by review group, hold them, register their sessions: as the company's office does."""
    schedule.plan(session, campaign_id=campaign_id, start=START, by=by, today=TODAY)
    people = {s.org: s for s in shown.sessions if s.layer == 1}
    for one in schedule.placed(session, campaign_id=campaign_id):
        if one.row is not None and one.meeting.org_code in people:
            s = people[one.meeting.org_code]
            _change(session, campaign_id, one.row.id, by, expected=s.expected, actual=s.actual, status="HELD")


def tell(session: Session, *, campaign_id: str, org: str, actual: int, by: str) -> None:
    """Write how many came into the unit's meeting."""
    asked = Asked(campaign_id, TODAY, under=org)
    row = next(r for r in rows.listing(session, catalog.ledger("meeting"), asked) if r.org == org)
    _change(session, campaign_id, row.id, by, actual=actual)


def register(session: Session, *, campaign_id: str, orgs: set[str], layer: int, by: str, reason: str) -> None:
    """Register the sessions of these units from their meetings."""
    asked = Asked(campaign_id, TODAY)
    for row in rows.listing(session, catalog.ledger("meeting"), asked):
        place = str(row.values["subject"] or row.org)
        if place in orgs and row.values["layer"] == ("ONE" if layer == 1 else "TWO"):
            of_sessions.register(session, campaign_id=campaign_id, name=row.name, by=by, reason=reason)


def agreeing(session: Session, *, campaign_id: str, shown: Company) -> Iterator[tuple[str, bool]]:
    """What the ledgers of people say at the top beside the resources: meetings and people by layer, nobody left out."""
    ledger, asked = catalog.ledger("meeting"), Asked(campaign_id, TODAY)
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows.listing(session, ledger, asked):
        layer = str(row.values["layer"])
        counted.update({(layer, "meetings"): 1})
        counted.update({(layer, key): int(row.values[key] or 0) for key in ("expected", "actual")})
    wanted: Counter[tuple[str, str]] = Counter()
    for s in shown.sessions:
        layer = "ONE" if s.layer == 1 else "TWO"
        wanted.update({(layer, "meetings"): 1, (layer, "expected"): s.expected, (layer, "actual"): s.actual})
    said = "；".join(
        f"{word} {counted[key, 'meetings']} 次，应到 {counted[key, 'expected']} 人，实到 {counted[key, 'actual']} 人"
        for key, word in (("ONE", "层面一"), ("TWO", "层面二"))
    )
    yield f"会议：{said}", counted == wanted
    yield _people(session, campaign_id, shown)


def _people(session: Session, campaign_id: str, shown: Company) -> tuple[str, bool]:
    counted = of_sessions.presented(session, campaign_id=campaign_id).values()
    introduced, oral, above = (sum(one[place] for one in counted) for place in (1, 2, 3))
    left = list(of_sessions.judged(session, campaign_id=campaign_id))
    of_layer = {n: [s for s in shown.sessions if s.layer == n] for n in (1, 2)}
    wanted = (
        sum(s.introduced or 0 for s in of_layer[2]),
        sum(s.reports or 0 for s in of_layer[2]),
        sum(s.reports or 0 for s in of_layer[1]),
    )
    said = f"逐人登记：自我介绍 {introduced} 名，口头汇报 {oral} 名，层面一汇报 {above} 名，漏登或对不上的 {len(left)} 处"
    return said, (introduced, oral, above) == wanted and not left


def _change(session: Session, campaign_id: str, row: str, by: str, **typed: object) -> None:
    texts = {key: str(value) for key, value in typed.items()}
    ledger = catalog.ledger("meeting")
    edits.change(session, ledger, campaign_id=campaign_id, ids=[row], typed=texts, today=TODAY, by=by)


def _layer_two(whole: Company) -> list[DemoSession]:
    return [s for s in whole.sessions if s.layer == 2]


def _meeting(number: int, s: DemoSession) -> Mapping[str, str]:
    return {
        "kind": "APPRAISAL" if s.actual else "FORUM",
        "layer": "TWO",
        "status": "HELD",
        "held_on": s.held_on,
        "half": ("AM", "PM")[number % 2],
        "place": "会议室",
        "host": "书记",
        "recorder": "组织委员",
        "expected": str(s.expected),
        "actual": str(s.actual),
        "agenda": AGENDA,
        "result": RESULT,
    }


def _presented(one: DemoMember) -> Mapping[str, str]:
    """Who did not come handed his words in on paper; who is away spoke by video."""
    mode = "ORAL" if not one.absent else "VIDEO" if one.absent in ("AWAY", "TRAVEL") else "WRITTEN"
    return {
        "member": one.no,
        "mode": mode,
        "attendance": one.absent or "PRESENT",
        "layer_one": "YES" if one.above else "NO",
    }


def _review(kind: str, member: str) -> Mapping[str, str]:
    return {
        "kind": kind,
        "member": member,
        "done_on": "2025-09-28",
        "achievements": "承诺事项按月检查，办实事逐件登记",
        "problems": "走访班组少，听意见不够主动",
        "measures": "每月到班组听一次意见，当月答复",
    }


def _duty(body: str, team: str, role: str, name: str, post: str) -> Mapping[str, str]:
    keys = ("body", "team", "role", "name", "post", "since")
    return dict(zip(keys, (body, team, role, name, post, "2025-08-20"), strict=True))
