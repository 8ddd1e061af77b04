"""The commands on fingerprints, from making one to finding a copy through an imported pack."""

from __future__ import annotations

import pytest

from build.fingerprints import tiny_llama, tuned, written
from gauger.cli.main import exit_code
from gauger.core.exits import Exit


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """The user's own folder is an empty one."""
    monkeypatch.setenv("GAUGER_FINGERPRINTS", str(tmp_path / "own"))


def test_from_a_model_to_a_hit_somewhere_else(tmp_path, capsys):
    """add, keygen, pack, verify, import, search: the copy is found, and the hit says who vouches."""
    model = tiny_llama(31)
    path = written(model, tmp_path / "m")
    made, key, pack = tmp_path / "made", tmp_path / "key", tmp_path / "p.pack"
    assert exit_code(["catalogue", "add", str(path), "--key", "Tiny 31", "-o", str(made)]) == Exit.DONE
    assert [p.name for p in made.iterdir()] == ["tiny-31.safetensors"]
    assert exit_code(["catalogue", "keygen", str(key)]) == Exit.DONE
    assert exit_code(["catalogue", "pack", str(made), "-o", str(pack), "--sign-with", str(key)]) == Exit.DONE
    assert exit_code(["verify", str(pack), "--trust", f"{key}.pub"]) == Exit.DONE
    assert exit_code(["catalogue", "import", str(pack), "--trust", f"{key}.pub"]) == Exit.DONE
    capsys.readouterr()
    copy = written(tuned(model, 2, 0.2), tmp_path / "copy")
    assert exit_code(["catalogue", "search", str(copy)]) == Exit.DONE
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("fine-tuned\tfine-tuned-from\tTiny 31\tz ")
    assert "pack signed by" in line


def test_what_nobody_trusted_signed_is_refused(tmp_path, capsys):
    """Verifying and importing end with the code for an error; --unsigned lets it in and says so."""
    made, pack = tmp_path / "made", tmp_path / "p.pack"
    exit_code(["catalogue", "add", str(written(tiny_llama(32), tmp_path / "m")), "-o", str(made)])
    assert exit_code(["catalogue", "pack", str(made), "-o", str(pack)]) == Exit.DONE
    assert exit_code(["verify", str(pack)]) == Exit.ERROR
    assert exit_code(["catalogue", "import", str(pack)]) == Exit.ERROR
    assert not (tmp_path / "own").exists()
    assert exit_code(["catalogue", "import", str(pack), "--unsigned"]) == Exit.DONE
    assert "signed by nobody" in capsys.readouterr().err


def test_an_altered_pack_does_not_verify(tmp_path):
    """One byte is enough."""
    made, key, pack = tmp_path / "made", tmp_path / "key", tmp_path / "p.pack"
    exit_code(["catalogue", "add", str(written(tiny_llama(33), tmp_path / "m")), "-o", str(made)])
    exit_code(["catalogue", "keygen", str(key)])
    exit_code(["catalogue", "pack", str(made), "-o", str(pack), "--sign-with", str(key)])
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    assert exit_code(["verify", str(pack), "--trust", f"{key}.pub"]) == Exit.ERROR


def test_a_fingerprint_is_not_replaced_unasked(tmp_path):
    """A second one of the same key needs --replace."""
    path = str(written(tiny_llama(34), tmp_path / "m"))
    assert exit_code(["catalogue", "add", path]) == Exit.DONE
    assert exit_code(["catalogue", "add", path]) == Exit.USAGE
    assert exit_code(["catalogue", "add", path, "--replace", "--small"]) == Exit.DONE


def test_words_are_still_searched_in_the_records(capsys):
    """A word that is no path lists records, as before."""
    assert exit_code(["catalogue", "search", "deepseek", "v3"]) == Exit.DONE
    assert "families/deepseek-v3" in capsys.readouterr().out


def test_a_model_of_nobody_s_ends_with_nothing(tmp_path):
    """No hit is the code for nothing found."""
    path = written(tiny_llama(35), tmp_path / "m")
    assert exit_code(["catalogue", "search", str(path)]) == Exit.NOTHING
