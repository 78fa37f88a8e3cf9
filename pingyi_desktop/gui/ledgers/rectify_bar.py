"""Beside the list of 整改事项: the next steps of what is chosen, and over it what low rates propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers.catalog import Noun
from pingyi_desktop.appraisal.ledgers.fields import Count, Text
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rectify import acts, low_rates, steps
from pingyi_desktop.appraisal.ledgers.rectify.low_rates import Proposal
from pingyi_desktop.appraisal.ledgers.rectify.steps import STEPS, Step
from pingyi_desktop.appraisal.rulebook.catalogue import sentence
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.ledgers.details import RECEIVED, NextSteps
from pingyi_desktop.gui.ledgers.ledger_form import LedgerForm
from pingyi_desktop.gui.ledgers.page import LedgerPage
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import allow, button, label
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.storage.schemas.rectify import RectifyState

TEXT, PERCENT = "text", "percent"
SAID = Text(TEXT, "写一句话", required=True, most=200, long=True, hint="做了什么，或为什么")
SHARE = Count(PERCENT, "办到百分之几", hint="0 至 100，可以不写")
MEANT = {
    Step.ASSIGN: "交给责任人，写明时限",
    Step.BEGIN: "责任人开始办，写明措施",
    Step.REPORT: "办到哪一步了，写一句话",
    Step.FINISH: "办完了，写明完成情况和佐证；还要验收，才能销号",
    Step.VERIFY: "回访群众，看办得好不好",
    Step.RETURN: "办得不好，退回再办",
    Step.CLOSE: "验收合格，经批准从台账上了结",
    Step.REOPEN: "销号以后问题又出现了，重新办理",
}
BACK = (Step.RETURN, Step.REOPEN)
"""steps that lead back: behind the one that leads on, which is where the last one was pressed"""
LISTED = 12
"""proposals said one by one"""


class RectifyBar(NextSteps):
    """Buttons for the steps that are legal for the chosen rows; what they ask for comes in a form."""

    def __init__(self, page: LedgerPage) -> None:
        ordered = sorted(STEPS.items(), key=lambda one: one[0] in BACK)
        buttons = {
            step: button(allowed.word, partial(self._ask, step), hint=MEANT[step])
            for step, allowed in ordered
        }
        self.rate = label(role="hint")
        super().__init__(*buttons.values(), said=self.rate)
        self._page, self.buttons = page, buttons
        page.table.when_chosen(self._show_steps)
        page.table.when_chosen(self._show_rate)

    def go_to(self, digit: int) -> None:
        """A digit takes the step that leads to that state, or says why it is not its turn."""
        states, chosen = self._page.ledger.state.options, self._chosen()
        if digit > len(states) or not chosen:
            return
        leading = [step for step in Step if STEPS[step].after == states[digit - 1].code]
        why = [self._why_not(step, chosen) for step in leading]
        if "" in why:
            self._ask(leading[why.index("")])
        elif leading:
            self._page.messages.warn(why[0])

    def _why_not(self, step: Step, chosen: Sequence[Row]) -> str:
        said = (steps.why_not(RectifyState(str(one.values["status"])), step) for one in chosen)
        return next(filter(None, said), "") or _reason(step, chosen, len(self._page.table.places()))

    def _chosen(self) -> list[Row]:
        return self._page.table.selected()

    def _show_steps(self) -> None:
        """Show the steps that are legal for all that is chosen, each with why it cannot be taken here."""
        chosen, many = self._chosen(), len(self._page.table.places())
        states = {RectifyState(str(one.values["status"])) for one in chosen}
        legal = [step for step in Step if states and not any(steps.why_not(state, step) for state in states)]
        held = self.window().focusWidget()
        for step, one in self.buttons.items():
            one.setVisible(step in legal)
            allow(one, _reason(step, chosen, many))
        self.setHidden(not legal)
        if held in self.buttons.values() and self.window().focusWidget() is not held:
            self._page.table.setFocus()  # the step was taken: the keys stay with the row, not with whatever stands next

    def _show_rate(self) -> None:
        """Of an item that a low rate proposed: the rate as it stands now, which may be withheld by now."""
        only, campaign_id = self._page.table.only(), self._page.does.seen.asked.campaign_id
        self.rate.hide()
        if only is None:
            return

        def show(said: str) -> None:
            now = self._page.table.only()
            if said and now is not None and now.id == only.id:
                self.rate.setText(said)
                self.rate.show()

        self._page.context.work.read(
            lambda session: low_rates.standing(session, only, campaign_id=campaign_id), show
        )

    def _ask(self, step: Step) -> None:
        """Ask for what the step is the time to fill in, and take it."""
        page, chosen, allowed = self._page, self._chosen(), STEPS[step]
        one, asked = (chosen[0] if len(chosen) == 1 else None), page.does.seen.asked
        keys = steps.asks(step, str(one.values["kind"]) if one else "")
        wanted = tuple(page.ledger.by_key[key] for key in keys)
        extra = (SAID, SHARE) if allowed.told else ()
        shown = one and _prepared(one, asked.today, closing=step is Step.CLOSE)
        title = f"{allowed.word} {one.name}" if one else f"{allowed.word} {len(chosen)} 件"
        form = LedgerForm(
            page,
            replace(page.ledger, fields=(*extra, *wanted), checks=()),
            was=shown,
            several=0 if one else len(chosen),
            title=title,
        )
        form.save.setText(allowed.word)
        form.saving = partial(self._take, form, step)

    def _take(self, form: LedgerForm, step: Step) -> None:
        page, typed = self._page, dict(form.typed)
        asked, by, ids = page.does.seen.asked, page.context.operator(), page.does.ids()
        text, share = typed.pop(TEXT, ""), typed.pop(PERCENT, "")
        word, state = STEPS[step].word, steps.WORDS[STEPS[step].after]
        weighed(
            form,
            page.context,
            lambda session, reason: acts.take(
                session,
                campaign_id=asked.campaign_id,
                ids=ids(session),
                step=step,
                today=asked.today,
                by=by,
                typed=typed,
                text=text,
                percent=acts.percent_of(share),
                reason=reason,
            ),
            act=word,
            undo=page.does.undoing,
            said=lambda before: f"{word}：{len(before.rows)} 件，现在是“{state}”。",
        )


def rectify_page(context: Context, noun: Noun) -> LedgerPage:
    """The page of the ledger with the steps beside its list."""
    page = LedgerPage(context, noun)
    # the rates that items came from stand beside the list
    page.shows = page.shows.union({"ballot_batch"})  # type: ignore[misc]
    bar = RectifyBar(page)
    page.details.insert_above_acts(bar)
    page.table.pressed.disconnect(page.does.set_state)
    page.table.pressed.connect(bar.go_to)
    page.acts.insertWidget(0, button("低满意率项目…", partial(_look_for_low, page), hint="还没有列入整改的"))
    return page


def _look_for_low(page: LedgerPage) -> None:
    chosen = page.context.campaign()
    page.context.work.read(
        lambda session: low_rates.proposals(
            session, campaign_id=campaigns.at_work_id(session, chosen=chosen)
        ),
        partial(_propose, page),
    )


def _propose(page: LedgerPage, found: Sequence[Proposal]) -> None:
    """List what is proposed, to be registered in the ledgers that are kept here."""
    if not found:
        page.messages.inform(sentence("V-RCT-15"))
        return
    asked, by = page.does.seen.asked, page.context.operator()
    dialog = RecordDialog(page, "低满意率项目", f"{low_rates.sentence(found)}。", save="登记为整改事项")
    for one in found[:LISTED]:
        dialog.column.insertWidget(dialog.column.count() - 1, label(f"· {one.finding.sentence}"))
    if len(found) > LISTED:
        dialog.column.insertWidget(dialog.column.count() - 1, label(f"· 另有 {len(found) - LISTED} 个"))
    dialog.saving = lambda: weighed(
        dialog,
        page.context,
        lambda session, reason: low_rates.register(
            session,
            campaign_id=asked.campaign_id,
            wanted=found,
            today=asked.today,
            by=by,
            reason=reason,
        ),
        act="登记整改事项",
        undo=page.does.undoing,
        said=lambda before: f"已登记 {len(before.added)} 件。",
    )
    dialog.ask()


def _reason(step: Step, chosen: Sequence[Row], many: int) -> str:
    """Why a legal step cannot be taken with these rows."""
    if any(one.received for one in chosen):
        return RECEIVED
    if many > 1 and STEPS[step].told:
        return sentence("V-RCT-30")
    return "" if len(chosen) == many else "选中的行还没有全部读到，请少选一些。"


def _prepared(one: Row, today: str, *, closing: bool) -> Row:
    """The row as the form shows it: with empty lines for what is no field, and today for the day of crossing off."""
    texts = {**one.texts, TEXT: "", PERCENT: ""}
    if closing and not texts["closed_on"]:
        texts["closed_on"] = today
    return replace(one, texts=texts, values={**one.values, TEXT: "", PERCENT: None})
