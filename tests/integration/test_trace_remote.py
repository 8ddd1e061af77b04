"""`gauger trace` of an address, as a user runs it: what it says, what it reads, what it does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from build.range_server import RangeServer, Trouble
from build.safetensors import index_bytes, safetensors_bytes
from gauger.core.limits import DEFAULT_LIMITS
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of
from gauger.trace.fingerprints.make import fingerprint_of
from gauger.trace.fingerprints.records import Declared
from gauger.trace.fingerprints.store import SUFFIX, save_fingerprint
from gauger.trace.weights.network import network_of

MEGABYTE = 1 << 20


def gauger(*arguments, before="", **environment):
    """Run the program in a process of its own."""
    code = f"{before}\nfrom gauger.cli.main import run\nrun({list(map(str, arguments))!r})"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, **environment},
    )


@pytest.fixture
def folder():
    """A server with a sharded model of 25 MB in a folder."""
    random = np.random.default_rng(11)
    names = [f"model-0000{n}-of-00003.safetensors" for n in (1, 2, 3)]
    held: dict[str, bytes] = {}
    where: dict[str, str] = {}
    for number, name in enumerate(names):
        tensors = {
            f"model.layers.{number}.mlp.{role}_proj.weight": random.standard_normal(shape).astype("<f4")
            for role, shape in (("gate", (1400, 512)), ("up", (1400, 512)), ("down", (512, 1400)))
        }
        held[f"/a/b/model/{name}"] = safetensors_bytes(tensors)
        where |= dict.fromkeys(tensors, name)
    held["/a/b/model/model.safetensors.index.json"] = index_bytes(where)
    held["/a/b/model/config.json"] = b'{"model_type": "llama", "hidden_size": 512, "num_hidden_layers": 3}'
    held["/a/b/model/README.md"] = b"---\nlicense: mit\nbase_model: org/parent\n---\n# A model\n"
    with RangeServer(held) as server:
        yield server


@pytest.mark.server
def test_a_sharded_folder_is_traced_by_its_headers_and_a_few_ranges(folder, tmp_path):
    """What the card declares, what a fingerprint shows, bytes read of bytes total; nothing is read twice."""
    address = f"{folder.url}/a/b/model/"
    shards = [MemorySource(d, name=path) for path, d in folder.files.items() if path.endswith("safetensors")]
    network = network_of(weights_of(shards, DEFAULT_LIMITS))
    library = tmp_path / "library"
    save_fingerprint(fingerprint_of(network, Declared(key="twin")), library / f"twin{SUFFIX}")
    own = {"GAUGER_FINGERPRINTS": str(library)}
    first = gauger("trace", address, "-f", "json", "--cache", tmp_path, **own)
    assert first.returncode == 0, first.stderr
    document = json.loads(first.stdout)
    coverage = document["coverage"]
    assert coverage["bytes_total"] == sum(len(data) for data in folder.files.values())
    assert 0 < coverage["bytes_read"] < 0.6 * coverage["bytes_total"]
    assert coverage["bytes_read"] <= folder.sent <= coverage["bytes_read"] + MEGABYTE
    assert any(claim["basis"] == "declared" for claim in document["claims"])
    assert f"{coverage['bytes_read']:,} of {coverage['bytes_total']:,} bytes" in first.stderr
    sent = folder.sent
    assert any("twin" in e["statement"] for e in document["evidence"] if e["probe"] == "weights")
    second = gauger("trace", address, "-f", "json", "--cache", tmp_path, **own)
    assert second.stdout == first.stdout
    assert folder.sent - sent < 10_000


@pytest.mark.server
def test_the_text_report_says_how_much_was_read(folder):
    """In its last section."""
    done = gauger("trace", f"{folder.url}/a/b/model/", "--no-cache")
    assert done.returncode == 0, done.stderr
    assert " MB of 25." in done.stdout.replace("\n", " ")


@pytest.mark.server
def test_a_shard_that_is_missing_is_a_gap_and_no_crash(folder):
    """The index names it; the rest is examined."""
    del folder.files["/a/b/model/model-00002-of-00003.safetensors"]
    done = gauger("trace", f"{folder.url}/a/b/model/", "-f", "json", "--no-cache")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["gaps"]


@pytest.mark.server
@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_address_that_gives_nothing_is_told_in_one_line(folder, status):
    """No traceback, and the token is not in it."""
    folder.troubles["*"] = Trouble(status=status)
    done = gauger(
        "trace",
        f"{folder.url}/a/b/model/x.gguf",
        "--no-cache",
        GAUGER_TOKEN="hf_verysecrettokenvalue",  # noqa: S106 - no real one
    )
    assert done.returncode in (3, 5)
    assert len(done.stderr.strip().splitlines()) <= 2
    assert "verysecret" not in done.stdout + done.stderr
    assert folder.asked[0].headers["authorization"] == "Bearer hf_verysecrettokenvalue"


@pytest.mark.server
def test_a_hub_id_is_asked_for_only_with_the_option(folder):
    """Without it, the message says how."""
    done = gauger("trace", "org/model", HF_ENDPOINT=folder.url)
    assert done.returncode == 2
    assert "--remote" in done.stderr
    assert folder.asked == []
    done = gauger("trace", "org/model", "--remote", "--no-cache", HF_ENDPOINT=folder.url)
    assert done.returncode == 5
    assert folder.asked[0].path == "/api/models/org/model/revision/main"


@pytest.mark.no_network
def test_a_local_trace_asks_for_no_socket(tmp_path):
    """Only an address opens a connection."""
    (tmp_path / "model.safetensors").write_bytes(safetensors_bytes({"a": np.ones((4, 4), "<f4")}))
    refuse = (
        "import socket\n"
        "def refuse(*a, **k): raise AssertionError('a socket was asked for')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
    )
    done = gauger("trace", tmp_path, before=refuse)
    assert done.returncode == 0, done.stderr


@pytest.mark.server
@pytest.mark.real_model
def test_a_real_gguf_is_traced_by_its_header_and_a_few_ranges(real_models):
    """SmolLM2 in four bits, 98 MB: its tokenizer and name are seen in less than a sixth of its bytes."""
    name = "SmolLM2-135M-Instruct.Q4_1.gguf"
    with RangeServer({f"/{name}": real_models / "smollm2" / name}) as server:
        done = gauger("trace", f"{server.url}/{name}", "-f", "json", "--no-cache")
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        assert document["coverage"]["bytes_read"] == server.sent < 98_362_432 / 6
        assert len(server.asked) < 200
        assert any(e["probe"] == "tokenizer" for e in document["evidence"])
