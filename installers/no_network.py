"""Run a program that dies at once when it, or anything it starts, opens a socket to a network.

    python3 no_network.py PROGRAM [words]

The kernel watches (seccomp), so libraries in C are held to it as Python is. Sockets inside the computer (AF_UNIX: the
screen, the printer's queue) are no network. Linux on x86-64 and ARM 64 only; standard library only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

AF_UNIX = 1
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, EQUAL, GIVE = 0x20, 0x15, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""machine → the kernel's number for it, and for socket(2)"""


class Program(ctypes.Structure):
    """A filter as prctl(2) takes it."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def steps(machine: str) -> bytes:
    """The filter: another machine's calls and sockets of any kind but AF_UNIX kill, everything else goes on."""
    architecture, socket = MACHINES[machine]
    listed = (
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 0, 5, architecture),
        (LOAD, 0, 0, NUMBER),
        (EQUAL, 0, 2, socket),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (EQUAL, 0, 1, AF_UNIX),
        (GIVE, 0, 0, ALLOW),
        (GIVE, 0, 0, KILL),
    )
    return b"".join(struct.pack("=HBBI", *one) for one in listed)


def forbid(machine: str) -> None:
    """Hold this process and all it starts to it; ``OSError`` where the kernel does not allow that."""
    code = steps(machine)
    library = ctypes.CDLL(None, use_errno=True)
    program = Program(len(code) // 8, code)
    given = (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program))
    for words in given:
        if library.prctl(*words) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main(arguments: list[str]) -> int:
    """Become the program that is named."""
    if not arguments or sys.platform != "linux":
        print(__doc__, file=sys.stderr)
        return 2
    forbid(platform.machine())
    os.execvp(arguments[0], arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
