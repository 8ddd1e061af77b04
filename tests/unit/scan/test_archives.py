"""What a scan says of archives: their members are files like others, within bounds."""

from __future__ import annotations

import bz2
import lzma
import struct
from pathlib import Path

import numpy as np
import pytest

from build.gguf import tiny_gguf
from build.images import config, device, docker_save, packed, tar, zipped
from build.safetensors import safetensors_bytes
from build.stacks import lookup, stack, told
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.scan.scan import Inventory, scan
from gauger.scan.target import open_target

WEIGHTS = safetensors_bytes({"a": np.zeros((2, 2), np.float32)})
CODE = b"import openai\nopenai.OpenAI().chat.completions.create(model='gpt-4o')\n"


def of(tmp_path: Path, name: str, data: bytes, limits: Limits | None = None) -> Inventory:
    """A scan of a folder that holds this one file."""
    return scan(stack(tmp_path / "stack", {name: data}), lookup(), limits or Limits())


def places(inventory: Inventory) -> list[str]:
    """Where the uses are."""
    return [str(t.use.location) for t in told(inventory)]


def gaps(inventory: Inventory, reason: str = "") -> list[Gap]:
    """What the opening of archives could not do."""
    return [g for g in inventory.gaps if g.part == "archive" and reason in ("", g.reason)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.tar", tar({"srv/main.py": CODE})),
        ("a.tar.gz", packed(tar({"srv/main.py": CODE}))),
        ("a.tgz", packed(tar({"srv/main.py": CODE}))),
        ("a.tar.bz2", bz2.compress(tar({"srv/main.py": CODE}))),
        ("a.tar.xz", lzma.compress(tar({"srv/main.py": CODE}))),
        ("a.zip", zipped({"srv/main.py": CODE})),
        ("a.zip", zipped({"srv/main.py": CODE}, packed=False)),
        ("a.mar", zipped({"srv/main.py": CODE})),
    ],
)
def test_files_in_an_archive_are_read_as_in_a_folder(tmp_path: Path, name: str, data: bytes) -> None:
    """Whatever it is packed with; the line is that of the file inside."""
    assert places(of(tmp_path, name, data)) == [f"{name}!/srv/main.py:2"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("model.tar.gz", packed(tar({"model.safetensors": WEIGHTS}))),
        ("model.nemo", tar({"model.safetensors": WEIGHTS})),
        ("model.zip", zipped({"model.safetensors": WEIGHTS})),
        ("model-1.0-py3-none-any.whl", zipped({"model.safetensors": WEIGHTS, "other/people.py": CODE})),
    ],
)
def test_a_model_in_an_archive_is_read(tmp_path: Path, name: str, data: bytes) -> None:
    """Weights are found with their tensors; of a wheel, nothing else is read."""
    found = of(tmp_path, name, data)
    inside = [a for a in found.artifacts if a.location.path == f"{name}!/model.safetensors"]
    assert [(a.kind, a.facts["tensors"]) for a in inside] == [("weights", 1)]
    assert not any("people" in place for place in places(found))
    assert not [gap for gap in found.gaps if gap.part == "model-files"]


def test_pytorch_archives_stay_models(tmp_path: Path) -> None:
    """A zip archive that is a model itself has its own reader."""
    found = stack(tmp_path, {"weights.pt": zipped({"archive/data.pkl": b"\x80\x02}q\x00."}, packed=False)})
    with open_target(found / "weights.pt") as target:
        assert [entry.path for entry in target.walked.entries] == ["weights.pt"]


def test_a_single_file_is_told_by_its_bytes(tmp_path: Path) -> None:
    """An image that was saved under any name is one when it is asked for."""
    path = tmp_path / "saved-image"
    path.write_bytes(docker_save({"a:1": (config(Env=["MODEL_ID=Qwen/Qwen2.5-7B"]), [])}))
    assert places(scan(path, lookup())) == ["saved-image!@config/a:1 (Env MODEL_ID)"]


def test_archives_in_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    """An image in an archive in an archive; what is deeper is a gap."""
    image = docker_save({"a:1": (config([]), [tar({"srv/main.py": CODE})])})
    data = zipped({"one/two.tar.gz": packed(tar({"image.tar": image}))})
    path = "a.zip!/one/two.tar.gz!/image.tar"
    assert places(of(tmp_path, "a.zip", data)) == [f"{path}!/srv/main.py:2"]
    shallow = of(tmp_path, "a.zip", data, Limits(archive_depth=2))
    assert places(shallow) == []
    assert [(g.location.path if g.location else "") for g in gaps(shallow, "limit-exceeded")] == [path]


def test_a_whole_file_system_is_told_from_other_archives(tmp_path: Path) -> None:
    """`docker export` writes no manifest; its distribution is left out as an image's is."""
    data = tar({"etc/os-release": b"ID=x\n", "usr/share/x/a.py": CODE, "srv/main.py": CODE})
    found = of(tmp_path, "root.tar", data)
    assert places(found) == ["root.tar!/srv/main.py:2"]
    assert ["of the distribution" in gap.detail for gap in gaps(found)] == [True]


@pytest.mark.parametrize("name", ["../../evil.py", "/../evil.py", "a/../../evil.py"])
def test_names_that_lead_upwards_are_refused(tmp_path: Path, name: str) -> None:
    """In a tar file and in a zip archive; nothing is written anywhere."""
    for archive, data in (("a.tar", tar({name: CODE})), ("a.zip", zipped({name: CODE}))):
        found = of(tmp_path / archive, archive, data)
        assert places(found) == []
        assert ["leads upwards" in gap.detail for gap in gaps(found, "malformed")] == [True]
    assert not list(tmp_path.rglob("evil.py"))


def test_an_absolute_name_is_one_below_the_root(tmp_path: Path) -> None:
    """As other programs unpack it."""
    assert places(of(tmp_path, "a.tar", tar({"/srv/main.py": CODE}))) == ["a.tar!/srv/main.py:2"]


def test_devices_are_counted_and_not_opened(tmp_path: Path) -> None:
    """A gap says how many."""
    found = of(tmp_path, "a.tar", tar({"dev/a": device("dev/a"), "dev/b": device("dev/b"), "m.py": CODE}))
    assert places(found) == ["a.tar!/m.py:2"]
    assert [gap.detail for gap in gaps(found)] == [
        "2 members were refused for being devices, pipes or of unknown kinds: dev/a"
    ]


def test_the_last_member_of_a_name_counts(tmp_path: Path) -> None:
    """As when it is unpacked."""
    data = tar({"main.py": b"x = 1\n"})[:-10240][:1024] + tar({"main.py": CODE})
    assert places(of(tmp_path, "a.tar", data)) == ["a.tar!/main.py:2"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.tar", b"this is text", "malformed"),
        ("a.zip", b"this is text", "malformed"),
        ("a.tar.gz", packed(b"this is text"), "malformed"),
        ("a.tar", tar({"a.py": CODE, "b.bin": b"x" * 5000})[:3000], "malformed"),
        ("a.tar.gz", packed(tar({"a.py": CODE}))[:100], "malformed"),
        ("a.zip", zipped({"a.py": CODE})[:-30], "malformed"),
        ("a.tar.gz", packed(bytes(100 << 20)), "limit-exceeded"),
        ("a.tar", docker_save({"a:1": (b"[" * 99, [])}), "malformed"),
        ("a.tar", tar({"manifest.json": b'[{"Layers": ["x"], "Config": "../../etc/passwd"}]'}), "malformed"),
    ],
)
def test_broken_archives_are_gaps(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    """Text under an archive's name, cut files, an image without its parts."""
    found = of(tmp_path, name, data)
    assert any(gap.reason == reason for gap in found.gaps)


def test_what_was_listed_before_an_error_is_read(tmp_path: Path) -> None:
    """A cut archive still gives its first members."""
    data = tar({"a.py": CODE, "b.bin": b"x" * 5000})[:3000]
    assert places(of(tmp_path, "a.tar", data)) == ["a.tar!/a.py:2"]


def test_a_bomb_is_cut_and_named(tmp_path: Path) -> None:
    """By its ratio, whatever it is called and packed with."""
    zeros = bytes(100 << 20)
    for name, data in (
        ("a.tar.gz", packed(tar({"model.gguf": zeros}))),
        ("a.zip", zipped({"model.gguf": zeros})),
    ):
        found = of(tmp_path / name, name, data)
        assert ["200 times its size" in gap.detail for gap in gaps(found, "limit-exceeded")] == [True]


def test_zip_members_in_one_another_are_refused(tmp_path: Path) -> None:
    """Many entries of the directory for the same packed bytes."""
    data = zipped({"a.txt": bytes(range(256)) * 8}, packed=False)
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entries = b"".join(data[start:end].replace(b"a.txt", b"%05d" % n) for n in range(50))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(entries), start, 0)
    found = of(tmp_path, "a.zip", data[:start] + entries + tail)
    assert ["lie in one another" in gap.detail for gap in gaps(found, "malformed")] == [True]


@pytest.mark.parametrize(
    ("limits", "detail"),
    [
        (Limits(unpacked_members=3), "unpacked_members"),
        (Limits(unpacked_bytes=2000), "unpacked_bytes"),
        (Limits(kept_bytes=100), "kept_bytes"),
        (Limits(files=4), "more than 4 files"),
    ],
)
def test_each_bound_is_a_gap(tmp_path: Path, limits: Limits, detail: str) -> None:
    """Members, unpacked bytes, kept bytes and files."""
    found = of(tmp_path, "a.tar.gz", packed(tar({f"{n}.py": CODE for n in range(9)})), limits)
    assert any(detail in gap.detail for gap in gaps(found, "limit-exceeded"))


def test_large_files_that_are_no_models_are_not_unpacked(tmp_path: Path) -> None:
    """Models are, by their names or their first bytes; what nobody reads is none of anybody's business."""
    noise = bytes(range(256)) * 300
    large = {"core.dump": noise, "photo.jpg": noise, "named.gguf": noise, "small.dump": noise[:9000]}
    data = packed(tar(large | {"blob": tiny_gguf() + noise, "long.py": b"x = 1\n" * 20_000}))
    found = stack(tmp_path, {"a.tar.gz": data})
    with open_target(found, Limits(text_file_bytes=100_000)) as target:
        inside = {e.path for e in target.walked.entries if "!" in e.path}
        assert inside == {"a.tar.gz!/named.gguf", "a.tar.gz!/blob", "a.tar.gz!/small.dump"}
        details = [gap.detail for gap in target.walked.gaps]
        assert details == ["one file longer than text_file_bytes (100000) not unpacked"]


def test_patterns_leave_out_what_is_inside(tmp_path: Path) -> None:
    """The profile's `ignore` speaks of the same paths that the report shows."""
    folder = stack(tmp_path, {"a.tar": tar({"srv/main.py": CODE, "old/main.py": CODE})})
    assert places(scan(folder, lookup(), ignore=["a.tar!/old/"])) == ["a.tar!/srv/main.py:2"]


def _absent(name: str) -> object:
    raise ImportError(name)


def test_a_folder_with_archives_can_be_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state of an archive covers its members; what another machine could unpack is not remembered."""
    folder = stack(tmp_path / "one", {"a.tar.gz": packed(tar({"main.py": CODE}))})
    with open_target(folder) as target:
        assert str(folder / "a.tar.gz") in {seen[0] for seen in target.walked.seen}
    monkeypatch.setattr("gauger.formats.unpack.importlib.import_module", _absent)
    unreadable = stack(tmp_path / "two", {"a.tar.zst": b"\x28\xb5\x2f\xfd" + bytes(90)})
    with open_target(unreadable) as target:
        assert [gap.reason for gap in target.walked.gaps] == ["not-supported"]
        assert not target.walked.seen


def test_the_same_archive_gives_the_same_answer(tmp_path: Path) -> None:
    """Temporary folders have other names each time; nothing shows it."""
    data = packed(tar({"srv/main.py": CODE, "m.gguf": tiny_gguf()}))
    assert repr(of(tmp_path / "1", "a.tar.gz", data)) == repr(of(tmp_path / "2", "a.tar.gz", data))
