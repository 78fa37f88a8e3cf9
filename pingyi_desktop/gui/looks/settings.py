"""What the program remembers between two starts: recent files, the last folder, the operator's name, how it looks."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from PySide6.QtCore import QCryptographicHash, QSettings

from pingyi_desktop.paths import as_place, demo_folder, home, user_data

RECENT, MOST = 5, 1_000_000
"""data files that are remembered; bytes of the settings, which are some thousands: a larger file is not ours"""


_kept: dict[str, str] = {}
"""What is remembered until the program ends where the user's own folder cannot be made."""


def _settings() -> QSettings | None:
    try:
        file = user_data() / "pingyi.ini"
        if not file.is_dir() and file.exists() and file.stat().st_size > MOST:
            file.replace(file.with_name("pingyi-太大.ini"))
        return QSettings(str(file), QSettings.Format.IniFormat)
    except OSError:
        return None


def _value(key: str, otherwise: str = "") -> str:
    stored = _settings()
    return str(_kept.get(key, otherwise) if stored is None else stored.value(key, otherwise))


def _keep(key: str, value: str) -> None:
    stored = _settings()
    if stored is None:
        _kept[key] = value
    elif stored.value(key) != value:  # what is kept already is not written again
        stored.setValue(key, value)


def recent() -> list[Path]:
    """Data files opened lately, newest first, also those that are not there now (a USB stick may be out)."""
    listed = map(as_place, _value("files/recent").split("\n", RECENT)[:RECENT])
    return [place for place in listed if place is not None]


def remember(path: Path, identity: str = "") -> None:
    """Put a data file on top of the recent ones, with what tells it from others; a demo is not gone back to by itself."""
    path = path.resolve()
    if is_demo(path):
        return
    _keep(f"identity/{_place_key(path)}", identity)
    kept = [path, *(other for other in recent() if other != path)][:RECENT]
    _keep("files/recent", "\n".join(map(str, kept)))


def identity(path: Path) -> str:
    """What told the data file that was opened here last from others; "" when it is not known."""
    return _value(f"identity/{_place_key(path)}")


def has_demo() -> bool:
    """Whether a demo was made on this computer."""
    try:
        return demo_folder().is_dir()
    except OSError:
        return False


def is_demo(path: Path) -> bool:
    """Whether a data file is that of the demo."""
    try:
        return demo_folder().resolve() in path.parents
    except OSError:
        return False


def folder() -> Path:
    """Where the last file was picked; the user's own folder at first."""
    stored = Path(_value("folders/last") or ".")
    try:
        own = home()
    except OSError:
        own = Path.cwd()
    return stored if stored.is_absolute() and stored.is_dir() else own


def remember_folder(path: Path) -> None:
    """Start the next file picker here."""
    _keep("folders/last", str(path))


def operator() -> str:
    """The name the journal gets for what is done at this computer."""
    try:
        unnamed = getpass.getuser()
    except (OSError, KeyError):  # no such account, as in some containers
        unnamed = "操作员"
    return _value("operator/name") or unnamed


def set_operator(name: str) -> None:
    """Change that name from now on."""
    _keep("operator/name", name)


def sounds() -> bool:
    """Whether keying makes sounds; off unless somebody wants them."""
    return _value("keying/sounds") == "yes"


def set_sounds(on: bool) -> None:
    """Switch the sounds of keying."""
    _keep("keying/sounds", "yes" if on else "")


def may_fill() -> bool:
    """Whether ``*`` may fill the rest of a ballot; an office can switch it off."""
    return _value("keying/fill", "yes") == "yes"


def set_may_fill(on: bool) -> None:
    """Allow or forbid filling."""
    _keep("keying/fill", "yes" if on else "no")


def key_card() -> bool:
    """Whether the key card stands beside the paper."""
    return _value("keying/card", "yes") == "yes"


def set_key_card(on: bool) -> None:
    """Show the key card, or fold it away."""
    _keep("keying/card", "yes" if on else "no")


def count_asked() -> bool:
    """Whether every tenth ballot waits until the stack was counted; off: only a line says how many there are."""
    return _value("keying/count") == "yes"


def set_count_asked(on: bool) -> None:
    """Ask for the count, or only tell it."""
    _keep("keying/count", "yes" if on else "")


def theme() -> str:
    """``light``, ``dark``, or ``system``: as the computer is."""
    return _value("look/theme", "light")


def set_theme(name: str) -> None:
    """Change it; whoever does so applies the look."""
    _keep("look/theme", name)


def text_size() -> str:
    """``normal``, ``large`` or ``larger``."""
    return _value("look/text", "normal")


def set_text_size(name: str) -> None:
    """Change it; whoever does so applies the look."""
    _keep("look/text", name)


def density() -> str:
    """``roomy`` or ``close`` rows."""
    return _value("look/density", "roomy")


def set_density(name: str) -> None:
    """Change it; whoever does so applies the look."""
    _keep("look/density", name)


def last_page() -> str:
    """The key of the page that was open last, "" at first."""
    return _value("window/page")


def set_last_page(key: str) -> None:
    """Come back to this page after the next start."""
    _keep("window/page", key)


def geometry() -> str:
    """Size and place of the window as Qt wrote them, in hexadecimal; "" at first."""
    return _value("window/geometry")


def set_geometry(written: str) -> None:
    """Open the window here the next time."""
    _keep("window/geometry", written)


def column_widths(table: str) -> dict[int, int]:
    """Widths in pixels that somebody gave to columns of a table, by their place; bounded, whatever the file says."""
    pairs = [pair.partition(":") for pair in _value(f"columns/{_key(table)}").split(";")]
    read = {int(a): int(b) for a, _, b in pairs if a.isdecimal() and b.isdecimal() and len(a + b) < 12}
    return {place: width for place, width in read.items() if 20 <= width <= 2000}


def set_column_widths(table: str, widths: dict[int, int]) -> None:
    """Show the table with these the next time."""
    _keep(f"columns/{_key(table)}", ";".join(f"{place}:{width}" for place, width in widths.items()))


def backed_up(path: Path) -> str:
    """When this file was last backed up on this computer, as an ISO time; "" when never."""
    return _value(f"backups/{_place_key(path)}")


def set_backed_up(path: Path, at: str) -> None:
    """Remember it."""
    _keep(f"backups/{_place_key(path)}", at)


def _place_key(path: Path) -> str:
    """A place as a key, its links followed as far as they lead: one in a circle is a place too."""
    return _key(os.path.realpath(path))


def _key(text: str) -> str:
    """Any text as a key without slashes."""
    hashed = QCryptographicHash.hash(text.encode(), QCryptographicHash.Algorithm.Sha256)
    return bytes(hashed.toHex().data()).decode("ascii")[:16]
