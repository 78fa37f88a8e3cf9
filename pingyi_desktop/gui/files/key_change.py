"""上级的密钥变了: a task whose keys nothing in this file vouches for is taken up only after a telephone call.

For each key the person types the 24 digits as the other side reads them out; what the task file says stands above the
field and must be the same.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.outbox.tasks import Claim, Task, UnconfirmedKeyError
from pingyi_desktop.exchange.wire.trust import digits
from pingyi_desktop.gui.files.code_entry import CodeEntry
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import allow, label
from pingyi_desktop.gui.parts.record_dialog import RecordDialog

TAKEN = "已接受上级的任务。有下级的到“收发”页下发任务，自己开会的到“录入”页录票。"
PURPOSE = (
    "任务文件里上级的签名密钥和本文件登记的不同，也没有原来的密钥为它签名。可能是上级换了电脑，也可能是冒名。"
    "请用原来知道的号码打电话，让对方念它的 24 位密钥指纹，听到几位就键入几位；全部一致才打开。"
)
DIFFERS = "和任务文件里的指纹不一致。请对方再念一遍；仍不一致的，任务文件是冒名的，不要打开，请报告上级。"


class _Key(QWidget):
    """One key: what was trusted, what the task says, and the field for what is heard."""

    def __init__(self, claim: Claim) -> None:
        super().__init__()
        wanted = digits(claim.fingerprint)
        self.entry = CodeEntry(
            f"“{claim.unit_name}”念的 24 位",
            length=len(wanted),
            check=lambda typed: "" if typed == wanted else DIFFERS,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(f"单位：{claim.unit_name}（{claim.unit_code}）", role="strong"))
        column.addWidget(label(f"原来登记的指纹：{claim.before or '没有登记过'}"))
        column.addWidget(label(f"任务文件里的指纹：{claim.fingerprint}"))
        column.addWidget(self.entry)
        self.setFocusProxy(self.entry)


def take_up(page: Page, task: Task) -> None:
    """Take a task into the page's data file; asks for the fingerprints when keys have changed."""

    def refused(error: UserError) -> None:
        if isinstance(error, UnconfirmedKeyError):
            _ask(page, task, error.claims)
        else:
            page.messages.fail(str(error))

    page.context.act(
        partial(tasks.take_task, task=task, by=page.context.operator()),
        act="接受任务",
        said=_what_was_done,
        otherwise=refused,
    )


def _ask(page: Page, task: Task, claims: tuple[Claim, ...]) -> None:
    dialog = RecordDialog(page, f"核对上级的密钥指纹：{task.parent_name}", PURPOSE, save="一致，打开")
    asked = [_Key(claim) for claim in claims]

    def save() -> None:
        for one in asked:
            if one.entry.complaint:
                one.entry.complain(one.entry.complaint)
                allow(dialog.save)
                return
        confirmed = [one.entry.digits for one in asked]
        page.context.act(
            partial(tasks.take_task, task=task, by=page.context.operator(), confirmed=confirmed),
            act="接受任务",
            said=_what_was_done,
            over=dialog,
        )

    dialog.saving = save
    dialog.ask(*([one] for one in asked))
    asked[0].setFocus()


def _what_was_done(found: list[Claim]) -> str:
    """What was done, and every key that has changed with it."""
    return TAKEN + "".join(one.sentence for one in found)
