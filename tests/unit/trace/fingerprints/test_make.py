"""What a fingerprint depends on, and what not."""

from __future__ import annotations

import numpy as np

from build.fingerprints import fingerprinted, tiny_llama, tuned, written
from build.safetensors import index_bytes, safetensors_bytes
from gauger.trace.fingerprints.make import QUERY, RANGES, REFERENCE, SHIPPED, make_fingerprint
from gauger.trace.fingerprints.records import Declared

_GGUF = {
    "model.embed_tokens": "token_embd",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "model.norm": "output_norm",
    "model.layers": "blk",
}


def test_file_names_and_order_and_declarations_do_not_matter(tmp_path):
    """Tensors in another order, in a file of another name, declared as something else: one content."""
    model = tiny_llama(3)
    one = fingerprinted(model, tmp_path / "a")
    turned = written(dict(reversed(model.items())), tmp_path / "b", "weights.safetensors")
    other = make_fingerprint(turned, Declared(key="else", title="Else"), detail=SHIPPED)
    again = make_fingerprint(turned, Declared(key="third"), detail=REFERENCE)
    assert (
        make_fingerprint(tmp_path / "a", Declared(key="x"), detail=SHIPPED).content_digest()
        == other.content_digest()
    )
    assert again.content_digest() != one.content_digest()


def test_shards_do_not_matter(tmp_path):
    """The same tensors over two files with an index give the same content."""
    model = tiny_llama(4)
    names = list(model)
    files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    folder = tmp_path / "s"
    folder.mkdir()
    for file, part in zip(files, (names[:9], names[9:]), strict=True):
        (folder / file).write_bytes(safetensors_bytes({n: model[n] for n in part}))
    table = {n: files[n not in names[:9]] for n in names}
    (folder / "model.safetensors.index.json").write_bytes(index_bytes(table))
    whole = fingerprinted(model, tmp_path / "w")
    assert fingerprinted_folder(folder).content_digest() == whole.content_digest()


def fingerprinted_folder(folder):
    """As `fingerprinted`, of a folder that is there."""
    return make_fingerprint(folder, Declared(key="query"), detail=QUERY)


def test_names_of_tensors_do_not_matter(tmp_path):
    """llama.cpp's names for the same tensors give the same content."""
    model = tiny_llama(5)
    renamed = {}
    for name, tensor in model.items():
        new = name
        for old, short in _GGUF.items():
            new = new.replace(old, short)
        renamed[new] = tensor
    assert set(renamed) != set(model)
    assert (
        fingerprinted(renamed, tmp_path / "g").content_digest()
        == fingerprinted(model, tmp_path / "h").content_digest()
    )


def test_a_transposed_tensor_has_the_same_digest(tmp_path):
    """Digest and sample of a matrix do not depend on which way the file lays it."""
    draw = np.random.default_rng(6)
    square, wide = draw.normal(size=(64, 64)).astype("<f4"), draw.normal(size=(300, 140)).astype("<f4")
    one = fingerprinted({"a": square, "b": wide}, tmp_path / "a")
    two = fingerprinted({"x": square.T.copy(), "y": wide.T.copy()}, tmp_path / "b")
    assert sorted(t.digest for t in one.document.tensors) == sorted(t.digest for t in two.document.tensors)
    assert all(t.digest for t in one.document.tensors)


def test_half_precision_of_half_precision_numbers_changes_no_digest(tmp_path):
    """Numbers that float16 holds exactly have one digest, stored as float16 or as float32."""
    model = {n: t.astype("<f2") for n, t in tiny_llama(7).items()}
    small = fingerprinted(model, tmp_path / "a")
    large = fingerprinted({n: t.astype("<f4") for n, t in model.items()}, tmp_path / "b")
    assert [t.digest for t in small.document.tensors] == [t.digest for t in large.document.tensors]


def test_other_numbers_give_another_content(tmp_path):
    """A thousandth of noise is another model."""
    model = tiny_llama(8)
    one, two = fingerprinted(model, tmp_path / "a"), fingerprinted(tuned(model, 1, 1e-3), tmp_path / "b")
    assert one.content_digest() != two.content_digest()


def test_ranges_are_read_and_no_more(tmp_path):
    """The partial fingerprint reads gate and up rows only, and says so."""
    made = fingerprinted(tiny_llama(9), tmp_path / "a", detail=RANGES)
    assert not made.document.reading.whole
    assert made.document.tensors == ()
    assert {b.features for b in made.document.blocks} == {("cos-gate-up", "log-gate", "log-up")}
    assert made.document.reading.read_bytes < made.document.reading.total_bytes / 2


def test_weights_without_a_number_are_described(tmp_path):
    """NaN, infinities and zeros do not stop the making, and nothing that is not finite is stored."""
    model = tiny_llama(10)
    model["model.layers.0.mlp.up_proj.weight"][:5] = np.nan
    model["model.layers.1.mlp.gate_proj.weight"][:] = 0
    model["model.embed_tokens.weight"][3] = np.inf
    made = fingerprinted(model, tmp_path / "a")
    assert all(np.isfinite(a).all() for a in made.arrays.values() if a.dtype.kind == "f")
    assert len(made.document.blocks) == 4
