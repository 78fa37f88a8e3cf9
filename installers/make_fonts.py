"""Make the fonts in resources/fonts from the static TTFs of Noto Serif SC and Noto Sans SC (SIL OFL 1.1).

    python installers/make_fonts.py FOLDER

``FOLDER`` holds the unpacked packages ``noto-serif-sc`` and ``noto-sans-sc`` (version 0.4.3 of the Expo Google Fonts
collection). Body and interface fonts keep every character of GBK, the bold one GB 2312; all keep Latin, punctuation
and the rest of 通用规范汉字表 (2013, 8,105 characters: the ones a person's name may be registered with), which is
what the sources have above U+FFFF and the 80 of ``NAMES``. Layout features and hinting are dropped, because neither
reportlab nor the small sizes of a form need them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset

TARGET = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FONTS = {
    "NotoSerifSC-Regular.ttf": ("NotoSerifSC_400Regular.ttf", "gbk"),
    "NotoSansSC-Regular.ttf": ("NotoSansSC_400Regular.ttf", "gbk"),
    "NotoSansSC-Bold.ttf": ("NotoSansSC_700Bold.ttf", "gb2312"),
}
# The characters of 通用规范汉字表 below U+10000 that GBK lacks (䶮 is a common one in names).
NAMES = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮"
    "䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮鿍鿎鿏"
)
ALWAYS = (
    range(0x20, 0x7F),
    range(0xA0, 0x180),
    range(0x2010, 0x2040),
    range(0x2150, 0x218C),
    range(0x3000, 0x3020),
    range(0x3380, 0x33E0),
    range(0x20000, 0x32000),
    [ord(character) for character in NAMES],
)


def characters(codec: str) -> Iterator[int]:
    """Code points of a two-byte Chinese character set, and those every font keeps."""
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            try:
                yield from map(ord, bytes([first, second]).decode(codec))
            except UnicodeDecodeError:
                continue
    for block in ALWAYS:
        yield from block


def main() -> int:
    """Write the three fonts and say their sizes."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for name, (source, codec) in FONTS.items():
        options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True)
        found = next(Path(sys.argv[1]).rglob(source))
        font = subset.load_font(str(found), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=set(characters(codec)))
        subsetter.subset(font)
        subset.save_font(font, str(TARGET / name), options)
        print(f"{name}: {len(font.getBestCmap())} characters, {(TARGET / name).stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
