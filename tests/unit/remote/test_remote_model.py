"""Models at addresses: hubs, buckets, folders, files; redirects, tokens, hosts that must not be reached."""

from __future__ import annotations

import json
import socket

import numpy as np
import pytest

from build.range_server import RangeServer, Trouble
from build.safetensors import index_bytes, safetensors_bytes
from gauger.core.errors import LimitExceeded, NothingToExamine, Unreadable, UsageError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.weights import weights_of
from gauger.remote.client import Patience
from gauger.remote.remote_model import open_remote

pytestmark = pytest.mark.server
QUICK = Patience(first_wait_s=0.01, timeout_s=2.0, attempts=2)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def tensor(seed, rows=2000, columns=64):
    """Numbers that are a file's own: half a megabyte."""
    return np.random.default_rng(seed).standard_normal((rows, columns)).astype("<f4")


def sharded(prefix=""):
    """Two shards with their index and a configuration."""
    shards = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    return {
        f"{prefix}{shards[0]}": safetensors_bytes({"a.weight": tensor(1)}),
        f"{prefix}{shards[1]}": safetensors_bytes({"b.weight": tensor(2)}),
        f"{prefix}model.safetensors.index.json": index_bytes({"a.weight": shards[0], "b.weight": shards[1]}),
        f"{prefix}config.json": b'{"model_type": "llama", "hidden_size": 64}',
    }


@pytest.fixture
def server():
    """An empty server."""
    with RangeServer() as running:
        yield running


def opened(address, limits=DEFAULT_LIMITS, **options):
    """The model there, with little patience."""
    return open_remote(address, limits, patience=QUICK, **options)


def hub(server, repository="org/name", files=None, revision="main"):
    """Serve these files as a hub's repository."""
    files = sharded() if files is None else files
    root = f"/api/models/{repository}"
    server.files[f"{root}/revision/{revision}"] = json.dumps({"sha": COMMIT}).encode()
    rows = [{"type": "file", "path": path, "size": len(data), "oid": "0"} for path, data in files.items()]
    rows.append({"type": "directory", "path": "empty", "size": 0})
    server.files[f"{root}/tree/{COMMIT}"] = json.dumps(rows).encode()
    server.files |= {f"/{repository}/resolve/{COMMIT}/{path}": data for path, data in files.items()}
    return {"HF_ENDPOINT": server.url}


def test_a_hubs_repository_is_read_at_one_commit(server):
    """The revision becomes a commit first; shards are one model, read by their headers."""
    environment = hub(server)
    with opened("hf://org/name", environment=environment) as model:
        assert model.name == "hf://org/name"
        assert model.repository == "org/name"
        assert model.listing.revision == COMMIT
        assert model.weights == ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
        file = model.open_model(model.weights, DEFAULT_LIMITS)
        assert [t.name for t in file.tensors] == ["a.weight", "b.weight"]
        assert not file.remarks
        assert model.touched_bytes < model.total_bytes / 2


@pytest.mark.parametrize("text", ["hf://org/name@v1", "org/name@v1", "{url}/org/name/tree/v1"])
def test_a_revision_can_be_named(server, text):
    """After an `@`, or as the hub's own pages name it."""
    environment = hub(server, revision="v1")
    with opened(text.format(url=server.url), environment=environment) as model:
        assert model.listing.revision == COMMIT
        assert model.name == "hf://org/name@v1"


def test_one_file_of_a_repository_can_be_named(server):
    """Of several, that one is examined, with its shards."""
    environment = hub(server, files={**sharded(), "small.gguf": b"GGUF", "big.gguf": b"GGUF"})
    with opened("hf://org/name/small.gguf", environment=environment) as model:
        assert model.weights == ("small.gguf",)
        assert model.others == ()
    with opened("hf://org/name", environment=environment) as model:
        assert model.weights[0].startswith("model-00001")
        assert model.others == ("big.gguf", "small.gguf")


def test_a_long_list_comes_in_pages(server):
    """The next page is asked for where the hub says; never at another host."""
    environment = hub(server, files={})
    page = f"/api/models/org/name/tree/{COMMIT}"
    server.files["/page2"] = json.dumps([{"type": "file", "path": "model.gguf", "size": 4}]).encode()
    server.files["/org/name/resolve/" + COMMIT + "/model.gguf"] = b"GGUF"
    server.troubles[page] = Trouble(ranges=False, headers={"Link": f'<{server.url}/page2>; rel="next"'})
    with opened("org/name", environment=environment) as model:
        assert model.weights == ("model.gguf",)
    server.troubles[page] = Trouble(ranges=False, headers={"Link": '<http://127.0.0.1:1/x>; rel="next"'})
    with pytest.raises(Unreadable, match="another host"):
        opened("org/name", environment=environment)


@pytest.mark.parametrize(
    "path", ["../up.gguf", "/abs.gguf", "a//b.gguf", "a/../b.gguf", "x\x00.gguf", "a\\b.gguf"]
)
def test_paths_that_no_honest_list_has_are_left_out(server, path):
    """A list cannot name files outside the repository."""
    environment = hub(server, files={"ok.gguf": b"GGUF", path: b"GGUF"})
    with opened("org/name", environment=environment) as model:
        assert list(model.listing.entries) == ["ok.gguf"]


def test_a_list_is_bounded(server):
    """No list of a million files."""
    environment = hub(server, files={f"{n}.gguf": b"" for n in range(200)})
    with pytest.raises(LimitExceeded, match="100 files"):
        opened("org/name", Limits(listed_files=100), environment=environment)


def test_a_server_that_speaks_like_a_hub_is_one(server):
    """`https://…/org/model` of an unknown host: its API is tried first."""
    hub(server)
    with opened(f"{server.url}/org/name") as model:
        assert model.listing.revision == COMMIT
        assert model.repository == "org/name"


def test_a_folder_is_read_by_the_page_that_lists_it(server):
    """Links of a web server's own index; those that lead elsewhere are not followed."""
    server.files |= sharded("/models/x/")
    names = ["../", "/etc/passwd", "http://127.0.0.1:1/evil.gguf", "sub/", "?C=M", *sharded()]
    server.files["/models/x/"] = "".join(f'<a href="{name}">n</a>' for name in names).encode()
    with opened(f"{server.url}/models/x") as model:
        assert sorted(model.listing.entries) == sorted(sharded())
        assert len(model.weights) == 2
        assert model.listing.complete


def test_a_folder_without_a_page_is_read_by_the_usual_names(server):
    """The index names the shards."""
    server.files |= sharded("/a/b/c/")
    with opened(f"{server.url}/a/b/c/") as model:
        assert sorted(model.listing.entries) == sorted(sharded())
        assert not model.listing.complete
        assert [t.name for t in model.open_model(model.weights, DEFAULT_LIMITS).tensors] == [
            "a.weight",
            "b.weight",
        ]


def test_a_folder_with_nothing_in_it_is_nothing(server):
    """Exit code 3 follows from it."""
    with pytest.raises(NothingToExamine):
        opened(f"{server.url}/nothing/at/all/")


def test_one_shard_brings_the_others(server):
    """Named by its own address."""
    server.files |= sharded("/w/")
    with opened(f"{server.url}/w/model-00002-of-00002.safetensors") as model:
        assert model.weights == ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
        assert "config.json" in model


def test_a_signed_address_is_one_file_and_stays_secret(server):
    """Nothing is looked for beside it, and its signature is in no message and no name."""
    server.files |= sharded("/w/")
    address = f"{server.url}/w/model-00002-of-00002.safetensors?X-Amz-Signature=verysecret"
    with opened(address) as model:
        assert model.weights == ("model-00002-of-00002.safetensors",)
        assert "verysecret" not in model.name
        model.open(model.weights[0])
        server.troubles["*"] = Trouble(status=403)
        with pytest.raises(Unreadable) as caught:
            model.open(model.weights[0]).read_at(300_000, 10)
    assert "verysecret" not in str(caught.value)
    assert all(a.query.endswith("verysecret") for a in server.asked)


def listing_xml(keys, more=""):
    """What an object store answers."""
    rows = "".join(f"<Contents><Key>{k}</Key><Size>{n}</Size></Contents>" for k, n in keys)
    return f"<?xml version='1.0'?><ListBucketResult>{rows}{more}</ListBucketResult>".encode()


@pytest.mark.parametrize(
    ("address", "variable", "root"),
    [
        ("s3://bucket/models/x", "AWS_ENDPOINT_URL_S3", "/bucket/"),
        ("gs://bucket/models/x/", "STORAGE_EMULATOR_HOST", "/bucket/"),
        ("az://account/bucket/models/x", "AZURE_STORAGE_BLOB_ENDPOINT", "/bucket/"),
    ],
)
def test_a_prefix_of_an_object_store_is_a_folder(server, address, variable, root):
    """Keys below the prefix; folders' own markers and other prefixes left out."""
    server.files |= sharded(f"{root}models/x/")
    keys = [(f"models/x/{name}", len(data)) for name, data in sharded().items()]
    xml = listing_xml([("models/x/", 0), *keys, ("models/y/other.gguf", 4)])
    if variable.startswith("AZURE"):
        xml = xml.replace(b"ListBucketResult", b"EnumerationResults").replace(b"Contents>", b"Blob>")
        xml = xml.replace(b"Key>", b"Name>").replace(b"Size>", b"Content-Length>")
    server.files[root] = xml
    with opened(address, environment={variable: server.url}) as model:
        assert sorted(model.listing.entries) == sorted(sharded())
        assert model.in_store
        assert [t.name for t in model.open_model(model.weights, DEFAULT_LIMITS).tensors] == [
            "a.weight",
            "b.weight",
        ]
    assert "prefix=models%2Fx%2F" in server.asked[0].query


def test_a_server_that_is_not_there_is_asked_in_one_way_only():
    """A refused connection is not taken for a folder that has no list."""
    with RangeServer() as gone:
        address = f"{gone.url}/org/name"
    with pytest.raises(Unreadable, match="gave up after 2 tries: Connection refused"):
        opened(address)


def test_a_bucket_in_another_region_says_which(server):
    """S3 answers without an address to follow."""
    server.troubles["*"] = Trouble(status=301, headers={"x-amz-bucket-region": "eu-west-1"})
    with pytest.raises(Unreadable, match="AWS_REGION=eu-west-1"):
        opened("s3://bucket/x", environment={"AWS_ENDPOINT_URL": server.url})


def test_a_bomb_of_entities_in_a_list_is_text(server):
    """Nothing is expanded."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + listing_xml(
        [("&b;.gguf", 4)]
    )
    server.files["/bucket/"] = bomb
    with opened("s3://bucket", environment={"AWS_ENDPOINT_URL": server.url}) as model:
        assert list(model.listing.entries) == ["&b;.gguf"]


def test_a_token_goes_to_its_host_and_to_no_other(server):
    """A redirect to a content network gets none; the hub's token goes to the hub alone."""
    environment = hub(server) | {"HF_TOKEN": "hf_secret"}
    with RangeServer() as other:
        for path, data in sharded().items():
            other.files[f"/cdn/{path}"] = data
            server.troubles[f"/org/name/resolve/{COMMIT}/{path}"] = Trouble(
                status=302, headers={"Location": f"{other.url}/cdn/{path}?sig=1"}
            )
        with opened("hf://org/name", environment=environment) as model:
            model.open_model(model.weights, DEFAULT_LIMITS)
            model.open(model.weights[0]).read_at(400_000, 100)
        assert all(one.headers["authorization"] == "Bearer hf_secret" for one in server.asked)
        assert other.asked
        assert not any("authorization" in one.headers for one in other.asked)
        assert server.seen[f"/org/name/resolve/{COMMIT}/{model.weights[0]}"] == 1
        with opened(f"{other.url}/cdn/config.json", environment=environment):
            pass
        assert not any("authorization" in one.headers for one in other.asked)


def test_a_signed_address_that_has_run_out_is_asked_for_again(server):
    """The hub gives a new one."""
    environment = hub(server, files={"model.safetensors": safetensors_bytes({"a": tensor(3)})})
    with RangeServer({"/cdn/1": server.files[f"/org/name/resolve/{COMMIT}/model.safetensors"]}) as other:
        at = f"/org/name/resolve/{COMMIT}/model.safetensors"
        server.troubles[at] = Trouble(status=302, headers={"Location": f"{other.url}/cdn/1"})
        with opened("org/name", environment=environment) as model:
            source = model.open("model.safetensors")
            other.troubles["/cdn/1"] = Trouble(after=1, times=1, status=403)
            assert len(source.read_at(300_000, 1000)) == 1000
        assert server.seen[at] == 2


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "not to http"),
        ("ftp://127.0.0.1/x", "not to http"),
        ("", "not to http"),
        ("{url}/loop", "again and again"),
        ("http://[::1", "no address"),
    ],
)
def test_a_redirect_leads_nowhere_else(server, location, words):
    """Neither to files, nor to other protocols, nor in circles."""
    server.troubles["/loop"] = Trouble(status=302, headers={"Location": location.format(url=server.url)})
    with pytest.raises(Unreadable, match=words), opened(f"{server.url}/loop?x=1") as model:
        model.open(model.listing.chosen)


def test_a_public_address_does_not_lead_into_a_private_network(server, monkeypatch):
    """A host on the internet that redirects to this machine is refused; nothing arrives there."""
    port = int(server.url.rpartition(":")[2])
    server.files["/secret"] = b"x"
    server.troubles["/model.gguf"] = Trouble(
        status=302, headers={"Location": f"http://inside.test:{port}/secret"}
    )
    places = {"public.test": "93.184.216.34", "inside.test": "10.0.0.7"}

    def looked_up(host, port, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (places.get(host, host), port))]

    real = socket.create_connection

    def connected(address, *rest):
        assert address[0] == "93.184.216.34"
        return real(("127.0.0.1", address[1]), *rest)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", connected)
    with (
        pytest.raises(Unreadable, match="private network"),
        opened(f"http://public.test:{port}/model.gguf?x=1") as model,
    ):
        model.open(model.listing.chosen)
    assert server.seen["/secret"] == 0


@pytest.mark.parametrize(
    "text",
    ["file:///etc/passwd", "ftp://host/x", "https://", "https://user:pw@host/x", "s3://UPPER/x", "az://a", "hf://name",
     "hf://org/name@../x", "http://[::1", "gopher://x/y"],
)  # fmt: skip
def test_what_is_no_address_is_a_mistake_of_the_caller(text):
    """Nothing is asked; a password is not repeated."""
    with pytest.raises(UsageError) as caught:
        opened(text)
    assert "pw" not in str(caught.value)


def test_numbers_are_read_from_ranges(server, tmp_path):
    """The weights of a remote model, as `weights_of` gives them; the next run reads none of them again."""
    server.files |= sharded("/a/b/c/")
    touched = []
    for run in range(2):
        before = server.sent
        with opened(f"{server.url}/a/b/c/", folder=tmp_path) as model:
            weights = weights_of(model.sources(), DEFAULT_LIMITS)
            rows = weights.gather(weights.tensors[1], [1500, 3, 1999])
            assert (rows == tensor(2)[[1500, 3, 1999]]).all()
            assert weights.is_far
            touched.append(model.touched_bytes)
        assert run == 0 or server.sent - before < 2000
    assert touched[0] == touched[1] < 400_000
