"""What does a zip archive hold? Stored members where they lie, packed ones unpacked once, within bounds."""

from __future__ import annotations

from gauger.core.errors import GaugerError, LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.formats.sniff import HEAD_BYTES
from gauger.formats.source import Source
from gauger.formats.stretch import Stretch
from gauger.formats.unpack import UnpackedStream
from gauger.formats.zip_directory import DEFLATED, STORED, Member, data_offset, zip_members
from gauger.scan.layer import Layer, LayerReader, Node, Policy, member_path, worth_keeping

_FREE_BYTES = 64 << 20


def read_zip(place: Stretch, source: Source, reader: LayerReader, policy: Policy) -> Layer:
    """What does this zip archive hold? What was listed before an error stays.

    Args:
        place: Where it lies.
        source: Its bytes.
        reader: Knows the bounds, and where packed members are kept.
        policy: What to leave out.
    """
    layer = Layer.empty()
    try:
        members = zip_members(source, reader.limits)
        _refuse_bombs(members.values(), source, reader.limits)
        reader.spool.begin()
        for member in members.values():
            _one(layer, member, place, source, reader, policy)
    except GaugerError as error:
        layer.error = error
    return layer


def _refuse_bombs(members: object, source: Source, limits: Limits) -> None:
    """Members that share packed bytes, or swell without end, are seen in the directory already."""
    listed: list[Member] = list(members)  # type: ignore[call-overload]
    if sum(m.packed_bytes for m in listed) > source.size_bytes:
        raise Malformed("members of the archive lie in one another", subject=source.name)
    unpacked = sum(m.size_bytes for m in listed)
    if unpacked > _FREE_BYTES and unpacked > source.size_bytes * limits.unpack_ratio:
        more = f"it unpacks to more than {limits.unpack_ratio} times its size"
        raise LimitExceeded(more, subject=source.name)


def _one(
    layer: Layer, member: Member, place: Stretch, source: Source, reader: LayerReader, policy: Policy
) -> None:
    reader.spool.budget.take("members", 1, source.name)
    path, why = member_path(member.name, reader.limits)
    if not why and (member.encrypted or member.method not in (STORED, DEFLATED)):
        why = "encryption or an unknown packing"
    if why:
        layer.refuse(why, member.name)
    elif not path or member.name.endswith("/"):
        return
    elif left := policy(path):
        layer.left_out[left] += 1
    else:
        try:
            layer.nodes[path] = _node(layer, path, member, place, source, reader)
        except Malformed:
            layer.refuse("damaged bytes", member.name)


def _node(
    layer: Layer, path: str, member: Member, place: Stretch, source: Source, reader: LayerReader
) -> Node:
    start = data_offset(source, member)
    if member.method == STORED:
        return Node("file", place.within(start, member.packed_bytes))
    with place.within(start, member.packed_bytes).open(path) as packed:
        stream = UnpackedStream(packed, "deflate", reader.limits, reader.spool.budget)
        head = stream.read(min(HEAD_BYTES, member.size_bytes))
        why = worth_keeping(path, member.size_bytes, head, reader.limits, reader.spool.budget, reader.wants)
        if why:
            layer.left_out[why] += 1
            return Node("absent")
        kept = reader.spool.keep(head, stream, member.size_bytes, path)
        longer = stream.read(1)
    if longer or kept.size_bytes != member.size_bytes:
        raise Malformed("it does not unpack to the size that the directory says", subject=path)
    return Node("file", kept)
