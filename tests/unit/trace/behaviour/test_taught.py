"""The whole way: files, records and an endpoint on one side, a dossier with a 2 x 2 table on the other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from build.babble import language, learnt, model, prompts_of, run_of, sample
from build.decoders import llama
from build.endpoints import answering_server
from gauger.cli.main import cli, exit_code
from gauger.core.dossier import Dossier, load
from gauger.runtime.recorded import read_runs, written

CONTROLS = [part for name in ("c1", "c2", "c3") for part in ("--control", name)]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded run of a teacher, a student, a loner and three controls."""
    rng = np.random.default_rng(21)
    tongue = language(rng)
    tables = {name: model(tongue, rng) for name in ("teacher", "c1", "c2", "c3", "loner")}
    tables["student"] = learnt(sample(tables["teacher"], 6000, rng), 0.1)
    prompts = prompts_of(tongue, 30, rng)
    path = tmp_path_factory.mktemp("runs") / "runs.jsonl"
    path.write_bytes(written(run_of(name, table, prompts) for name, table in tables.items()))
    return path


def traced(*arguments: str) -> Dossier:
    """The dossier that the command writes."""
    result = CliRunner().invoke(cli, ["trace", *arguments, "-f", "json"], standalone_mode=False)
    assert result.exception is None, result.exception
    return load(result.stdout_bytes)


def test_a_record_is_replayed_without_any_model(record: Path) -> None:
    """Names are enough: evidence, a finding, and a gap for the weights that were not compared."""
    dossier = traced("student", "--against", "teacher", *CONTROLS, "--replay", str(record))
    (seen,) = [e for e in dossier.evidence if e.probe == "behaviour"]
    assert (seen.facts["behaviour"], seen.facts["weights"]) == ("closer", "not-measured")
    assert [f.rule for f in dossier.findings] == ["behaviour-closer-than-controls"]
    assert not dossier.claims
    assert "behaviour" in dossier.coverage.probes
    assert [d.path for d in dossier.inputs] == ["runs.jsonl"]
    assert any("not compared" in gap.detail for gap in dossier.gaps)


def test_the_text_report_shows_the_table(record: Path) -> None:
    """Rows, columns, the cell in words and its caveats; nothing is acquitted."""
    for subject, words in (("student", "behaviour closer to teacher"), ("loner", "no evidence either way")):
        arguments = ["trace", subject, "--against", "teacher", *CONTROLS, "--replay", str(record)]
        text = CliRunner().invoke(cli, arguments, standalone_mode=False).output
        flat = " ".join(text.split())
        assert "weights linked" in flat
        assert "not closer" in flat
        assert words in flat
        assert "clean" not in flat.lower()
    assert "Absence proves nothing" in flat
    assert "None of these candidates" in flat


def test_the_same_record_gives_the_same_bytes(record: Path) -> None:
    """A replay is a proof that can be repeated."""
    arguments = ("student", "--against", "teacher", *CONTROLS, "--replay", str(record))
    assert traced(*arguments) == traced(*arguments)


def test_local_models_are_run_recorded_and_replayed(tmp_path: Path) -> None:
    """Five little decoders: what was recorded gives the same evidence again, and holds no prompt's text."""
    names = ("subject", "teacher", "c1", "c2", "c3")
    folders = [str(llama(tmp_path / name, seed)) for seed, name in enumerate(names)]
    asked = tmp_path / "asked.txt"
    asked.write_text(
        "\n\n".join(f"the {n} other one in a train on {n} roads here" for n in range(25)), "utf-8"
    )
    who = [folders[0], "--against", folders[1], *(p for f in folders[2:] for p in ("--control", f))]
    kept = tmp_path / "kept.jsonl"
    first = traced(*who, "--prompts", str(asked), "--record", str(kept))
    assert {run.model for run in read_runs(kept)} == set(names)
    assert "train" not in kept.read_text(encoding="utf-8")
    again = traced(*who, "--prompts", str(asked), "--replay", str(kept))

    def facts(dossier: Dossier) -> list[dict[str, object]]:
        return [e.facts for e in dossier.evidence if e.probe == "behaviour"]

    assert facts(first) == facts(again) != []
    assert facts(first)[0]["ground"] == "pieces"


@pytest.mark.server
def test_served_and_local_models_are_compared(tmp_path: Path) -> None:
    """Names that are no files are asked at the endpoint, whose tokenizers are unknown: characters."""
    controls = ["other-1", "other-2", "other-3", str(llama(tmp_path / "local"))]
    who = ["student", "--against", "teacher", *(part for name in controls for part in ("--control", name))]
    asked = tmp_path / "asked.txt"
    asked.write_text("\n\n".join(f"the {n} other one in a train on {n} roads" for n in range(25)), "utf-8")
    with answering_server() as address:
        dossier = traced(*who, "--prompts", str(asked), "--endpoint", address)
    (seen,) = [e for e in dossier.evidence if e.probe == "behaviour"]
    assert seen.facts["ground"] == "characters"
    assert (seen.facts["behaviour"], seen.strength) == ("closer", "weak")
    assert any("local" in caveat for caveat in seen.facts["caveats"])
    assert [m.namespace for m in dossier.models] == ["api"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["student", "--against", "teacher"], "without controls there is no p-value"),
        (["student", "--against", "nobody", *CONTROLS], "neither a file, a recorded run"),
        (["student", "--against", "teacher", "--control", "teacher"], "two parts"),
        (["student", "--control", "c1"], "--against"),
    ],
)
def test_calls_that_cannot_be_answered(
    record: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Exit code 2 and a message that says what is missing."""
    replay = ["--replay", str(record)] if "--against" in arguments else []
    assert exit_code(["trace", *arguments, *replay]) == 2
    assert words in capsys.readouterr().err


def test_a_broken_record_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 5: the record cannot be used."""
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps({"run": "gauger-run", "version": 9}), encoding="utf-8")
    assert exit_code(["trace", "a", "--against", "b", "--control", "c", "--replay", str(path)]) == 5
    assert "no recorded run" in capsys.readouterr().err


def test_a_control_that_cannot_be_run_is_a_gap(record: Path, tmp_path: Path) -> None:
    """The others still answer; what is missing is said."""
    broken = llama(tmp_path / "broken")
    (broken / "config.json").write_text("{", encoding="utf-8")
    arguments = ("student", "--against", "teacher", *CONTROLS, "--control", str(broken))
    dossier = traced(*arguments, "--replay", str(record))
    assert [e.facts["behaviour"] for e in dossier.evidence if e.probe == "behaviour"] == ["closer"]
    assert any("behaviour of broken" in " ".join(gap.touches) for gap in dossier.gaps)
