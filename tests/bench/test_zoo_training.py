"""The zoo: torch computes what the check of rewritings computes, and seeds decide everything."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from build.zoo import forward, model

torch = pytest.importorskip("torch")
nets = importlib.import_module("zoo.nets")
text = importlib.import_module("zoo.text")
train = importlib.import_module("zoo.train")


@pytest.fixture
def random_text(monkeypatch):
    """Tokens drawn at random instead of the standard library's."""
    ids = np.random.default_rng(1).integers(0, 2048, 4000)
    monkeypatch.setattr(text, "tokens", lambda _: ids)


@pytest.mark.parametrize("family", ["llama", "gpt2", "bert"])
def test_torch_and_numpy_agree_on_the_logits(family):
    """Of a fresh model of each family, so that the numpy pass may stand for the trained one."""
    config = nets.CONFIGS[family]
    parameters = nets.fresh(config, 3)
    ids = [5, 900, 17, 17, 2047, 300]
    with torch.no_grad():
        theirs = nets.FORWARD[family](parameters, config, torch.tensor([ids]))[0].numpy()
    ours = forward.logits(model.Model(nets.to_numpy(parameters), config), ids)
    assert np.abs(ours - theirs).max() < 1e-4
    assert ours.std() > 0.1


@pytest.mark.usefixtures("random_text")
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    """Two steps of training, twice."""
    config = nets.CONFIGS["llama"]
    plan = train.Plan(2, batch=2)
    one, again = (nets.to_numpy(train.train(nets.fresh(config, 3), config, plan)) for _ in range(2))
    other = nets.to_numpy(train.train(nets.fresh(config, 4), config, plan))
    name = "model.layers.2.mlp.up_proj.weight"
    assert all(one[key].tobytes() == again[key].tobytes() for key in one)
    assert abs(np.corrcoef(one[name].ravel(), other[name].ravel())[0, 1]) < 0.05


@pytest.mark.usefixtures("random_text")
def test_a_student_learns_from_outputs_without_inheriting_weights():
    """The divergence from its teacher falls, the correlation of the weights stays that of strangers."""
    config = nets.CONFIGS["llama"]
    teacher, fresh = nets.fresh(config, 3), nets.fresh(config, 4)
    loss = train.of_teacher(config, teacher)
    student = train.train(fresh, config, train.Plan(6, batch=2), loss)
    ids, targets = next(train.windows(train.Plan(1, seed=9, batch=4)))
    with torch.no_grad():
        assert loss(student, ids, targets) < 0.95 * loss(fresh, ids, targets)
    name = "model.layers.2.mlp.up_proj.weight"
    both = (nets.to_numpy({name: p[name]})[name].ravel() for p in (student, teacher))
    assert abs(np.corrcoef(*both)[0, 1]) < 0.05


@pytest.mark.usefixtures("random_text")
def test_an_adapter_alone_is_trained():
    """The base's numbers are none of the trained ones, and both factors move."""
    config = nets.CONFIGS["llama"]
    base = nets.fresh(config, 3)
    stem = "base_model.model.model.layers.0.self_attn.q_proj"
    generator = torch.Generator().manual_seed(1)
    low_rank = {
        f"{stem}.lora_A.weight": torch.randn(4, 128, generator=generator) * 0.1,
        f"{stem}.lora_B.weight": torch.zeros(128, 4),
    }
    trained = train.train(low_rank, config, train.Plan(3, batch=2), train.of_adapter(config, base))
    assert trained.keys() == low_rank.keys()
    assert all(not torch.equal(trained[name], low_rank[name]) for name in low_rank)
