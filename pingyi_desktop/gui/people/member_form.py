"""The form of one party member. Only what an appraisal needs; the rest (domain §2.11) is not asked for at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from pingyi_desktop import visible
from pingyi_desktop.appraisal.people.members import CATEGORY_NAMES, STATUS_NAMES, Member
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.gui.parts.forms import CHOOSE, Field, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.people.org_box import OrgBox, org_field

SEXES = {"": "不填", "男": "男", "女": "女"}


class MemberDialog(RecordDialog):
    """The fields of a member, new in one of ``branches`` or as it is; sex and dates stay hidden until wanted."""

    def __init__(
        self, over: QWidget, *, branches: Sequence[Org], suggested: str | None, was: Member | None
    ) -> None:
        super().__init__(over, f"修改“{was.display_name}”" if was else "新增党员")
        self._lines: dict[str, Field] = {}
        self._box = OrgBox(branches)
        self._box.choose(suggested)
        branch = org_field("所在党支部", self._box)
        name = self._line("name", "姓名", check=True)
        suffix = self._line("name_suffix", "区分标记", hint="同支部重名时填，如（大）")
        self.number = Field("编号", QLineEdit(), hint="不填时自动编号")
        self.category = _choices("人员类别", {"": CHOOSE, **CATEGORY_NAMES})
        status = _choices("在册情况", STATUS_NAMES)
        sex = _choices("性别", SEXES)
        self._lines |= {"category": self.category, "roster_status": status, "sex": sex}
        reason = self._line("exempt_reason", "不参评原因")
        self.cadre = QCheckBox("是党员领导干部")
        dates = [
            self._line("join_date", "入党日期", hint="如 2011-07-06"),
            self._line("full_date", "转正日期"),
        ]
        self.more = QCheckBox("填写选填内容（性别、入党日期、转正日期）")
        self._hidden = [sex, *dates]
        self.places = {
            "V-MEM-01": name,
            "V-MEM-03": suffix,
            "V-MEM-04": self.category,
            "V-MEM-21": branch,
            "V-MEM-06": self.number,
            "V-MEM-25": self.number,
            "V-ORG-25": branch,
        }
        group, duty = self._line("group_name", "党小组"), self._line("party_duty", "党内职务")
        post = self._line("post", "工作岗位", hint="选填")
        if was is not None:
            self._fill(was)
        self.more.toggled.connect(self._unfold)
        self._unfold(self.more.isChecked())
        self.ask(
            (name, suffix),
            *(() if was else ((branch,),)),
            (self.category, status),
            (duty, group),
            (post, reason),
            *(() if was else ((self.number,),)),
            (self.cadre,),
            (self.more,),
            (sex, dates[0]),
            (dates[1], QWidget()),
        )

    @property
    def values(self) -> Mapping[str, object]:
        """What the form says, as ``members.add_member`` and ``change_member`` take it."""
        return {
            **{key: field.text for key, field in self._lines.items()},
            "is_leading_cadre": self.cadre.isChecked(),
        }

    @property
    def branch_code(self) -> str:
        """The branch chosen for a new member."""
        return self._box.code

    def _line(self, key: str, caption: str, *, hint: str = "", check: bool = False) -> Field:
        checked = required(caption) if check else None
        self._lines[key] = field = Field(caption, QLineEdit(), hint=hint, check=checked, needed=check)
        return field

    def _fill(self, was: Member) -> None:
        for key, field in self._lines.items():
            value = getattr(was, key) or ""
            if isinstance(field.editor, QComboBox):
                field.editor.setCurrentIndex(field.editor.findData(value))
            elif isinstance(field.editor, QLineEdit):
                field.editor.setText(visible.clean(value))
        self.cadre.setChecked(was.is_leading_cadre)
        self.more.setChecked(bool(was.sex or was.join_date or was.full_date))

    def _unfold(self, shown: bool) -> None:
        for field in self._hidden:
            field.setVisible(shown)


def _choices(caption: str, offered: Mapping[str, str]) -> Field:
    box = QComboBox()
    for value, text in offered.items():
        box.addItem(text, value)
    return Field(caption, box, needed=offered.get("") == CHOOSE)
