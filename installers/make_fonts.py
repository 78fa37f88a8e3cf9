"""Make the fonts in resources/fonts from the static TTFs of Noto Serif SC and Noto Sans SC (SIL OFL 1.1).

    python installers/make_fonts.py FOLDER

``FOLDER`` holds the unpacked packages ``noto-serif-sc`` and ``noto-sans-sc`` (version 0.4.3 of the Expo Google Fonts
collection). Body and interface fonts keep every character of GBK, the bold one GB 2312; all keep Latin, punctuation
and a few rare characters of names above U+FFFF when the source has them. Layout features and hinting are dropped,
because neither reportlab nor the small sizes of a form need them.
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
ALWAYS = (
    range(0x20, 0x7F),
    range(0xA0, 0x180),
    range(0x2010, 0x2040),
    range(0x2150, 0x218C),
    range(0x20000, 0x32000),
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
