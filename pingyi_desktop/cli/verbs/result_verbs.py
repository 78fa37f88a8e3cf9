"""tally, coverage, report: what the sealed counts say."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pingyi_desktop.appraisal.campaign import campaign_tree, results, weighing
from pingyi_desktop.appraisal.campaign.results import FormResult, ItemResult
from pingyi_desktop.appraisal.paper import grades, layers, tallies
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.cli.verbs.campaign_verbs import campaign_facts
from pingyi_desktop.errors import UserError
from pingyi_desktop.render.writers import WRITERS
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.reports.documents import proof
from pingyi_desktop.reports.documents.proof import Proof
from pingyi_desktop.sheets import written
from pingyi_desktop.standing import overview, soundness, sums
from pingyi_desktop.standing.overview import Coverage, Question


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "tally", TEXTS["tally"], tally)
    parser.add_argument("--org", metavar="CODE", help="只统计这个组织及其下级（默认全部）")
    parser.add_argument(
        "--layer", choices=sorted(layers.LAYERS), default="all", help="层面（默认两个层面合并）"
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    parser = edge.verb(parsers, "coverage", TEXTS["coverage"], coverage)
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    parser = edge.verb(parsers, "report", TEXTS["report"], report)
    parser.add_argument(
        "name", metavar="NAME", help=f"表名：{'、'.join(one.number for one in catalog.CATALOG)}"
    )
    parser.add_argument(
        "--format", choices=sorted(WRITERS), help="文件格式（不写时看 --out 的后缀：.pdf、.xlsx 或 .docx）"
    )
    parser.add_argument(
        "--out", metavar="OUT", type=parsing.file_to_write, required=True, help="写到哪个文件（须不存在）"
    )
    parser.add_argument("--layer", choices=sorted(layers.LAYERS), default="all", help="层面（默认两个层面）")
    parser.add_argument("--org", metavar="CODE", help="只出这个组织及其下级（R05、R06：哪个组织）")
    parser.add_argument(
        "--reason", default="", metavar="原因", help="为什么打印党员个人的结果（R05），记入操作日志"
    )
    edge.takes_campaign(parser)
    edge.takes_by(parser)

    parser = edge.verb(parsers, "proofread", TEXTS["proofread"], proofread)
    parser.add_argument(
        "text", metavar="TEXT.docx", type=parsing.file_to_read, help="写好的总结（.docx 或 .txt）"
    )
    parser.add_argument("--org", metavar="CODE", help="总结写的是哪个组织及其下级（默认本单位）")
    parser.add_argument(
        "--out", metavar="OUT", type=parsing.file_to_write, help="检查单写到哪个文件（须不存在）"
    )
    edge.takes_campaign(parser)
    edge.takes_json(parser)


def tally(arguments: argparse.Namespace) -> None:
    """pingyi tally"""
    with edge.reading(arguments.file) as session:
        unsound = soundness.before_report(session)
        view = edge.campaign_of(session, arguments)
        top = campaign_tree.tree(session, campaign_id=view.id, under=arguments.org)[0]
        found = results.pooled(
            session, campaign_id=view.id, layer=layers.LAYERS[arguments.layer].number, under=arguments.org
        )
        seen = overview.coverage(session, campaign_id=view.id)
    for said in unsound:
        edge.warn(said)
    results.check_shown(found, narrowed=bool(arguments.org) or arguments.layer != "all")
    if arguments.json:
        about = {
            key: campaign_facts(view)[key] for key in ("id", "name", "period", "mode", "rule", "footnote")
        }
        edge.facts(
            {
                "campaign": about,
                "org": top.code,
                "org_name": top.short_name,
                "layer": arguments.layer,
                "reported": seen.reported,
                "expected": seen.expected,
                "set_aside": seen.aside,
                "forms": [form_facts(form) for form in found],
            }
        )
        return
    edge.say(f"{view.name} {top.short_name} {layers.LAYERS[arguments.layer].name}（{seen.sentence}）")
    for form in found:
        _show_form(form)
    edge.say(view.rule.footnote())
    for sentence in seen.aside:
        edge.say(sentence)


def form_facts(result: FormResult) -> dict[str, Any]:
    """One form's pooled result as JSON-ready facts; ``rate`` is the printed string, without a percent sign."""
    return {
        "form": result.form.code,
        "version": result.form.version,
        "title": result.form.title,
        "batches": result.batches,
        "figures": vars(result.figures),
        "hidden": result.hidden,
        "score": weighing.mean_points(result) if result.rule.scores else None,
        "items": [item_facts(item) for item in result.items],
    }


def item_facts(result: ItemResult) -> dict[str, Any]:
    """One item's pooled counts as JSON-ready facts; hidden ones (k-rule) are null."""
    hidden = result.hidden
    options = zip(result.item.scale.options, result.counts.options, strict=True)
    counts = {name: getattr(result.counts, name) for name in ("blank", "multi", "illegible")}
    counts |= {"denominator": result.denominator, "satisfied": result.satisfied}
    return {
        "item": result.item.no,
        "text": result.item.text,
        "short_text": result.item.short_text,
        "own": result.item.own,
        "options": [{"code": o.code, "label": o.label, "count": None if hidden else n} for o, n in options],
        **(dict.fromkeys(counts) if hidden else counts),
        "score": weighing.points(result) if result.rule.scores else None,
        "rate": result.rate.text,
        "shown": result.shown,
    }


def coverage(arguments: argparse.Namespace) -> None:
    """pingyi coverage"""
    with edge.reading(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        seen = overview.coverage(session, campaign_id=view.id)
    if arguments.json:
        edge.facts(coverage_facts(seen))
        return
    header = ("代码", "名称", "类别", "状态", "第几次", "校验码", "回执", "已封存", "应有票批")
    rows = [
        (
            u.org.code,
            u.org.short_name,
            TYPE_NAMES[u.org.org_type],
            u.standing,
            u.revision or "",
            u.check_number,
            u.receipt,
            u.sealed,
            u.planned,
        )
        for u in seen.units
    ]
    edge.show_table(header, rows)
    for sentence in (seen.sentence, *seen.aside, *seen.dropped):
        edge.say(sentence)


def coverage_facts(seen: Coverage) -> dict[str, Any]:
    """Coverage as JSON-ready facts."""
    return {
        "reported": seen.reported,
        "expected": seen.expected,
        "set_aside": seen.aside,
        "units": [
            {
                "code": u.org.code,
                "name": u.org.short_name,
                "type": u.org.org_type,
                "state": u.state,
                "standing": u.standing,
                "revision": u.revision,
                "check_number": u.check_number,
                "receipt": u.receipt,
                "quarantined": u.quarantined,
                "missing_files": u.missing_files,
                "dropped": u.dropped,
                "late": u.late,
                "by_proxy": u.by_proxy,
                "sealed": u.sealed,
                "planned": u.planned,
            }
            for u in seen.units
        ],
    }


def report(arguments: argparse.Namespace) -> None:
    """pingyi report"""
    render = WRITERS[_format(arguments.format, arguments.out)]
    edge.free(arguments.out)
    if catalog.entry(arguments.name).restricted:
        _restricted(arguments, render)
        return
    with edge.reading(arguments.file) as session:
        unsound = soundness.before_report(session)
        view = edge.campaign_of(session, arguments)
        built = catalog.build(
            session,
            name=arguments.name.upper(),
            campaign_id=view.id,
            layer=layers.LAYERS[arguments.layer].number,
            org_code=arguments.org,
        )
        told = sums.of_campaign(session, campaign_id=view.id)
    for said in unsound:
        edge.warn(said)
    render(built, arguments.out)
    edge.show_findings(told)
    edge.say(f"已写到 {arguments.out}。")


def proofread(arguments: argparse.Namespace) -> None:
    """pingyi proofread"""
    render = WRITERS[_format(None, arguments.out)] if arguments.out else None
    if arguments.out:
        edge.free(arguments.out)
    paragraphs, name = written.read_paragraphs(arguments.text), arguments.text.name
    with edge.reading(arguments.file) as session:
        unsound = soundness.before_report(session)
        asked = Question(session, edge.campaign_of(session, arguments).id)
        under = arguments.org or asked.picture.own
        checked = proof.proof(asked, paragraphs, name=name, under=under)
        sheet = proof.build(checked, asked, name=name, under=under)
    for said in unsound:
        edge.warn(said)
    if render is not None:
        render(sheet, arguments.out)
    if arguments.json:
        edge.facts(proof_facts(checked))
        return
    edge.show_findings(checked.findings)
    counts = "，".join(f"{verdict} {checked.many(verdict)} 个" for verdict in proof.VERDICTS)
    edge.say(f"正文里的数字 {len(checked.judged)} 个：{counts}。")


def proof_facts(checked: Proof) -> dict[str, Any]:
    """A proof as JSON-ready facts."""
    return {
        "numbers": [
            {
                "paragraph": one.paragraph,
                "words": one.words,
                "verdict": one.verdict,
                "figures": [figure._asdict() for figure in one.figures],
            }
            for one in checked.judged
        ],
        "unwritten": checked.unwritten,
        "findings": [{"code": one.code, "sentence": one.sentence} for one in checked.findings],
    }


def _format(asked: str | None, out: Path) -> str:
    """The format that was asked for, or the one that the file's name says."""
    said = asked or out.suffix.lower().removeprefix(".")
    if said not in WRITERS:
        raise UserError(
            f"看不出“{out.name}”要哪种格式：文件名请以 .pdf、.xlsx 或 .docx 结尾，或另写 --format pdf（或 xlsx、docx）。"
        )
    return said


def _restricted(arguments: argparse.Namespace, render: Callable[[Report, Path], None]) -> None:
    """A report of single persons: the reason is journaled and the file written in one act, or neither."""
    with edge.acting(arguments.file) as session:
        unsound = soundness.before_report(session)
        view = edge.campaign_of(session, arguments)
        built = catalog.restricted(
            session,
            name=arguments.name,
            campaign_id=view.id,
            org_code=arguments.org,
            layer=layers.LAYERS[arguments.layer].number,
            reason=arguments.reason,
            by=arguments.by,
        )
        render(built, arguments.out)
    for said in unsound:
        edge.warn(said)
    edge.say(f"已写到 {arguments.out}。内部资料，不得外传；打印的原因已记入操作日志。")


def _show_form(result: FormResult) -> None:
    f = result.figures
    edge.say(f"\n{result.form.title}({result.form.code})")
    edge.say(
        f"发出 {f.issued}，收回 {f.returned}，有效 {f.valid}，空白 {f.blank}，废票 {f.void}；票批 {result.batches} 个"
    )
    labels = [option.label for option in result.items[0].item.scale.options]
    uniform = all([o.label for o in i.item.scale.options] == labels for i in result.items)
    rated = not grades.graded(result.form)
    header = ["项", "内容", *(labels if uniform else ["各档票数"]), "未填", "多选", "无法辨认"]
    header += ["满意票", "分母", "满意率%"] if rated else []
    rows = []
    for i in result.items:
        marks = i.counts.options if uniform else [" / ".join(map(str, i.counts.options))]
        pseudo = (i.counts.blank, i.counts.multi, i.counts.illegible)
        counts = (*marks, *pseudo, *((i.satisfied, i.denominator) if rated else ()))
        told = [tallies.NOTHING] * len(counts) if result.hidden else counts
        rows.append((i.item.no, i.item.short_text, *told, *([i.shown] if rated else [])))
    edge.show_table(header, rows)
