"""Task files laid into a folder: what lies there already is never overwritten, its slip may be on paper or on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError
from pingyi_desktop.exchange.outbox.tasks import TaskFile
from pingyi_desktop.exchange.wire import bundle
from pingyi_desktop.storage.troubles import told_as_sentences


def check_free(folder: Path, names: Sequence[str]) -> None:
    """``FileError`` when a task of one of these names lies in the folder: its code would open nothing any more."""
    with told_as_sentences(folder):
        there = {one.name for one in folder.iterdir()} if folder.is_dir() else set[str]()
    taken = [name for name in names if name in there]
    if taken:
        more = f"等 {len(taken)} 个任务文件" if len(taken) > 1 else ""
        raise FileError(
            f"“{taken[0]}”{more}已经在文件夹“{folder}”里，激活码纸条可能已经印出或送出，没有覆盖，什么都没有改动。"
            "请换一个文件夹，或只给还没下发的单位下发；电脑丢失、换人、激活码泄露的，用“重新下发”。"
        )


@contextmanager
def laid(folder: Path) -> Iterator[Callable[[Sequence[TaskFile]], None]]:
    """What writes task files into the folder, all new; when the block fails they are taken away again."""
    made = not folder.exists()
    written: list[Path] = []

    def write(files: Sequence[TaskFile]) -> None:
        check_free(folder, [one.file_name for one in files])
        with told_as_sentences(folder):
            folder.mkdir(parents=True, exist_ok=True)
        for one in files:
            written.append(folder / one.file_name)
            bundle.save(written[-1], one.data)

    def take_away() -> None:
        for path in written:
            with suppress(OSError):
                saving.wipe(path)
        if made:
            with suppress(OSError):
                folder.rmdir()

    with ExitStack() as undo:
        undo.callback(take_away)
        yield write
        undo.pop_all()
