"""What is typed saves itself: no sentence of the window, in any page, dialog or help, asks whether to save."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from written import texts_in

ROOT = Path(__file__).parents[3]
GUI, HELP = ROOT / "pingyi_desktop" / "gui", ROOT / "resources" / "help"
ASKS = re.compile(
    r"保存吗|保存么|(是否|要不要|需要|确定要?|想要)(先)?(保存|存盘)|(存|不存)盘吗|(不|别)保存(就|并|直接)?(关闭|退出|离开)"
    r"|放弃(保存|修改|更改|未保存)|(尚|还)?未保存|丢弃(修改|更改)"
)
BUTTONS = {"Save", "SaveAll", "Discard", "DontSave"}


def asking_buttons(source: str) -> list[str]:
    """Qt's buttons of the question whether to save."""
    return [
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr in BUTTONS
        and isinstance(node.value, ast.Attribute | ast.Name)
        and "StandardButton" in ast.unparse(node.value)
    ]


@pytest.mark.parametrize(
    "said", ["要保存吗？", "是否保存对“评议活动”的修改？", "还有未保存的内容", "不保存就关闭", "放弃修改"]
)
def test_such_a_question_would_be_noticed(said: str) -> None:
    assert ASKS.search(said)
    assert asking_buttons("box.setStandardButtons(QMessageBox.StandardButton.Save)") == ["Save"]


def test_no_sentence_of_the_window_or_of_the_help_asks_whether_to_save() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(GUI.rglob("*.py"))}
    told = {path: texts_in(path) for path in sources}
    told |= {
        path: [path.read_text(encoding="utf-8")]
        for path in sorted(HELP.rglob("*"))
        if path.suffix in (".html", ".md")
    }
    assert sum(map(len, told.values())) > 2000
    found = [
        f"{path.relative_to(ROOT)}: {one}"
        for path, texts in told.items()
        for one in texts
        if ASKS.search(one)
    ]
    assert found == []
    asking = [
        path.name for path, text in sources.items() if "StandardButton" in text and asking_buttons(text)
    ]
    assert asking == []
