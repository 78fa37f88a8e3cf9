"""What is done to a batch with a form over the window: a reason or names are asked for, then the act is done."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, corrections, second, signing
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.second import Choice
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.counting.calling_screen import CallingScreen
from pingyi_desktop.gui.keying.practice import PracticeDesk
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import Field, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.reports import quality_sheet
from pingyi_desktop.storage.schema_batches import BatchState

Act = Callable[[Session], object]
SINGLE_REASONS = ("票数少，由监票人逐张核对", "人手不足，由监票人抽查", "由表格导入，原表已核对")
RESET_REASONS = ("录错了票批", "第一遍录乱了", "核对单登记有误")
VOID_REASONS = ("收回多于发出，本次测评无效", "主持人宣布无效，另行组织")
CORRECTION_REASONS = ("有票录错", "有票漏录", "核对单登记有误")


class BatchActs:
    """Acts on one batch; ``done(said)`` is called after each, ``compacted`` ones rewrite the file."""

    def __init__(self, over: QWidget, context: Context, done: Callable[[str], None]) -> None:
        self._over, self._context, self._done = over, context, done
        self.calling: CallingScreen | None = None

    def call(self, batch: BatchView) -> None:
        """唱票 on the big screen; its totals become the tally sheet."""
        self.calling = CallingScreen(self._context, batch)
        self.calling.finished.connect(lambda _: self._done("唱票结束，票数已填进计票表。"))
        self.calling.open_on_the_hall()

    def practise(self) -> None:
        """练一练: four sample ballots that are kept nowhere."""
        over = QDialog(self._over)
        over.setWindowTitle("练一练（一分钟，什么也不存）")
        desk = PracticeDesk()
        desk.done.connect(over.accept)
        column = QVBoxLayout(over)
        column.addWidget(desk)
        over.resize(1180, 660)
        over.open()
        desk.setFocus()

    def seldom(self, batch: BatchView) -> list[tuple[str, str, Callable[[], None]]]:
        """What is seldom done to a batch: its name, why it is not possible now ("" when it is), the act."""
        state = BatchState(batch.state)
        pass_no = 2 if state is BatchState.SECOND else 1
        keyed = batch.keyed_again if pass_no == 2 else batch.keyed
        entering = state in (BatchState.FIRST, BatchState.SECOND)
        untouched = "" if batch.entry_mode is not None or batch.keyed > 0 else "这一批还没有开始录。"
        sealed = "这一批已经封存，要改凭更正单重开。" if batch.sealed else ""
        chosen = "" if state is BatchState.FIRST else "第一遍已经录完，第二遍怎么录已经选过。"
        nothing = "" if entering and keyed > 0 else "没有录到一半的一遍。"
        return [
            ("练一练…", "", self.practise),
            ("不录第二遍…", chosen or untouched, partial(self.waive, batch)),
            ("丢弃我录的这一遍…", nothing, partial(self.discard, batch, pass_no)),
            ("整批重录…", sealed or untouched, partial(self.reset, batch)),
            ("作废这一批…", sealed, partial(self.void, batch)),
            ("录入质量单…", untouched, partial(self.quality, batch)),
        ]

    def finish_first(self, batch: BatchView, choices: Sequence[Choice]) -> None:
        """录完第一遍: how the second entry is to be done."""
        purpose = (
            "第二遍由另一人看着纸再录，不看第一遍。票少就全部复录；票多可以随机抽一些，"
            "抽到的有一张以上不一致，程序会要求全部复录。"
        )
        if batch.nothing_to_key:
            purpose = "收回的全是空白票、废票，没有要录的，也不用录第二遍。"
        save = "去签字" if batch.nothing_to_key else "开始第二遍"
        dialog = RecordDialog(self._over, "录完第一遍", purpose, save=save)
        box = QComboBox()
        for one in choices:
            box.addItem(f"{one.text}（推荐）" if one.recommended and len(choices) > 1 else one.text)
        box.setCurrentIndex(next(i for i, one in enumerate(choices) if one.recommended))
        dialog.ask((Field("第二遍", box),))
        self._when(
            dialog,
            "录完第一遍",
            lambda by: partial(
                second.begin, batch_id=batch.id, sample=choices[box.currentIndex()].sample, by=by
            ),
        )

    def waive(self, batch: BatchView) -> None:
        """不录第二遍, with a reason."""
        purpose = "只录一遍，由监票人对照原始票核对。原因会印在结果报告单上。"
        dialog, reason = self._reason("不录第二遍", purpose, SINGLE_REASONS, save="单录核对")
        self._when(
            dialog, "单录核对", lambda by: partial(signing.waive, batch_id=batch.id, reason=reason(), by=by)
        )

    def reset(self, batch: BatchView) -> None:
        """整批重录: everything keyed goes."""
        purpose = f"已录的 {batch.keyed} 张（含第二遍）全部清掉，核对单留着，操作日志里留一条记录。"
        dialog, reason = self._reason("整批重录", purpose, RESET_REASONS, save="清掉，重新录")
        self._when(
            dialog,
            "整批重录",
            lambda by: partial(signing.reset, batch_id=batch.id, reason=reason(), by=by),
            compact=True,
        )

    def void(self, batch: BatchView) -> None:
        """作废 the batch; an empty one takes its place."""
        purpose = "作废后本批的票不再计入。同一张表会换成一个空的票批，重新组织后再录。"
        dialog, reason = self._reason("作废票批", purpose, VOID_REASONS, save="作废")
        self._when(
            dialog,
            "作废票批",
            lambda by: partial(signing.void, batch_id=batch.id, reason=reason(), by=by),
            compact=True,
        )

    def discard(self, batch: BatchView, pass_no: int) -> None:
        """丢弃 one's own unfinished pass."""
        names = {1: "第一遍", 2: "第二遍"}
        many = batch.keyed if pass_no == 1 else batch.keyed_again
        dialog = RecordDialog(
            self._over,
            f"丢弃{names[pass_no]}",
            f"您录的{names[pass_no]}（{many} 张）会清掉，另一遍不动。",
            save="丢弃",
        )
        self._when(
            dialog,
            f"丢弃{names[pass_no]}",
            lambda by: partial(ballots.discard, batch_id=batch.id, pass_no=pass_no, by=by),
            compact=True,
        )
        dialog.ask()

    def reopen(self, batch: BatchView) -> None:
        """更正单: reopen a sealed batch with a reason and two names."""
        purpose = (
            "封存后的更正要有更正单：写明原因，由申请人和监票人两人签字。操作日志里留核对单上原来的张数，"
            "改好后重新签字、封存，再导出上报一次。"
        )
        dialog = RecordDialog(self._over, "更正单", purpose, save="重开票批")
        reason = _choice("原因", CORRECTION_REASONS)
        asks, signs = _name("申请人"), _name("监票人")
        dialog.ask((reason,), (asks, signs))
        self._when(
            dialog,
            "更正重开",
            lambda by: partial(
                corrections.reopen,
                batch_id=batch.id,
                reason=reason.text,
                applicant=asks.text,
                scrutineer=signs.text,
                by=by,
            ),
        )

    def sign(self, batch: BatchView) -> None:
        """Register who signed the result sheet."""
        purpose = (
            "计票人、监票人对照原始票核对无误后，把姓名登记在这里，会印在结果报告单上。两人以上用顿号隔开。"
        )
        dialog = RecordDialog(self._over, "登记签字", purpose, save="登记签字")
        tellers, scrutineers = _name("计票人"), _name("监票人")
        dialog.ask((tellers,), (scrutineers,))
        self._when(
            dialog,
            "登记签字",
            lambda by: partial(
                signing.sign,
                batch_id=batch.id,
                tellers=names_in(tellers.text),
                scrutineers=names_in(scrutineers.text),
                by=by,
            ),
            unusual=True,
        )

    def quality(self, batch: BatchView) -> None:
        """Show the batch's quality sheet."""
        make = partial(quality_sheet.of_batch, batch_id=batch.id)
        ReportDialog(self._over, self._context.work, "录入质量单", make).open()

    def _reason(
        self, title: str, purpose: str, offered: tuple[str, ...], *, save: str
    ) -> tuple[RecordDialog, Callable[[], str]]:
        dialog = RecordDialog(self._over, title, purpose, save=save)
        field = _choice("原因", offered)
        dialog.ask((field,))
        return dialog, lambda: field.text

    def _when(
        self,
        dialog: RecordDialog,
        act: str,
        doing: Callable[[str], Act],
        *,
        compact: bool = False,
        unusual: bool = False,
    ) -> None:
        """Do the act when the form is filled in; one that may find something ``unusual`` takes a reason."""

        def start() -> None:
            whole = doing(self._context.operator())
            if unusual:
                weighed(dialog, self._context, partial(_with_reason, whole), done, act=act)
            else:
                self._context.act(whole, act=act, over=dialog, then=done, compact=compact)

        def done(result: object) -> None:
            told = result if isinstance(result, tuple) else ()
            self._done("".join([f"{act}：已完成。", *(one.sentence for one in told)]))

        dialog.saving = start


def _with_reason(whole: Callable[..., object], session: Session, reason: str) -> object:
    return whole(session, reason=reason)


def names_in(text: str) -> list[str]:
    """Names written in one line, whatever stands between them."""
    return [name for name in re.split(r"[\s、，,;；]+", text) if name]


def _choice(caption: str, offered: tuple[str, ...]) -> Field:
    box = QComboBox()
    box.addItems(offered)
    box.setEditable(True)
    return Field(caption, box, hint="可以自己写", check=required(caption))


def _name(caption: str) -> Field:
    return Field(caption, QLineEdit(), check=required(caption))
