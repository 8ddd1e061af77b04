"""Any bytes under an archive's name: entries, gaps and findings, within bounds, and no trace."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.images import Layout, config, docker_save, hard_link, packed, tar, zipped
from build.mutations import mutated
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import Limits
from gauger.formats.oci import read_manifest, read_saved
from gauger.formats.source import MemorySource
from gauger.formats.stretch import Stretch
from gauger.formats.tar import tar_members
from gauger.formats.unpack import Budget, PlainStream, UnpackedStream
from gauger.scan.flatten import flatten
from gauger.scan.layer import Layer, Node
from gauger.scan.target import Target, open_target

LIMITS = Limits(
    text_file_bytes=1 << 16,
    unpacked_members=200,
    unpacked_bytes=1 << 20,
    kept_bytes=1 << 19,
    files=100,
    image_layers=20,
    images=5,
    archive_members=200,
)
LAYER = tar({"a/b.py": b"x = 1\n", "a/c": "b.py", "d": hard_link("d", "a/b.py"), "é" * 80: b"y"})
UPPER = tar({"a/.wh.b.py": b"", "e/.wh..wh..opq": b"", "m.gguf": b"GGUF"})


def layout() -> bytes:
    """A layout with one image of two packed layers."""
    made = Layout()
    made.image("a:1", config([LAYER, UPPER], Env=["MODEL_ID=a/b"]), [packed(LAYER), UPPER])
    return made.tar()


VALID = {
    "plain.tar": LAYER,
    "packed.tar.gz": packed(LAYER),
    "members.zip": zipped({"a/b.py": b"x = 1\n" * 50, "c.txt": b"y"}),
    "stored.zip": zipped({"a/b.py": b"x = 1\n"}, packed=False),
    "saved.tar": docker_save({"a:1": (config([LAYER, UPPER]), [LAYER, UPPER])}),
    "layout.tar": layout(),
    "nested.tar": tar({"inner.tar": layout(), "inner.zip": zipped({"x.py": b"x"})}),
}


def opened(name: str, data: bytes) -> Target:
    """What is listed, after the temporary folder was looked at: nothing may be in it but numbered files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        with open_target(path, LIMITS) as target:
            entries = target.walked.entries
            assert len(entries) <= LIMITS.files
            assert not [gap for gap in target.walked.gaps if gap.detail.startswith("bug in")]
            for entry in entries:
                real = Path(entry.real)
                assert real == path or (real.name.isdigit() and real.parent.name.startswith("gauger-"))
            kept = {e.real for e in entries if e.real != str(path)}
            assert sum(Path(real).stat().st_size for real in kept) <= LIMITS.kept_bytes
        assert not any(Path(real).exists() for real in kept)
        assert [p.name for p in Path(folder).iterdir()] == [name]
        return target


def shown(target: Target) -> list[object]:
    """What does not depend on where the temporary folder was."""
    entries = [(e.path, e.size_bytes, e.link) for e in target.walked.entries]
    return [entries, target.walked.gaps, target.findings]


@pytest.mark.parametrize("name", VALID)
@given(data=st.binary(max_size=3000))
@settings(max_examples=30, deadline=None)
def test_any_bytes_are_listed_or_refused(name: str, data: bytes) -> None:
    """Nothing is raised, nothing is left behind, nothing is written under a name of the archive's."""
    opened(name, data)


@pytest.mark.parametrize("name", VALID)
@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=40, deadline=None)
def test_changed_archives_are_listed_or_refused_and_twice_the_same(name: str, seed: int) -> None:
    """Flipped bits, cuts, lies about lengths, splices and repetitions."""
    data = mutated(VALID[name], seed)
    assert shown(opened(name, data)) == shown(opened(name, data))


@given(data=st.binary(max_size=4000), kind=st.sampled_from(["gzip", "bzip2", "xz", "zstd", "deflate"]))
def test_any_packed_bytes_end(data: bytes, kind: str) -> None:
    """A stream ends, or says why not, and never gives more than its budget."""
    stream = UnpackedStream(MemorySource(data), kind, LIMITS, Budget(LIMITS))
    with suppress(Malformed, LimitExceeded):
        stream.finish()
    assert stream.position <= LIMITS.unpacked_bytes


@given(data=st.binary(max_size=4000))
def test_any_bytes_are_a_tar_file_or_are_not(data: bytes) -> None:
    """Members lie in the bytes as far as they go, one behind the other."""
    at = 0
    with suppress(Malformed, LimitExceeded):
        for member in tar_members(PlainStream(MemorySource(data)), LIMITS):
            assert member.offset >= at
            at = member.offset


KEYS = ["manifests", "layers", "config", "digest", "Layers", "Config", "RepoTags", "platform"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["manifests", "layers", "config", "digest", "Layers", "Config", "RepoTags", "platform"]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(document=JSON)
def test_any_document_is_a_manifest_or_is_not(document: object) -> None:
    """Types that nobody expects are malformed."""
    data = json.dumps(document).encode()
    for reader in (read_manifest, read_saved):
        try:
            assert isinstance(reader(data, LIMITS), object)
        except (Malformed, LimitExceeded):
            continue


KINDS = st.sampled_from(["file", "folder", "a", "/b", "../c", "a/../../b"])
NAMES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map("/".join)


@given(
    layers=st.lists(
        st.tuples(
            st.dictionaries(
                NAMES, st.sampled_from(["file", "folder", "a", "/b", "../c", "a/../../b"]), max_size=6
            ),
            st.sets(NAMES, max_size=3),
            st.sets(NAMES, max_size=2),
        ),
        max_size=4,
    )
)
def test_layers_show_what_a_plain_reading_of_the_rules_shows(
    layers: list[tuple[dict[str, str], set[str], set[str]]],
) -> None:
    """Laid on one another from below, deletions first, as the specification tells it; links end inside."""
    made = []
    plain: dict[str, str] = {}
    for contents, removed, opaque in layers:
        layer = Layer.empty()
        layer.removed, layer.opaque = set(removed), set(opaque)
        for path, what in contents.items():
            layer.nodes[path] = _node(what)
        made.append(layer)
        covered = {*removed, *(path for path, what in contents.items() if what != "folder")}
        plain = {
            path: what
            for path, what in plain.items()
            if path not in removed and not any(path.startswith(f"{folder}/") for folder in covered | opaque)
        } | contents
    flat = flatten(made)
    assert set(flat.files) == {path for path, what in plain.items() if what == "file"}
    assert set(flat.links) <= {path for path, what in plain.items() if what not in ("file", "folder")}
    assert set(flat.links.values()) <= set(flat.files)


def _node(what: str) -> Node:
    if what == "file":
        return Node("file", Stretch("x", 0, 0))
    return Node("folder") if what == "folder" else Node("link", target=what)
