"""Local models: the same forecasts in numpy and in torch, and nothing loaded that could run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from build.decoders import gpt2, llama
from gauger.core.errors import LimitExceeded, Malformed, Unreadable
from gauger.runtime import arrays
from gauger.runtime.local import local_runner
from gauger.runtime.prompts import Prompt
from gauger.runtime.run import Settings

PROMPTS = (
    Prompt(text="the other one in the train on the road and there", domain="a"),
    Prompt(text="a line\nand another line of the letter here, then", domain="b"),
)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("kind", ["llama", "mistral", "qwen2", "qwen3", "gpt2"])
def test_numpy_and_torch_agree(tmp_path: Path, kind: str) -> None:
    """The forward pass in numpy gives what transformers gives, for every architecture that it knows."""
    folder = (
        gpt2(tmp_path / "m")
        if kind == "gpt2"
        else llama(tmp_path / "m", model_type=kind, architectures=[_CLASS[kind]])
    )
    ours = local_runner(folder, "m", prefer="numpy").run(PROMPTS, Settings(top=5))
    theirs = local_runner(folder, "m", prefer="torch").run(PROMPTS, Settings(top=5))
    assert (ours.runner, theirs.runner) == ("numpy", "torch")
    for mine, other in zip(ours.answers, theirs.answers, strict=True):
        assert mine.nats == pytest.approx(other.nats, abs=2e-3)
        assert mine.scored == other.scored > 0
        assert [f.at for f in mine.forecasts] == [f.at for f in other.forecasts] != []
        for f, g in zip(mine.forecasts, other.forecasts, strict=True):
            assert f.pieces[0] == g.pieces[0]
            assert np.allclose(f.logs, g.logs, atol=2e-3)


_CLASS = {
    "llama": "LlamaForCausalLM",
    "mistral": "MistralForCausalLM",
    "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM",
}


def test_texts_together_are_texts_alone(tmp_path: Path) -> None:
    """Reading several prompts in one pass changes nothing: no prompt sees another."""
    runner = local_runner(llama(tmp_path / "m"), "m")
    together = runner.run(PROMPTS, Settings())
    alone = [runner.run((prompt,), Settings()).answers[0] for prompt in PROMPTS]
    for one, other in zip(sorted(alone, key=lambda a: a.prompt), together.answers, strict=True):
        assert one.nats == pytest.approx(other.nats, abs=2e-3)
        for f, g in zip(one.forecasts, other.forecasts, strict=True):
            assert np.allclose(f.logs, g.logs, atol=2e-3)


def test_likelihood_is_the_chain_of_forecasts(tmp_path: Path) -> None:
    """Lower likelihood for a shuffled continuation than for what the model itself writes."""
    runner = local_runner(llama(tmp_path / "m"), "m")
    run = runner.run(PROMPTS, Settings(new_tokens=3))
    assert all(answer.style for answer in run.answers)
    assert all(answer.nats > 0 for answer in run.answers)
    for answer in run.answers:
        for forecast in answer.forecasts:
            assert sum(np.exp(forecast.logs)) <= 1.001
            assert list(forecast.logs) == sorted(forecast.logs, reverse=True)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    """A folder whose weights are a pickle is refused by name of the format."""
    folder = llama(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    with pytest.raises((Unreadable, Malformed)):
        local_runner(folder, "m")


def test_an_unknown_architecture_says_what_would_run_it(tmp_path: Path) -> None:
    """The message names the extra that runs it."""
    folder = llama(tmp_path / "m", model_type="mamba")
    with pytest.raises(Unreadable) as caught:
        local_runner(folder, "m", prefer="numpy")
    assert "gauger[models]" in caught.value.hint


@pytest.mark.parametrize(
    "change", [{"num_attention_heads": 0}, {"num_hidden_layers": 10**9}, {"num_attention_heads": 5}]
)
def test_a_configuration_that_lies_is_malformed(tmp_path: Path, change: dict[str, int]) -> None:
    """Sizes that no tensor has are an error of the input, not a crash."""
    folder = llama(tmp_path / "m", **change)
    with pytest.raises(Malformed):
        local_runner(folder, "m", prefer="numpy").run(PROMPTS, Settings())


def test_too_large_a_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded before anything is read."""
    monkeypatch.setattr(arrays, "MOST_PARAMETERS", 1000)
    with pytest.raises(LimitExceeded):
        local_runner(llama(tmp_path / "m"), "m", prefer="numpy")


def test_a_tokenizer_of_no_known_kind_is_malformed(tmp_path: Path) -> None:
    """`tokenizer.json` is looked into before the library gets it."""
    folder = llama(tmp_path / "m")
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "Lookup"}}), encoding="utf-8")
    with pytest.raises(Malformed):
        local_runner(folder, "m")


def test_numbers_that_are_none_give_no_likelihood(tmp_path: Path) -> None:
    """NaN weights end in an error of the input, never in a forecast."""
    folder = llama(tmp_path / "m")
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[-4096:] = b"\xff" * 4096
    (folder / "model.safetensors").write_bytes(bytes(data))
    with pytest.raises(Malformed):
        local_runner(folder, "m", prefer="numpy").run(PROMPTS, Settings())
