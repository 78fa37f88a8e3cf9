"""The second half of a work summary: what was found, what the masses said, what was done about it, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from pingyi_desktop.appraisal.campaign import weighing
from pingyi_desktop.appraisal.campaign.results import FormResult, ItemResult
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.ledger import Row as LedgerRow
from pingyi_desktop.appraisal.ledgers.rows import Added
from pingyi_desktop.appraisal.ledgers.rows import Figures as LedgerFigures
from pingyi_desktop.appraisal.paper import grades, tallies
from pingyi_desktop.appraisal.paper.forms import side_of
from pingyi_desktop.reports.blocks import in_words
from pingyi_desktop.reports.documents.draft import NUMBERS, Writing, said_most
from pingyi_desktop.standing import earlier
from pingyi_desktop.storage.schema_ledgers import CommitmentStatus
from pingyi_desktop.storage.schemas.feedback import PublicationKind, PublicationState
from pingyi_desktop.storage.schemas.meetings import MeetingKind
from pingyi_desktop.storage.schemas.rectify import RectifyState
from pingyi_desktop.visible import with_percent

OVERALL = "OVERALL"
SIDES = {"ORG": ("对党组织", "R03"), "MEMBER": ("对党员", "R04")}


def rated(writing: Writing) -> None:
    draft = writing.draft
    draft.section("评议结果")
    given = [one for one in writing.results if not grades.graded(one.form)]
    sides = [side for side in SIDES if any(side_of(one.form) == side for one in given)]
    for number, side in enumerate(sides):
        title, source = SIDES[side]
        said = (_of_form(writing, one, source) for one in given if side_of(one.form) == side)
        draft.say(f"（{NUMBERS[number]}）" if len(sides) > 1 else "", f"{title}。", *said)
    if len(given) < len(writing.results):
        draft.say("民主评议党员的等次由各支部研究决定，各等次人数见《民主评议党员等次统计表》。")
    draft.say(f"满意率的口径：{writing.asked.picture.view.rule.in_words()}" if given else "")
    if not writing.results:
        draft.ask("还没有已封存的票")


def kept(writing: Writing) -> None:
    """What was promised and done, in the section of the results."""
    writing.draft.say(_promises(writing), _deeds(writing))


def _of_form(writing: Writing, result: FormResult, source: str) -> str:
    """Rates of one form by item, how they moved since the period before, and what they are of."""
    draft, place = writing.draft, f"{source} {writing.sum_name}"
    valid = draft.figure(f"{result.form.title}有效票（张）", result.figures.valid, place)
    if result.hidden:
        return f"《{result.form.title}》有效票{valid}张，票数过少或者会推算出别的单位的票，不列满意率。"
    rates = [
        f"{_asked(one)}满意率{draft.figure(f'{_named(one)}满意率', with_percent(one.shown), place)}"
        for one in result.items
    ]
    said = f"《{result.form.title}》有效票{valid}张，{'，'.join(rates)}。"
    found = weighing.weighed(writing.asked.counted, result.form) if writing.layer is None else None
    if found is not None and not found.why_not and writing.subject.code == writing.asked.picture.own:
        pairs = zip(result.items, found.rates, strict=True)
        listed = (
            f"{_asked(one)}加权满意率{draft.figure(f'{_named(one)}加权满意率', with_percent(rate), f'{source} 加权满意率')}"
            for one, rate in pairs
        )
        said += f"按规定的权重计算，{'，'.join(listed)}。"
    return said + _moved(writing, result)


def _named(one: ItemResult) -> str:
    """An item where the figure comes from: as in the sentence, though the overall one of each form in its own words."""
    return one.item.text if one.item.own else one.item.text.partition("：")[0]


def _asked(one: ItemResult) -> str:
    """An item in a sentence: the head of a long one, and what an own question asks."""
    head, _, rest = one.item.text.partition("：")
    if one.item.own and rest:
        return f"{head}“{rest.rstrip('？?。')}”"
    return "总体评价" if one.item.kind == OVERALL else head


def _moved(writing: Writing, result: FormResult) -> str:
    """How the rates moved since the period before, in percentage points."""
    before = earlier.items(
        writing.before, now=writing.asked.counted, layer=writing.layer, under=writing.subject.code
    )
    moved = []
    for one in result.items:
        then = before.get((result.form.code, one.item.no))
        points = tallies.NOTHING if then is None else earlier.points(then, one)
        if points != tallies.NOTHING:
            written = writing.draft.figure(f"{_named(one)}比上期（百分点）", points, "结果页“比上期”")
            moved.append(f"{_asked(one)}{_direction(written)}")
    return f"与上期相比，{'，'.join(moved)}。" if moved else ""


def _direction(points: str) -> str:
    """A difference with its sign, in words."""
    if not points.strip("+-0."):
        return "持平"
    return f"{'上升' if points.startswith('+') else '下降'}{points[1:]}个百分点"


def _sum(figures: LedgerFigures, title: str) -> Added:
    return next(one for one in figures.added if one.total.title == title)


def _many(parts: Iterable[tuple[str, str, int]], code: str) -> int:
    """How many are of this choice."""
    return sum(many for one, _, many in parts if one == code)


def _parts(writing: Writing, parts: Iterable[tuple[str, str, int]], unit: str, what: str, source: str) -> str:
    """How many of each choice, in the words of the ledger: 思想认识31条、工作作风41条."""
    return "、".join(
        f"{word}{writing.draft.figure(f'{what}：{word}（{unit}）', many, source)}{unit}"
        for _, word, many in parts
        if many
    )


def _promises(writing: Writing) -> str:
    """Promises made and kept, posts."""
    draft, promises, posts = writing.draft, writing.promises, writing.added("post")
    said = ""
    if promises.rows:
        parts, (_, _, rate) = _sum(promises, "进展").parts, promises.shares[0]
        done = _many(parts, CommitmentStatus.FULFILLED)
        said = (
            f"活动以来，党组织和党员公开承诺{draft.figure('公开承诺事项（项）', promises.rows, 'R18 合计')}项，"
            f"已兑现{draft.figure('已兑现承诺（项）', done, 'R18 合计')}项，"
            f"兑现率{draft.figure('承诺兑现率', with_percent(rate), 'R18 合计')}"
        )
        rest = [one for one in parts if one[0] != CommitmentStatus.FULFILLED]
        others = _parts(writing, rest, "项", "承诺", "R18B 附注")
        said += f"，其余{others}。" if others else "。"
    listed = _parts(writing, _sum(posts, "数量").parts, "个", "岗区", "R19 附注") if posts.rows else ""
    return said + (f"建立党员{listed}。" if listed else "")


def _deeds(writing: Writing) -> str:
    """Deeds, and the money of those whose amount is exact; people, households and times are never added up."""
    deeds = writing.added("deed")
    if not deeds.rows:
        return ""
    draft, money = writing.draft, _sum(deeds, "投入金额")
    many = draft.figure("办实事、做好事、解难事（件）", deeds.rows, "R20 附注")
    kinds = _parts(writing, _sum(deeds, "件数").parts, "件", "实事", "R20 附注")
    spent = (
        f"，投入{draft.figure('投入金额（万元）', money.whole, 'R20 附注，只计确数')}万元"
        if money.whole and money.whole != "0"
        else ""
    )
    return f"为群众办实事、做好事、解难事{many}件（{kinds}）{spent}。"


def heard(writing: Writing) -> None:
    """Opinions, what they came to, and how far rectification is."""
    draft = writing.draft
    draft.section("意见建议和整改情况")
    asked, opinions, items = (writing.added(key) for key in ("solicitation", "opinion", "rectification"))
    draft.say(_solicited(writing, asked), opinion_sums(writing, opinions))
    draft.say(mended(writing, items), _answered(writing))
    if not (opinions.rows or items.rows):
        draft.ask("征求到多少条意见，主要是哪些方面，怎样整改")


def _solicited(writing: Writing, asked: LedgerFigures) -> str:
    issued, back = _sum(asked, "发出").whole, _sum(asked, "收回").whole
    if not asked.rows or issued in (None, "0"):
        return ""
    draft = writing.draft
    return (
        f"发出征求意见表{draft.figure('征求意见表发出（份）', issued, 'R08A 附注')}份，"
        f"收回{draft.figure('征求意见表收回（份）', back, 'R08A 附注')}份。"
    )


def opinion_sums(writing: Writing, opinions: LedgerFigures) -> str:
    """How many opinions there are, what they came to and what they are about."""
    if not opinions.rows:
        return ""
    draft = writing.draft
    found = opinion_groups.problems(
        writing.asked.session, campaign_id=writing.asked.campaign_id, under=writing.subject.code
    )
    many = draft.figure("意见建议（条）", opinions.rows, "R08 附注")
    merged = draft.figure("归并为问题（个）", len(found), "R08 附注")
    kinds = _parts(writing, _sum(opinions, "意见").parts, "条", "意见", "R08B 附注")
    nature = _parts(writing, _sum(opinions, "性质").parts, "条", "意见", "R08B 附注")
    return f"共征集意见建议{many}条，归并为{merged}个问题，其中{kinds}；{nature}。"


def mended(writing: Writing, items: LedgerFigures) -> str:
    """How many items of rectification there are, of which kinds, and how many are done."""
    if not items.rows:
        return ""
    draft, rate = writing.draft, items.shares[0][2]
    done = _many(_sum(items, "进展").parts, RectifyState.CLOSED)
    many = draft.figure("列入整改（项）", items.rows, "R10 合计")
    kinds = _parts(writing, _sum(items, "事项").parts, "项", "整改", "R10 合计")
    closed = draft.figure("已办结销号（项）", done, "R10 合计")
    share = draft.figure("办结率", with_percent(rate), "R10 合计")
    return f"列入整改{many}项，其中{kinds}；已办结销号{closed}项，办结率{share}。"


def _answered(writing: Writing) -> str:
    many = writing.added("reply").rows
    return f"答复个性意见{writing.draft.figure('意见答复（条）', many, 'R09B 附注')}条。" if many else ""


def made_known(writing: Writing) -> None:
    """How results were fed back; what was put on the board and what follows from them only people know."""
    draft = writing.draft
    draft.section("通报反馈和结果运用")
    fed_back = writing.meetings(MeetingKind.FEEDBACK)
    draft.say(f"召开反馈会{draft.figure('反馈会（次）', fed_back, 'R17B 已开的')}次。" if fed_back else "")
    told = [_hung(one) for one in writing.listing("publication") if one.org == writing.subject.code]
    draft.say(*told)
    hung = "" if any(told) else "在哪里公示、起止哪天，"
    draft.ask(f"向哪些单位和党员反馈，{hung}结果怎样运用")


def _hung(row: LedgerRow) -> str:
    """Where and from when to when something hung that has its days; "" for a draft."""
    texts, kind = row.texts, row.values["kind"]
    if row.values["status"] == PublicationState.DRAFT or kind == PublicationKind.CIRCULAR:
        return ""
    if not (texts["start_on"] and texts["end_on"]):
        return ""
    where = f"在{texts['place']}" if texts["place"] else ""
    until = f"{in_words(texts['start_on'])}至{in_words(texts['end_on'])}"
    return f"{until}{where}公示了{texts['title'].strip('《》')}。"


def ahead(writing: Writing) -> None:
    """What the figures say is wanting; what will be done about it people have to write."""
    draft = writing.draft
    draft.section("存在的不足和下一步打算")
    late = writing.added("rectification", segment="late").rows
    broken = _many(_sum(writing.promises, "进展").parts, CommitmentStatus.NOT_FULFILLED)
    wanting = [
        *_lowest(writing),
        f"有{draft.figure('公开承诺没有兑现（项）', broken, 'R18 合计')}项公开承诺没有兑现" if broken else "",
        f"有{draft.figure('整改事项超过时限没有办结（项）', late, 'R10 合计')}项整改事项超过时限没有办结"
        if late
        else "",
    ]
    told = [one for one in wanting if one]
    draft.say("从这次评议看：" + "；".join(told) + "。" if told else "")
    problems = said_most(writing.inspections, "problems")
    draft.say(
        f"【供选用，检查指导记录里的问题（单位、姓名请删去）：{'；'.join(problems)}】" if problems else ""
    )
    draft.ask("不足的原因和下一步打算")


def _lowest(writing: Writing) -> list[str]:
    """The items with the lowest rate of each form, compared as fractions; nothing where all are alike or hidden."""
    found = []
    for result in writing.results:
        rated = [
            one for one in result.items if one.denominator and one.item.kind != OVERALL and not one.item.own
        ]
        rates = {one.item.no: Fraction(one.satisfied, one.denominator) for one in rated}
        lowest = min(rates.values(), default=None)
        worst = [one for one in rated if rates[one.item.no] == lowest]
        if len(worst) < len(rated):
            named = "、".join(f"“{one.item.text}”" for one in worst)
            share = with_percent(worst[0].shown)
            found.append(f"《{result.form.title}》里满意率最低的是{named}（{share}）")
    return found
