"""What the page 印表 reads and writes, off the window's thread: sessions to offer, files for those that are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.gui.scope import scopes
from pingyi_desktop.gui.work import Progress
from pingyi_desktop.render.pack import Made, render_pack, write_packs
from pingyi_desktop.reports.paper import pack, plan
from pingyi_desktop.reports.paper.plan import Meeting, Wish


@dataclass(frozen=True)
class Offer:
    """What can be chosen: parts of the tree, categories of voters, sessions."""

    scopes: list[tuple[str, str]]
    categories: tuple[tuple[str, str], ...]
    meetings: list[Meeting]


def offer(session: Session, chosen: str, under: str | None, wish: Wish) -> Offer:
    """The chosen campaign's sessions of a part of the tree, of all of it when that part is not in it."""
    view = campaigns.show(session, campaign_id=campaigns.at_work_id(session, chosen=chosen))
    listed = scopes(session, chosen=chosen)
    known = under if under in {code for code, _ in listed} else None
    found = plan.meetings(session, campaign_id=view.id, under=known, wish=wish)
    return Offer(listed, view.voter_categories, found)


def drawn(session: Session, one: Meeting) -> tuple[Made, str]:
    """The paper of a session, each sheet once, and what is to be said of it."""
    noted = [finding.sentence for finding in plan.notes(session, [one])]
    made = render_pack(pack.build(session, one), copies=False)
    return made, "".join([*noted, *([pack.said_of_missing(one, made.missing)] if made.missing else [])])


def whole(session: Session, one: Meeting, by: str) -> Made:
    """The paper of a session as it goes to the printer; the rows of its rosters are fixed from now on."""
    plan.fix_rosters(session, [one], by=by)
    return render_pack(pack.build(session, one))


def renew(session: Session, one: Meeting, by: str) -> None:
    """Let the rosters of a session be printed as they are today."""
    plan.fix_rosters(session, [one], by=by, anew=True)


def write(
    session: Session,
    chosen: Sequence[Meeting],
    left: Sequence[Meeting],
    out: Path,
    by: str,
    progress: Progress,
) -> list[Made]:
    """A PDF for each chosen session and the list of them; cancelled or failed, none is left."""
    plan.fix_rosters(session, chosen, by=by)
    return write_packs(
        (pack.build(session, one) for one in chosen),
        out,
        names=[one.file_name for one in chosen],
        manifest=lambda made: pack.manifest(pack.paired(chosen, made), left, day=date.today().isoformat()),
        manifest_name=pack.MANIFEST,
        step=lambda done: progress(done, len(chosen), f"正在排第 {done} 场，共 {len(chosen)} 场"),
    )


def saved_words(chosen: Sequence[Meeting], made: Sequence[Made], out: Path) -> tuple[str, str]:
    """What was written, and of the first sessions the characters that no font has ("" when every character is printed)."""
    sheets, pages = sum(one.sheets for one in chosen), sum(one.pages for one in made)
    rare = [
        pack.said_of_missing(one, done.missing)
        for one, done in zip(chosen, made, strict=True)
        if done.missing
    ]
    said = f"已存到 {out}：{len(chosen)} 个场次，评议表 {sheets} 张，共 {pages} 页，另有{pack.MANIFEST}。"
    return said, "".join(rare[: plan.NAMED])
