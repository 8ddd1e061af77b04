"""Packs: signed, checked to the last byte, imported with a record of who vouched."""

from __future__ import annotations

import json
import zipfile

import pytest

from build.fingerprints import drawn
from gauger.core.errors import GaugerError, UsageError, VerificationError
from gauger.signing.keys import new_key
from gauger.trace.fingerprints.library import Library
from gauger.trace.fingerprints.pack import ENVELOPE, RECORD, Pack, import_pack, is_pack, write_pack
from gauger.trace.fingerprints.store import save_fingerprint


@pytest.fixture
def files(tmp_path):
    """Two small fingerprints."""
    paths = []
    for name, seed in (("a", 1), ("b", 2)):
        paths.append(tmp_path / f"{name}.safetensors")
        save_fingerprint(drawn(name, seed, layers=2, units=16), paths[-1])
    return paths


def test_a_pack_comes_back_as_it_went(files, tmp_path):
    """Names, bytes and signer; equal input gives equal bytes; any zip tool can list it."""
    key = new_key()
    write_pack(files, tmp_path / "p", (key,))
    write_pack(files[::-1], tmp_path / "q", (key,))
    assert (tmp_path / "p").read_bytes() == (tmp_path / "q").read_bytes()
    assert is_pack(tmp_path / "p")
    with zipfile.ZipFile(tmp_path / "p") as archive:
        assert archive.namelist() == [ENVELOPE, "a.safetensors", "b.safetensors"]
        assert archive.testzip() is None
    pack = Pack(tmp_path / "p", (key.public,))
    assert pack.verified.signed_by == (key.public.ident,)
    assert [(n, d) for n, d, _ in pack.fingerprints()] == [(f.name, f.read_bytes()) for f in files]


def test_no_byte_changes_without_notice(files, tmp_path):
    """One bit turned, anywhere in the pack: refused."""
    key = new_key()
    write_pack(files, tmp_path / "p", (key,))
    data = (tmp_path / "p").read_bytes()
    for place in [*range(0, len(data), 29), *range(60), *range(len(data) - 400, len(data))]:
        altered = bytearray(data)
        altered[place] ^= 1 << (place % 8)
        (tmp_path / "x").write_bytes(altered)
        with pytest.raises(GaugerError):
            Pack(tmp_path / "x", (key.public,))


def test_nothing_can_be_added(files, tmp_path):
    """Bytes at the end, and a member that the statement does not name."""
    key = new_key()
    write_pack(files, tmp_path / "p", (key,))
    (tmp_path / "x").write_bytes((tmp_path / "p").read_bytes() + b"\0")
    with pytest.raises(GaugerError):
        Pack(tmp_path / "x", (key.public,))
    with zipfile.ZipFile(tmp_path / "p", "a") as archive:
        archive.writestr("c.safetensors", files[0].read_bytes())
    with pytest.raises(VerificationError, match=r"c\.safetensors"):
        Pack(tmp_path / "p", (key.public,))


def test_a_stranger_s_signature_is_none(files, tmp_path):
    """A pack signed by somebody who is not trusted is taken only where that is said, and stays unsigned."""
    write_pack(files, tmp_path / "p", (new_key(),))
    with pytest.raises(VerificationError, match="none of the 1 trusted keys"):
        Pack(tmp_path / "p", (new_key().public,))
    assert Pack(tmp_path / "p", (), unsigned=True).verified.signed_by == ()


def test_an_unsigned_pack_is_refused_unless_asked_for(files, tmp_path):
    """Nobody signed: the error says so."""
    write_pack(files, tmp_path / "p", ())
    with pytest.raises(VerificationError, match="nobody signed"):
        Pack(tmp_path / "p", (new_key().public,))
    assert len(import_pack(Pack(tmp_path / "p", (), unsigned=True), tmp_path / "in").fingerprints) == 2


def test_an_import_records_who_is_trusted(files, tmp_path):
    """The record names pack and signer, and hits of the library say whom they rest on."""
    key = new_key()
    write_pack(files, tmp_path / "p", (key,))
    record = import_pack(Pack(tmp_path / "p", (key.public,)), tmp_path / "lib")
    (folder,) = (tmp_path / "lib").iterdir()
    stored = json.loads((folder / RECORD).read_text())
    assert stored["signed_by"] == [key.public.ident] == list(record.signed_by)
    (hit,) = Library([(tmp_path / "lib", "local")]).search(
        drawn("q", 9, layers=2, units=16, parent=1, noise=0.01)
    )
    assert hit.key == "a"
    assert hit.trust == f"pack signed by {key.public.ident[:16]}"


def test_a_fingerprint_that_was_altered_after_the_import_is_left_out(files, tmp_path):
    """What the record does not vouch for any more is not searched."""
    write_pack(files, tmp_path / "p", ())
    import_pack(Pack(tmp_path / "p", (), unsigned=True), tmp_path / "lib")
    (folder,) = (tmp_path / "lib").iterdir()
    save_fingerprint(drawn("a", 77, layers=2, units=16), folder / "a.safetensors")
    library = Library([(tmp_path / "lib", "local")])
    assert len(library) == 1
    assert library.broken == (("a.safetensors", "altered since it was imported"),)


def test_what_is_no_fingerprint_is_not_packed(tmp_path):
    """A file that cannot be read as one, a name that cannot travel, and nothing at all are refused."""
    (tmp_path / "a.safetensors").write_bytes(b"nothing")
    with pytest.raises(GaugerError):
        write_pack([tmp_path / "a.safetensors"], tmp_path / "p", ())
    save_fingerprint(drawn("a", 1), tmp_path / "A b.safetensors")
    for paths in ([tmp_path / "A b.safetensors"], []):
        with pytest.raises(UsageError):
            write_pack(paths, tmp_path / "p", ())
    assert not (tmp_path / "p").exists()
