"""What can be done to an organisation by hand: add below, change, move, dissolve and revive, each to be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget
from sqlmodel import Session

from pingyi_desktop import bounds, visible
from pingyi_desktop.appraisal.people import naming, org, org_rules
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.appraisal.people.org import EDITABLE, Org
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import Field, allow, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.people.org_box import OrgBox, org_field
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType

UNKNOWN = -1  # what the box for 填报党员数 holds while nobody has reported a figure


class OrgDialog(RecordDialog):
    """The fields of one organisation, new below ``parent`` or as it is."""

    def __init__(self, over: QWidget, *, parent: Org | None, codes: dict[str, str], was: Org | None) -> None:
        title = (
            f"修改“{was.short_name}”" if was else f"在“{parent.short_name if parent else ''}”下面新增党组织"
        )
        super().__init__(over, title)
        self._codes, self._suggested = codes, ("", "")
        self.kind_box, self.code_line = QComboBox(), QLineEdit()
        self.name_line, self.short_line = QLineEdit(), QLineEdit()
        for kind in codes:
            self.kind_box.addItem(TYPE_NAMES[kind], kind)
        self.kind = Field("类别", self.kind_box)
        self.code = Field("组织代码", self.code_line, hint="字母、数字和点，本单位内不重复")
        self.name = Field(
            "组织全称",
            self.name_line,
            hint="按公章填写，一般为“中共+单位名称+委员会/总支部委员会/支部委员会”",
            check=required("组织全称"),
        )
        self.short = Field("组织简称", self.short_line, hint="报表里用的名称")
        self.in_scope = QCheckBox("参加评议")
        self.joint, self.temporary = QCheckBox("联合党支部"), QCheckBox("临时党支部")
        self.declared, self.place = _spin(UNKNOWN, bounds.MOST, "没有填报"), _spin(0, 9999, "按代码")
        self.places = {
            "V-ORG-01": self.code,
            "V-ORG-12": self.code,
            "V-ORG-04": self.kind,
            "V-ORG-24": self.kind,
        }
        self._fill(was)
        self.kind_box.currentIndexChanged.connect(lambda _: self._suggest())
        self.name_line.textEdited.connect(lambda _: self._suggest())
        self.ask(
            (self.name,),
            (self.short,),
            (self.kind, self.code),
            (Field("填报党员数", self.declared), Field("排列次序", self.place)),
            (self.in_scope, self.joint),
            (QWidget(), self.temporary),
        )

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, as ``org.add`` and ``org.change`` take it."""
        declared = self.declared.value()
        return {
            "full_name": self.name.text,
            "short_name": self.short.text,
            "org_type": self.kind.text,
            "in_scope": self.in_scope.isChecked(),
            "is_joint": self.joint.isChecked(),
            "is_temporary": self.temporary.isChecked(),
            "declared_member_count": None if declared == UNKNOWN else declared,
            "sort_no": self.place.value(),
        }

    def _fill(self, was: Org | None) -> None:
        self.in_scope.setChecked(was is None or was.in_scope)
        self.declared.setValue(UNKNOWN)
        if was is None:
            self._suggest()
            return
        self.name_line.setText(visible.clean(was.full_name))
        self.short_line.setText(visible.clean(was.short_name))
        self.kind_box.setCurrentIndex(self.kind_box.findData(was.org_type))
        self.code_line.setText(was.code)
        self.code_line.setReadOnly(True)
        allow(self.code, "代码定了就不改：票和数据包都用它。")
        self.joint.setChecked(was.is_joint)
        self.temporary.setChecked(was.is_temporary)
        if was.declared_member_count is not None:
            self.declared.setValue(was.declared_member_count)
        self.place.setValue(was.sort_no)

    def _suggest(self) -> None:
        """Offer a code and a short name as long as the user has not written their own."""
        code, short = self._suggested
        kind, name = self.kind.text, self.name.text
        fresh = self._codes.get(kind, ""), naming.suggest_short_name(name, kind) if name else ""
        if self.code.isEnabled() and self.code_line.text() == code:
            self.code_line.setText(fresh[0])
        if self.short_line.text() == short:
            self.short_line.setText(fresh[1])
        self._suggested = fresh


class OrgActs:
    """Acts on organisations for one page; ``chose`` is called with the code to go to."""

    def __init__(self, page: Page, chose: Callable[[str], None]) -> None:
        self._context, self._page, self._chose = page.context, page, chose

    def add(self, parent: Org) -> None:
        """Ask for a new organisation below ``parent``."""
        kinds = [kind for kind in OrgType if kind in org_rules.CHILDREN[parent.org_type]]

        def next_codes(session: Session) -> dict[str, str]:
            return {k: org.next_code(session, parent_code=parent.code, org_type=k) for k in kinds}

        if not kinds:
            self._page.messages.warn(f"“{parent.short_name}”下面不能再设党组织。")
            return
        self._context.work.read(next_codes, lambda codes: self._ask_new(parent, codes))

    def change(self, was: Org) -> None:
        """Ask for the fields of an organisation."""
        dialog = OrgDialog(self._page, parent=None, codes=dict.fromkeys(TYPE_NAMES, was.code), was=was)
        dialog.saving = lambda: self._change(dialog, was)

    def move(self, moving: Org, orgs: Sequence[Org]) -> None:
        """Ask under which organisation to hang it."""
        below = {o.code for o in org_rules.below(orgs, moving.code)}
        able = [
            o
            for o in orgs
            if moving.org_type in org_rules.CHILDREN[o.org_type]
            and o.code not in {*below, moving.parent_code}
            and o.status == OrgStatus.ACTIVE
        ]
        dialog = RecordDialog(
            self._page, f"移动“{moving.short_name}”", "下级组织和党员一起移动，代码不变。", save="移动"
        )
        box = OrgBox(able)
        dialog.saving = lambda: self._move(dialog, moving, box.code)
        dialog.ask((org_field("新的上级党组织", box),))

    def dissolve(self, going: Org) -> None:
        """Mark as 撤销."""
        by, code = self._context.operator(), going.code
        self._context.act(
            lambda session: org.dissolve(session, code=code, by=by),
            lambda _: lambda session: org.revive(session, code=code, by=by),
            act="撤销党组织",
            said=f"已撤销“{going.short_name}”",
        )

    def revive(self, coming: Org) -> None:
        """Take a 撤销 back."""
        by, code = self._context.operator(), coming.code
        self._context.act(
            lambda session: org.revive(session, code=code, by=by),
            lambda _: lambda session: org.dissolve(session, code=code, by=by),
            act="恢复党组织",
            said=f"已恢复“{coming.short_name}”",
        )

    def _ask_new(self, parent: Org, codes: dict[str, str]) -> None:
        dialog = OrgDialog(self._page, parent=parent, codes=codes, was=None)
        dialog.saving = lambda: self._add(dialog, parent)

    def _add(self, dialog: OrgDialog, parent: Org) -> None:
        by, code, values = self._context.operator(), dialog.code.text, dialog.values
        weighed(
            dialog,
            self._context,
            lambda session, reason: org.add(
                session, parent_code=parent.code, code=code, by=by, reason=reason, **values
            ),
            lambda made: self._chose(made.code),
            act="新增党组织",
            undo=lambda made: lambda session: org.delete(session, code=made.code, by=by),
            said=lambda made: f"已新增“{made.short_name}”",
        )

    def _change(self, dialog: OrgDialog, was: Org) -> None:
        by, values = self._context.operator(), dialog.values
        before: dict[str, Any] = {name: getattr(was, name) for name in EDITABLE}
        weighed(
            dialog,
            self._context,
            lambda session, reason: org.change(session, code=was.code, by=by, reason=reason, **values),
            act="修改党组织",
            undo=lambda _: (
                lambda session: org.change(session, code=was.code, by=by, reason="撤销修改", **before)
            ),
            said=f"已修改“{was.short_name}”",
        )

    def _move(self, dialog: RecordDialog, moving: Org, to: str) -> None:
        by, code, above = self._context.operator(), moving.code, moving.parent_code or ""
        self._context.act(
            lambda session: org.move(session, code=code, new_parent_code=to, by=by),
            lambda _: lambda session: org.move(session, code=code, new_parent_code=above, by=by),
            act="移动党组织",
            said=f"已移动“{moving.short_name}”",
            over=dialog,
            then=lambda _: self._chose(code),
        )


def _spin(least: int, most: int, nothing: str) -> QSpinBox:
    made = QSpinBox()
    made.setRange(least, most)
    made.setSpecialValueText(nothing)
    return made
