"""What a package file may be made of, whoever signed it: one report and one summary per unit, names of the tree. Pure.

The checks of one file as a whole, before keys and figures are looked at (T3, T7, T14). Everything a header says of
itself is its signer's word only: a unit's name is compared with the campaign's, and shown as a claim where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pingyi_desktop.exchange.merging.records import Parents
from pingyi_desktop.exchange.merging.situations import RefusalError, Situation
from pingyi_desktop.exchange.wire import bodies
from pingyi_desktop.exchange.wire.header import ROLLUP
from pingyi_desktop.exchange.wire.ledger_shapes import LEDGER_PEOPLE, LEDGERS
from pingyi_desktop.exchange.wire.package import Envelope

MAX_UNKNOWN = 64 * 1024
"""Bytes of one envelope that this edition may not know (members, or fields of members); they travel on untouched."""
MAX_UNKNOWN_CARRIED = 32 * 1024 * 1024
"""Such bytes in all envelopes that an office hands on together."""
MAX_LEDGERS = 2 * 1024 * 1024
"""Bytes of the ledgers of one unit: some thousand rows, far more than anybody keeps in a year."""
MAX_TASKS = 100
"""Keys of one unit that a rollup may vouch for: nobody hands a task down more often."""
MAX_CLAIM = 40
MAX_RIVALS = 3
"""Different contents of one revision that are kept: a person chooses among them, and nobody needs more."""
PER_PERSON = "ratee_tallies"
_LEDGERS = (LEDGERS, LEDGER_PEOPLE)
_OF_PERSONS = (PER_PERSON, LEDGER_PEOPLE)


def check(
    envelopes: Sequence[Envelope], *, sender: Envelope, parents: Parents, names: Mapping[str, str]
) -> None:
    """Refuse a file that holds more than its sender may bring; the unit at fault is named."""
    seen: set[tuple[str, str]] = set()
    children = {parent for parent in parents.values() if parent is not None}
    ours = parents[sender.address.unit]
    for one in envelopes:
        head = one.address
        name = names[head.unit]
        if (head.type, head.unit) in seen:
            raise refusal(
                names,
                Situation.TWICE,
                one,
                f"这个文件里有两份“{name}”的同类数据，分不清哪一份作数，整个文件没有收。请让对方重新导出。",
            )
        seen.add((head.type, head.unit))
        if head.unit != sender.address.unit and parents[head.unit] == ours:
            said = f"“{names[sender.address.unit]}”的文件里夹带了“{name}”的数据，整个文件没有收。请让“{name}”自己报来。"
            raise refusal(names, Situation.SMUGGLED, one, said)
        if head.type == ROLLUP and head.unit not in children:
            said = f"“{name}”在组织名单里没有下级，却报来了汇总，整个文件没有收。请与该单位核实。"
            raise refusal(names, Situation.SMUGGLED, one, said)
        if head.type == ROLLUP and not _is_bounded(one, parents):
            said = f"“{name}”的汇总列的数据或密钥多得不合常理，整个文件没有收。请与该单位核实。"
            raise refusal(names, Situation.OVERSIZED, one, said)


def check_name(envelope: Envelope, names: Mapping[str, str]) -> None:
    """Refuse an envelope whose unit is not in the campaign's tree, or is called otherwise there."""
    head = envelope.address
    claim = head.unit_name if len(head.unit_name) <= MAX_CLAIM else f"{head.unit_name[:MAX_CLAIM]}…"
    if head.unit not in names:
        said = (
            f"这个文件自称是“{claim}”（代码 {head.unit}）的，本次活动的组织名单里没有这个单位，没有收存。"
            "请核对是否拿错了文件，或该单位是否新设、更名。"
        )
        raise RefusalError(Situation.OUTSIDE_TREE, said)
    if head.unit_name != names[head.unit]:
        said = f"代码 {head.unit} 在组织名单里是“{names[head.unit]}”，这个文件却自称“{claim}”，没有收。请与该单位核实。"
        raise refusal(names, Situation.MISNAMED, envelope, said)


def is_known(envelope: Envelope, member: str) -> bool:
    """Whether this edition knows what the member says."""
    return member in bodies.SHAPES[envelope.address.type]


def unfit(envelope: Envelope, names: Mapping[str, str]) -> RefusalError | None:
    """Why an envelope can not be kept and handed on, if so: it would stop its office's own export."""
    name = names[envelope.address.unit]
    if bodies.unknown_bytes(envelope) > MAX_UNKNOWN:
        said = (
            f"“{name}”的数据里有本软件看不懂的大块内容（超过 {MAX_UNKNOWN // 1024} KB），这一份没有收，"
            "同一文件里别的单位照常。请该单位核对导出用的软件，重新导出。"
        )
        return refusal(names, Situation.OVERSIZED, envelope, said)
    if sum(one.size for one in envelope.header.members if one.name in _LEDGERS) > MAX_LEDGERS:
        said = (
            f"“{name}”的台账超过 {MAX_LEDGERS // 1024 // 1024} MB，多得不合常理，这一份没有收，"
            "同一文件里别的单位照常。请与该单位核实后重新导出。"
        )
        return refusal(names, Situation.OVERSIZED, envelope, said)
    if not _is_detachable(envelope):
        said = (
            f"“{name}”的数据不许上级取下党员个人的票数或姓名，不能再往上报，这一份没有收，同一文件里别的单位照常。"
            "这不是本软件导出的，请与该单位核实，重新导出。"
        )
        return refusal(names, Situation.NOT_DETACHABLE, envelope, said)
    return None


def _is_detachable(envelope: Envelope) -> bool:
    """Whether the marks and names of single persons may be left out on the way up, as the rule of few ballots asks."""
    return all(one.detachable for one in envelope.header.members if one.name in _OF_PERSONS)


def portable(accepted: Sequence[Envelope]) -> tuple[list[Envelope], list[Envelope]]:
    """What an office can hand on, and those without which the others fit: no unit stops the others."""
    kept: list[Envelope] = []
    left: list[Envelope] = []
    room = MAX_UNKNOWN_CARRIED
    sizes = {one.id: bodies.unknown_bytes(one) for one in accepted}
    for one in sorted(accepted, key=lambda one: (sizes[one.id], one.id)):
        size = sizes[one.id]
        fits = size <= min(MAX_UNKNOWN, room) and _is_detachable(one)
        (kept if fits else left).append(one)
        room -= size if fits else 0
    return kept, left


def left_out(envelope: Envelope, names: Mapping[str, str]) -> str:
    """What is said of an envelope that is not handed on."""
    return (
        f"“{names[envelope.address.unit]}”的数据里有本软件看不懂的大块内容，或不许取下个人票数、姓名，没有随本次上报带上，其余照常。"
        "请让该单位重新导出，导入后再上报一次。"
    )


def refusal(
    names: Mapping[str, str], situation: Situation, envelope: Envelope, sentence: str
) -> RefusalError:
    """A refusal that names the unit as the campaign does; one that the campaign does not have has no name."""
    unit = envelope.address.unit
    return RefusalError(situation, sentence, unit=unit, unit_name=names.get(unit, ""))


def _is_bounded(rollup: Envelope, parents: Parents) -> bool:
    index = rollup.document("index")
    kept = (rollup.document("holds") or {"kept": []})["kept"]
    many = len(parents)
    return (
        len(index["accepts"]) <= 2 * many
        and len(index["keys"]) <= MAX_TASKS * many
        and len(index["expected"]) <= many
        and len(kept) <= 2 * many
    )
