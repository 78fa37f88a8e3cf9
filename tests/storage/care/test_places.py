"""Folders of cloud programs and network drives are known by their paths and by what the system says of its drives."""

from __future__ import annotations

from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from pingyi_desktop.storage.care import mounts, places

WIN, NIX = PureWindowsPath, PurePosixPath


@pytest.mark.parametrize(
    ("path", "cloud"),
    [
        (WIN(r"C:\Users\王\OneDrive\评议\矿.pingyi"), "OneDrive"),
        (WIN(r"C:\Users\王\OneDrive - 青峦公司\矿.pingyi"), "OneDrive"),
        (WIN(r"D:\我的坚果云\矿.pingyi"), "坚果云"),
        (WIN(r"D:\Nutstore\1\矿.pingyi"), "坚果云"),
        (WIN(r"C:\Users\王\iCloudDrive\矿.pingyi"), "iCloud"),
        (NIX("/Users/w/Library/Mobile Documents/com~apple~CloudDocs/矿.pingyi"), "iCloud"),
        (NIX("/Users/w/Dropbox/矿.pingyi"), "Dropbox"),
        (NIX("/Users/w/Dropbox (Personal)/矿.pingyi"), "Dropbox"),
        (WIN(r"D:\BaiduSyncdisk\矿.pingyi"), "百度网盘"),
        (WIN(r"D:\百度网盘同步空间\矿.pingyi"), "百度网盘"),
        (WIN(r"D:\WPS云盘\矿.pingyi"), "WPS 云文档"),
        (WIN(r"D:\评议\矿.pingyi"), ""),
        (WIN(r"D:\评议\OneDrive.pingyi"), ""),
        (NIX("/Users/w/onedriver/矿.pingyi"), ""),
        (NIX("/Users/w/文档/百度网盘下载说明/矿.pingyi"), ""),
    ],
)
def test_a_cloud_program_s_folder_is_known(path: PurePath, cloud: str) -> None:
    assert places.cloud_of(path) == cloud
    said = places.warning(path)
    assert cloud in said
    assert bool(said) == bool(cloud)


def test_so_is_one_that_was_moved_and_that_only_the_system_knows() -> None:
    roots = [("OneDrive", WIN(r"E:\公司资料"))]
    assert places.cloud_of(WIN(r"e:\公司资料\评议\矿.pingyi"), roots) == "OneDrive"
    assert places.cloud_of(WIN(r"E:\公司资料二\矿.pingyi"), roots) == ""


@pytest.mark.parametrize(
    ("path", "mounts", "network"),
    [
        (WIN(r"\\server\share\矿.pingyi"), (), True),
        (WIN(r"\\?\UNC\server\share\矿.pingyi"), (), True),
        (WIN(r"\\?\C:\评议\矿.pingyi"), (), False),
        (WIN(r"Z:\矿.pingyi"), (("C:/", "NTFS"), ("Z:/", "network")), True),
        (WIN(r"C:\矿.pingyi"), (("C:/", "NTFS"), ("Z:/", "network")), False),
        (NIX("/mnt/office/矿.pingyi"), (("/", "ext4"), ("/mnt/office", "cifs")), True),
        (NIX("/mnt/office2/矿.pingyi"), (("/", "ext4"), ("/mnt/office", "cifs")), False),
        (NIX("/srv/local/矿.pingyi"), (("/", "ext4"), ("/srv", "nfs4"), ("/srv/local", "xfs")), False),
        (NIX("/srv/矿.pingyi"), (("/srv", "NFS4"),), True),
        (NIX("/srv/矿.pingyi"), (), False),
    ],
)
def test_a_network_drive_is_known(path: PurePath, mounts: tuple[tuple[str, str], ...], network: bool) -> None:
    assert places.is_network(path, mounts) is network
    assert ("网络盘" in places.warning(path, mounts)) is network


def test_a_file_that_was_moved_is_looked_for_on_the_drives_that_are_there() -> None:
    looked = places.elsewhere(WIN(r"E:\评议\矿.pingyi"), [WIN("F:/"), WIN("E:/")])
    assert looked == [WIN("F:/评议/矿.pingyi"), WIN("F:/矿.pingyi"), WIN("E:/矿.pingyi")]
    stick = places.elsewhere(NIX("/media/w/U盘/评议/矿.pingyi"), [NIX("/media/w/U盘1")])
    assert NIX("/media/w/U盘1/评议/矿.pingyi") in stick


def test_this_computer_s_own_drives_are_read(tmp_path: Path) -> None:
    assert mounts.mounted(), "every system has a drive"
    assert mounts.warning(tmp_path / "矿.pingyi") == ""
    assert "百度网盘" in mounts.warning(tmp_path / "百度网盘" / "矿.pingyi")


def test_a_list_of_mounts_is_read_as_the_system_writes_it() -> None:
    listed = "/dev/sda1 / ext4 rw 0 0\n//server/办公 /mnt/\\344\\270\\200\\040矿 cifs rw 0 0\n坏行\n"
    assert mounts.read_mounts(listed) == [("/", "ext4"), ("/mnt/一 矿", "cifs")]
