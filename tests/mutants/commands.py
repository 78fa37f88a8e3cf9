"""Mutants of the command line's doors: what is printed is not overwritten, and nothing is left of what failed."""

from __future__ import annotations

from mutants.mutant import Mutant

HANDING, STREAMS = "pingyi_desktop/exchange/outbox/handing_out.py", "pingyi_desktop/cli/streams.py"
TESTS = "tests/exchange/outbox/test_handing_out.py::"

COMMANDS = (
    Mutant(
        "a-task-whose-slip-is-printed-is-overwritten",
        HANDING,
        "taken = [name for name in names if name in there]",
        "taken = list[str]()",
        (f"{TESTS}test_a_task_that_lies_there_is_not_overwritten",),
        "the slip on paper would open nothing any more (F.6)",
    ),
    Mutant(
        "tasks-that-were-not-committed-stay",
        HANDING,
        "        undo.callback(take_away)\n",
        "",
        (f"{TESTS}test_what_was_written_is_taken_away_when_it_does_not_come_to_its_end",),
        "a task whose token the office does not know is handed to nobody (F.5)",
    ),
    Mutant(
        "a-closed-output-counts-as-shown",
        STREAMS,
        "        raise OSError(errno.EBADF, os.strerror(errno.EBADF))\n",
        "        return\n",
        (f"{TESTS}test_what_was_written_is_taken_away_when_it_does_not_come_to_its_end",),
        "what is shown once must have been shown before the commit (C.5)",
    ),
    Mutant(
        "a-data-file-takes-the-number-of-a-closed-stream",
        STREAMS,
        "            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free\n",
        "            pass\n",
        ("tests/cli/test_typed.py::test_a_closed_stream_s_number_is_taken",),
        "what is said would be written into the data file (F.5)",
    ),
)
