"""Where a data file lies, and what that means: a folder that a cloud program copies, a network drive. Pure.

A cloud program copies a file while it is being written to, brings back older versions and makes "conflict copies"; it
also carries the unit's data to somebody else's computers. On a network drive SQLite's locks cannot be relied on. Neither
is refused, both are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath, PurePosixPath, PureWindowsPath

_CLOUDS = (
    ("OneDrive", ("onedrive",)),
    ("坚果云", ("nutstore", "坚果云", "nutstorefiles", "我的坚果云")),
    ("iCloud", ("icloud", "icloud drive", "iclouddrive", "mobile documents", "com~apple~clouddocs")),
    ("Dropbox", ("dropbox",)),
    (
        "百度网盘",
        (
            "百度网盘",
            "baidunetdisk",
            "baidusyncdisk",
            "百度网盘同步空间",
            "baidunetdiskworkspace",
            "baiduyun",
        ),
    ),
    ("Google Drive", ("google drive", "googledrive", "my drive", "我的云端硬盘")),
    ("腾讯微云", ("微云", "weiyun", "腾讯微云")),
    ("阿里云盘", ("阿里云盘", "aliyundrive", "adrive")),
    ("WPS 云文档", ("wps云盘", "wpsdrive", "wps cloud files", "wps云文档", "kingsoftcloud")),
    ("夸克网盘", ("夸克网盘", "quarkclouddrive")),
    ("群晖同步", ("synologydrive", "cloudstation")),
)
NETWORK_KINDS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smbfs",
        "smb3",
        "afpfs",
        "webdav",
        "davfs",
        "fuse.sshfs",
        "9p",
        "ncpfs",
        "fuse.rclone",
        "network",
    }
)
"""file systems that lie on another computer, as the system calls them"""
CLOUD_SAID = (
    "数据文件放在{}的同步文件夹里：它会把数据传到外面的服务器，还可能在写入时拿旧的盖掉新的。"
    "请把数据文件移到不同步的文件夹（例如“文档”以外的本机文件夹），备份另存 U 盘。"
)
NETWORK_SAID = (
    "数据文件放在网络盘上：断网或几台电脑同时打开时容易损坏。请复制到本机硬盘上再用，用完再把备份放回去。"
)


def cloud_of(path: PurePath, roots: Iterable[tuple[str, PurePath]] = ()) -> str:
    """The cloud program in whose folder a file lies, "" for none; ``roots`` are folders that the system says belong to one."""
    for name, root in roots:
        if root.parts and _within(path, root):
            return name
    for part in path.parent.parts:
        bare = part.casefold()
        for name, marks in _CLOUDS:
            if any(bare == mark or re.match(rf"{re.escape(mark)}( -|-| \(|（)", bare) for mark in marks):
                return name
    return ""


def is_network(path: PurePath, mounts: Sequence[tuple[str, str]]) -> bool:
    """Whether a file lies on another computer. ``mounts`` are (where, kind of file system), as the system lists them.

    ``path`` is absolute. A Windows path that begins with two strokes always does; a letter does when the kind of its
    drive says ``network``.
    """
    if isinstance(path, PureWindowsPath) and path.drive.startswith("\\\\"):
        return not path.drive.startswith(("\\\\?\\", "\\\\.\\")) or path.drive.upper().startswith(
            "\\\\?\\UNC\\"
        )
    kind = type(path)
    over = [(kind(where), what) for where, what in mounts if _within(path, kind(where))]
    deepest = max(over, key=lambda one: len(one[0].parts), default=None)
    return deepest is not None and deepest[1].casefold() in NETWORK_KINDS


def warning(
    path: PurePath, mounts: Sequence[tuple[str, str]] = (), roots: Iterable[tuple[str, PurePath]] = ()
) -> str:
    """What to say of the place of a data file, "" when nothing."""
    if cloud := cloud_of(path, roots):
        return CLOUD_SAID.format(cloud)
    return NETWORK_SAID if is_network(path, mounts) else ""


def elsewhere(path: PurePath, drives: Iterable[PurePath]) -> list[PurePath]:
    """Where a file may be that is no longer found: the same folders on each of the drives that are plugged in, the
    longest first."""
    parts = path.parts[1:]
    tails = [parts[place:] for place in range(len(parts))]
    return [drive.joinpath(*tail) for tail in tails for drive in drives if drive.joinpath(*tail) != path]


def _within(path: PurePath, root: PurePath) -> bool:
    if isinstance(path, PurePosixPath):
        return path == root or root in path.parents
    folded = [PureWindowsPath(str(one).casefold()) for one in (path, root)]
    return folded[0] == folded[1] or folded[1] in folded[0].parents
