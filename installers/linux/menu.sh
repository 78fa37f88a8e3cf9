#!/bin/sh
# 把本文件夹里的评议登记到自己账户的开始菜单，并让双击任务文件、数据文件时用它打开；不需要管理员权限。
#   sh menu.sh          登记
#   sh menu.sh remove   取消登记（不删除数据文件，也不删除本文件夹）
set -e
here=$(cd "$(dirname "$0")" && pwd)
base=${XDG_DATA_HOME:-$HOME/.local/share}
if [ "$1" = remove ]; then
    (cd "$here/share" && find . -type f) | while read -r file; do rm -f "$base/$file" "$base/$file.new~"; done
    said=已取消登记。
else
    mkdir -p "$base" 2>/dev/null || { echo "写不了“$base”，没有登记。直接双击 pingyi 也能用。" >&2; exit 1; }
    program=$(printf '%s' "$here/pingyi" | sed 's/[&|\\]/\\&/g')
    (cd "$here/share" && find . -type f) | while read -r file; do
        mkdir -p "$base/$(dirname "$file")"
        sed "s|@PROGRAM@|$program|" "$here/share/$file" >"$base/$file.new~"
        mv "$base/$file.new~" "$base/$file" # 中途断电，原来的还在
    done
    said="已登记到菜单。移动了本文件夹的，请再执行一次。"
fi
update-mime-database "$base/mime" 2>/dev/null || true
update-desktop-database "$base/applications" 2>/dev/null || true
echo "$said"
