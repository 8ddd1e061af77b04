"""What does one tar file or image layer hold? Its members by name, with those that are worth reading kept."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable

import msgspec

from gauger.core.errors import GaugerError
from gauger.core.limits import Limits
from gauger.formats.sniff import HEAD_BYTES, sniff
from gauger.formats.source import Source
from gauger.formats.stretch import Stretch
from gauger.formats.tar import TarMember, tar_members
from gauger.formats.unpack import Budget, PlainStream, Stream, UnpackedStream
from gauger.scan.ignore import read_all_the_same
from gauger.scan.inside import is_archive
from gauger.scan.spool import Spool

_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
"""Source: OCI image specification 1.1, layer.md, "Whiteouts" (https://github.com/opencontainers/image-spec)."""


_SMALL_BYTES = 1 << 16
"""Kept whatever it is, so that a path that code names is known to exist."""

_NOT_TELLING = ("", "json", "gzip", "zip", "numpy")
"""Formats of first bytes that many things besides models have."""


class Node(msgspec.Struct, frozen=True):
    """One name in a layer.

    Attributes:
        kind: `file`, `link`, `folder`, or `absent` for a file that is there and not kept.
        place: Where a file's bytes lie.
        target: Where a link leads, as written; a leading slash is the root of the file system.
    """

    kind: str
    place: Stretch | None = None
    target: str = ""


class Layer(msgspec.Struct):
    """What one tar file holds.

    Attributes:
        nodes: By path; the last member of a name counts, as when it is unpacked.
        removed: Paths that this layer deletes from the layers below.
        opaque: Folders of which nothing shows that lies in the layers below.
        left_out: How many files were left out, by why.
        refused: How many members were refused, by why, each with the first one's name.
        error: Why reading ended before the tar file did, or None.
        packed_sha256: Of the bytes as they are stored; empty for a tar file that is not packed.
        unpacked_sha256: Of the tar file; empty for one that is not packed.
    """

    nodes: dict[str, Node]
    removed: set[str]
    opaque: set[str]
    left_out: Counter[str]
    refused: dict[str, tuple[int, str]]
    error: GaugerError | None = None
    packed_sha256: str = ""
    unpacked_sha256: str = ""

    @classmethod
    def empty(cls) -> Layer:
        """A layer with nothing in it."""
        return cls({}, set(), set(), Counter(), {})

    def refuse(self, why: str, name: str) -> None:
        """Count a member that is not taken in."""
        count, first = self.refused.get(why, (0, name))
        self.refused[why] = (count + 1, first)


Policy = Callable[[str], str]
"""Why is a file of this path left out? Empty where it is not."""

Wants = Callable[[str], bool]
"""Does anybody read files of this name?"""


class LayerReader:
    """Lists tar files, packed or not.

    Args:
        limits: Bounds.
        spool: Where members of packed ones are kept.
        wants: Which names somebody reads.
    """

    def __init__(self, limits: Limits, spool: Spool, wants: Wants) -> None:
        self.limits = limits
        self.spool = spool
        self.wants = wants

    def read(self, place: Stretch, source: Source, kind: str, policy: Policy) -> Layer:
        """What does this tar file hold? What was listed before an error stays.

        Args:
            place: Where it lies.
            source: Its bytes.
            kind: How it is packed, or empty.
            policy: What to leave out.
        """
        layer = Layer.empty()
        try:
            if kind:
                self._packed(layer, UnpackedStream(source, kind, self.limits, self.spool.budget), policy)
            else:
                self._list(layer, PlainStream(source), place, policy, source.name)
        except GaugerError as error:
            layer.error = error
        return layer

    def _packed(self, layer: Layer, stream: UnpackedStream, policy: Policy) -> None:
        self.spool.begin()
        self._list(layer, stream, None, policy, stream.source.name)
        stream.finish()
        layer.packed_sha256 = stream.packed_hash.hexdigest()
        layer.unpacked_sha256 = stream.unpacked_hash.hexdigest()

    def _list(
        self, layer: Layer, stream: Stream, place: Stretch | None, policy: Policy, subject: str
    ) -> None:
        for member in tar_members(stream, self.limits, subject):
            self.spool.budget.take("members", 1, subject)
            path, why = member_path(member.name, self.limits)
            if not why and member.kind == "other":
                why = "being devices, pipes or of unknown kinds"
            if why:
                layer.refuse(why, member.name)
            elif path:
                self._one(layer, path, member, stream, place, policy)

    def _one(
        self,
        layer: Layer,
        path: str,
        member: TarMember,
        stream: Stream,
        place: Stretch | None,
        policy: Policy,
    ) -> None:
        folder, _, name = path.rpartition("/")
        if name == _OPAQUE:
            layer.opaque.add(folder)
        elif name.startswith(_WHITEOUT):
            layer.removed.add(f"{folder}/{name[len(_WHITEOUT) :]}".lstrip("/"))
        elif member.kind == "folder":
            if path not in layer.nodes or layer.nodes[path].kind != "folder":
                layer.nodes[path] = Node("folder")
        elif member.kind == "link":
            layer.nodes[path] = Node("link", target=member.target)
        elif member.kind == "hard-link":
            self._hard_link(layer, path, member)
        elif why := policy(path):
            layer.left_out[why] += 1
        elif member.kind == "sparse":
            layer.left_out["sparse"] += 1
            layer.nodes[path] = Node("absent")
        else:
            layer.nodes[path] = self._file(layer, path, member, stream, place)

    def _hard_link(self, layer: Layer, path: str, member: TarMember) -> None:
        """Another name for a file that came before; for one of a lower layer, as good as a link to it."""
        target = posixpath.normpath("/" + member.target).lstrip("/")
        layer.nodes[path] = layer.nodes.get(target) or Node("link", target="/" + target)

    def _file(
        self, layer: Layer, path: str, member: TarMember, stream: Stream, place: Stretch | None
    ) -> Node:
        if place is not None:
            return Node("file", place.within(member.offset, member.size_bytes))
        head = stream.read(min(HEAD_BYTES, member.size_bytes))
        why = worth_keeping(path, member.size_bytes, head, self.limits, self.spool.budget, self.wants)
        if why:
            layer.left_out[why] += 1
            return Node("absent")
        return Node("file", self.spool.keep(head, stream, member.size_bytes, path))


def member_path(name: str, limits: Limits) -> tuple[str, str]:
    """The member's path below the root, or why it has none. An absolute path is one below the root."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        return "", "a name that leads upwards"
    if len(parts) > limits.folder_depth:
        return "", "a name that is nested too deeply"
    return "/".join(parts), ""


def worth_keeping(
    path: str, size_bytes: int, head: bytes, limits: Limits, budget: Budget, wants: Wants
) -> str:
    """Why is a packed file not kept? Empty for small ones, and for those that somebody will read.

    `unwanted` is what nobody would read in a folder either: pictures, tables, libraries. `large` is what
    would be wanted by its name and is longer than a text file may be.
    """
    folder, _, name = path.rpartition("/")
    wanted = (
        size_bytes <= _SMALL_BYTES
        or ((is_text := wants(path)) and size_bytes <= limits.text_file_bytes)
        or is_archive(path)
        or folder.startswith("blobs/")
        or read_all_the_same(folder, name, ())
        or sniff(head, size_bytes, name) not in _NOT_TELLING
    )
    if not wanted:
        return "large" if is_text else "unwanted"
    return "no room" if size_bytes > budget.kept else ""
