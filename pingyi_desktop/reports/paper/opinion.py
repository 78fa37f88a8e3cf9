"""T-OPN 征求意见表: questions with room to write, and a slip for those who want an answer, to be torn off."""

from __future__ import annotations

from pingyi_desktop.reports.drawn import DrawnPage, Line, Words, frame
from pingyi_desktop.reports.paper.ballot import marks
from pingyi_desktop.reports.paper.plan import Meeting

SIDE, TOP, WIDTH = 18.0, 10.0, 174.0
ASKED = (
    ("一、对党组织的意见和建议（思想认识、工作作风、工作成效、为群众办实事和其他方面）：", 62.0),
    ("二、对党员的意见和建议（可以不点名）：", 50.0),
    ("三、您最希望解决的一件事：", 40.0),
    ("四、对本次评议活动的建议：", 34.0),
)
NOTE = (
    "本表不记名，请如实填写，可以投入意见箱。需要答复的，请填写下面的回执，撕下来单独交回，不和意见放在一起。"
)
DASHES = 58


def page(meeting: Meeting) -> DrawnPage:
    """The form; all sheets of a session are alike."""
    words = [
        Words(SIDE, TOP, WIDTH, 12, "征求意见表", 18, "center", bold=True),
        Words(SIDE, TOP + 12, WIDTH, 6.5, f"征求意见的党组织：{meeting.org.short_name}", 11),
        Words(SIDE, TOP + 18.5, WIDTH, 6.5, f"活动：{meeting.view.name}", 11),
    ]
    lines = list[Line]()
    top = TOP + 27
    for text, height in ASKED:
        lines += frame(SIDE, top, WIDTH, height, 0.8)
        words.append(Words(SIDE + 1, top + 1, WIDTH - 2, 7, text, 11))
        top += height
    words.append(Words(SIDE, top + 1, WIDTH, 10, NOTE, 9, at_top=True))
    top += 15
    step = WIDTH / DASHES
    lines += [Line(SIDE + n * step, top, SIDE + (n + 0.6) * step, top, 0.5) for n in range(DASHES)]
    words += [
        Words(SIDE, top + 2, WIDTH, 7, "回  执（需要答复的填写，单独交回）", 11, "center", bold=True),
        Words(SIDE, top + 10, WIDTH, 8, "需要答复的事：", 11),
        Words(SIDE, top + 22, WIDTH / 2, 8, "姓名：", 11),
        Words(SIDE + WIDTH / 2, top + 22, WIDTH / 2, 8, "联系方式：", 11),
    ]
    return DrawnPage(tuple(words), tuple(lines), marks(wide=False))
