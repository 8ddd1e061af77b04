"""JSON, YAML, configs, cards and manifests from strangers stay within bounds."""

from __future__ import annotations

import json

import pytest

from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.bounded_json import bounded_json, json_object
from gauger.formats.bounded_yaml import bounded_yaml, bounded_yaml_all, yaml_nodes
from gauger.formats.cards import read_card
from gauger.formats.configs import LEFT_OUT, language_fact, read_config
from gauger.formats.ollama import read_manifest

CARD = """---
license: apache-2.0
base_model:
- Qwen/Qwen2.5-7B
- name: other/model
base_model_relation: merge
datasets: [open-thoughts/OpenThoughts-114k]
language: en
tags: [a, b]
---
# Title
"""


def test_plain_json_is_read_in_any_unicode_encoding():
    """Windows tools write UTF-16 and byte order marks."""
    for data in (
        b'{"a": [1, 2.5, null]}',
        b'\xef\xbb\xbf{"a": [1, 2.5, null]}',
        '{"a": [1, 2.5, null]}'.encode("utf-16"),
    ):
        assert bounded_json(data, DEFAULT_LIMITS) == {"a": [1, 2.5, None]}


@pytest.mark.parametrize(
    "data", [b"", b"{", b"NaN", b"[Infinity]", b"1e999", b"9" * 500, b"\xff\xfe", b'{"a": 1} x', b"\xc3"]
)
def test_what_is_no_json_is_refused(data):
    """NaN, infinities and numbers without end included."""
    with pytest.raises(Malformed):
        bounded_json(data, DEFAULT_LIMITS)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200 + b"]" * 200,
        b"[" * 100_000,
        b"[" + b"[]," * 500_000 + b"[]]",
        b'"' + b"x" * 9_000_000 + b'"',
    ],
)
def test_json_bombs_end_at_their_bound(data):
    """Depth, number of values, length."""
    with pytest.raises(LimitExceeded):
        bounded_json(data, DEFAULT_LIMITS)


def test_separators_inside_strings_do_not_count():
    """A long text with commas is one value."""
    assert len(bounded_json(json.dumps({"a": "," * 50}), Limits(nodes=5))["a"]) == 50


def test_an_unfinished_string_of_escapes_takes_no_time():
    """The check for strings is linear, also where a quote is missing."""
    with pytest.raises((Malformed, LimitExceeded)):
        bounded_json('["' + '\\",' * 1_000_000, DEFAULT_LIMITS)


def test_keys_that_stand_twice_are_noted():
    """The last one counts, as in most readers."""
    remarks: list[str] = []
    assert bounded_json(b'{"a": 1, "a": 2}', DEFAULT_LIMITS, remarks=remarks) == {"a": 2}
    assert "'a' stands more than once" in remarks[0]


def test_lone_surrogates_become_replacement_characters():
    """What comes out can be written as UTF-8."""
    value = bounded_json(b'{"\\ud800": ["\\udfff", "\\ud83d\\ude00"]}', DEFAULT_LIMITS)
    assert value == {"�": ["�", "😀"]}


def test_an_object_is_asked_for_where_one_is_needed():
    """A list is not a config."""
    with pytest.raises(Malformed, match="not a JSON object"):
        json_object(b"[]", DEFAULT_LIMITS)


def test_yaml_gives_plain_values():
    """Keys are text as written, tags are not obeyed, dates stay text."""
    document = bounded_yaml(
        "on: yes\n80: 0x10\nd: 2026-01-02\nt: !!python/name:os.system x\nf: 1.5\nn: ~\no: 010", DEFAULT_LIMITS
    )
    assert document == {"on": True, "80": 16, "d": "2026-01-02", "t": "x", "f": 1.5, "n": None, "o": 8}


def test_yaml_merges_and_aliases_are_applied():
    """A mapping's own keys win over merged ones."""
    assert bounded_yaml("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n", DEFAULT_LIMITS)["b"] == {"x": 1, "y": 3}


def test_several_documents_keep_their_lines():
    """Kubernetes files hold many; lines count from the stream's start."""
    nodes = yaml_nodes("a: 1\n---\nb: 2\n", DEFAULT_LIMITS)
    assert [node.start_mark.line for node in nodes] == [0, 2]
    assert bounded_yaml_all("a: 1\n---\nb: 2\n", DEFAULT_LIMITS) == [{"a": 1}, {"b": 2}]


def test_an_empty_stream_holds_nothing():
    """Comments are nothing too."""
    assert bounded_yaml("# only a comment\n", DEFAULT_LIMITS) is None


@pytest.mark.parametrize(
    "text", ["a: [", "a: *b", "\x00", "&a [*a]", "a: &x {b: *x}", "\ud800", "{{ helm }}: {{", b"\xff"]
)
def test_what_is_no_yaml_is_refused(text):
    """Aliases into themselves, templates, control characters."""
    with pytest.raises(Malformed):
        bounded_yaml(text, DEFAULT_LIMITS)


def laughs(levels):
    """Each level refers ten times to the one before."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        laughs(9),
        "[" * 100_000,
        "- " * 100_000,
        "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 600)),
        "[" + "x," * 1_000_000 + "]",
        "a0: &a0 [x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)),
        "x" * 9_000_000,
    ],
)
def test_yaml_bombs_end_at_their_bound(text):
    """Aliases, depth by brackets, dashes, indentation and aliases, number of nodes, length."""
    with pytest.raises(LimitExceeded):
        bounded_yaml(text, DEFAULT_LIMITS)


def test_configs_become_small_facts():
    """Nesting becomes dots; labels and long lists are left out."""
    config = {
        "model_type": "qwen2",
        "rope_scaling": {"type": "yarn", "factor": 4.0},
        "architectures": ["Qwen2ForCausalLM"],
        "id2label": {"0": "a"},
        "none": None,
        "objects": [{}],
        "huge": 10**30,
    }
    assert read_config(json.dumps(config), DEFAULT_LIMITS) == {
        "model_type": "qwen2",
        "rope_scaling.type": "yarn",
        "rope_scaling.factor": 4.0,
        "architectures": ("Qwen2ForCausalLM",),
        "huge": str(10**30),
    }


def test_the_language_model_of_a_multimodal_config_is_found():
    """At the top where it is there, else in its part."""
    facts = read_config(b'{"text_config": {"hidden_size": 8}, "vocab_size": 3}', DEFAULT_LIMITS)
    assert language_fact(facts, "hidden_size") == 8
    assert language_fact(facts, "vocab_size") == 3
    assert language_fact(facts, "absent") is None


def test_a_config_with_too_many_keys_says_how_many_were_left_out():
    """The facts stay small."""
    facts = read_config(json.dumps({f"k{n}": n for n in range(2500)}), DEFAULT_LIMITS)
    assert facts[LEFT_OUT] == 500


def test_a_card_gives_what_it_declares():
    """One value and lists of values alike."""
    card = read_card(CARD, DEFAULT_LIMITS)
    assert card.license == "apache-2.0"
    assert card.base_models == ("Qwen/Qwen2.5-7B", "other/model")
    assert card.base_model_relation == "merge"
    assert card.datasets == ("open-thoughts/OpenThoughts-114k",)
    assert card.languages == ("en",)
    assert card.lines == 10


def test_a_readme_without_front_matter_is_no_card():
    """A rule in the text is not a fence."""
    assert read_card("# Title\n\n---\n", DEFAULT_LIMITS) is None
    assert read_card(b"\xff\xfe", DEFAULT_LIMITS) is None


def test_a_manifest_names_its_blobs():
    """The configuration first, then the layers in order."""
    digest = "sha256:" + "a" * 64
    document = {
        "schemaVersion": 2,
        "config": {"digest": digest, "size": 3},
        "layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": digest, "size": 9}],
    }
    config, model = read_manifest(json.dumps(document).encode(), DEFAULT_LIMITS)
    assert (config.role, model.role, model.size_bytes) == ("config", "model", 9)
    assert model.blob == "sha256-" + "a" * 64


@pytest.mark.parametrize("digest", ["sha256:../../etc", "md5:" + "a" * 32, 7])
def test_a_digest_that_is_none_is_refused(digest):
    """A blob's name must not lead out of the store."""
    document = {"schemaVersion": 2, "layers": [{"digest": digest}]}
    with pytest.raises(Malformed):
        read_manifest(json.dumps(document).encode(), DEFAULT_LIMITS)
