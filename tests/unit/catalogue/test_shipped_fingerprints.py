"""The fingerprints that come with the program, and the records that they hang on."""

from __future__ import annotations

import hashlib

import pytest

from gauger.catalogue.lint import lint
from gauger.catalogue.load import Catalogue, default_folder
from gauger.trace.fingerprints.library import Library
from gauger.trace.fingerprints.store import load_fingerprint

FILES = sorted((default_folder() / "fingerprints").glob("*.safetensors"))
AS_OF = "2026-11-23"


def test_they_are_small():
    """All together they are under six megabytes."""
    assert len(FILES) >= 40
    assert sum(path.stat().st_size for path in FILES) < 6_000_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_says_what_its_record_says(path):
    """Key, developer and licence are those of the catalogue's model."""
    declared = load_fingerprint(path).document.declared
    record = Catalogue().models[path.stem]
    assert (declared.key, declared.developer, declared.licence) == (
        record.id,
        record.developer,
        record.licence,
    )
    assert declared.source.startswith("package:")


def test_each_finds_itself_and_only_its_kin():
    """Searched for as queries, all lead to themselves; other hits share numbers in truth (see below)."""
    library = Library([(default_folder() / "fingerprints", "shipped")])
    kin = [{"silero-vad-v6", "silero-vad-v6-16k"}, {"all-minilm-l6-v2", "paraphrase-minilm-l3-v2"},
           {"pp-ocrv4-det", "pp-ocrv5-mobile-det"}, {"tashkeel-rawi-v2", "tashkeel-rawi-ensemble"},
           {"tashkeel-rawi-v3", "tashkeel-rawi-ensemble"}]  # fmt: skip
    for path in FILES:
        hits = library.search(load_fingerprint(path))
        if path.stem not in FEW_NUMBERS:
            assert hits[0].key == path.stem
            assert hits[0].tier == "identity"
        for hit in hits[1:]:
            assert {hit.key, path.stem} in kin, (path.stem, hit.key)


FEW_NUMBERS: set[str] = set()


def test_a_fingerprint_of_no_model_is_an_error(tmp_path):
    """The linter names a file that no record speaks of, and one that is no fingerprint."""
    folder = tmp_path / "data"
    (folder / "fingerprints").mkdir(parents=True)
    (folder / "edition.yaml").write_text("version: '1'\nas-of: 2026-11-23\n")
    (folder / "fingerprints" / "nobody.safetensors").write_bytes(b"")
    (folder / "fingerprints" / "notes.txt").write_text("x")
    found = [problem.message for problem in lint(folder, as_of=AS_OF)]
    assert any("no model or family has this id" in message for message in found)
    assert any("has to end in .safetensors" in message for message in found)


def test_no_two_are_the_same_file():
    """Each model has its own."""
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in FILES}
    assert len(digests) == len(FILES)
