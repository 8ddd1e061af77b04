"""Byte ranges as sets, addresses as places, hosts as public or private."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gauger.core.errors import Unreadable, UsageError
from gauger.remote.address import address_of, plain, tokens_of
from gauger.remote.connection import Network, Origin
from gauger.remote.http_source import key_of
from gauger.remote.intervals import Intervals, coalesced, pieces
from gauger.remote.range_store import Pin, RangeStore, evict
from gauger.remote.reach import Reach, kind_of

SPANS = some.lists(some.tuples(some.integers(0, 60), some.integers(0, 60)), max_size=12)


def bytes_of(spans):
    """The bytes that these ranges hold, one by one."""
    return {at for start, end in spans for at in range(start, end)}


@given(SPANS, some.tuples(some.integers(0, 60), some.integers(0, 60)))
def test_intervals_are_sets_of_bytes(spans, asked):
    """What is held, what is missing and what covers what agree with sets, whatever the order."""
    held = Intervals(spans)
    assert bytes_of(held) == bytes_of(spans) == bytes_of(Intervals(reversed(spans)))
    assert held.total == len(bytes_of(spans))
    assert bytes_of(held.missing(asked)) == bytes_of([asked]) - bytes_of(spans)
    assert all(end < start for (_, end), (start, _) in pairwise(held))
    assert held.covers(asked) == (bytes_of([asked]) <= bytes_of(spans))


@given(SPANS, some.integers(0, 10), some.integers(1, 20))
def test_coalescing_loses_nothing_and_reads_no_wide_hole(spans, gap, most):
    """All bytes are there; holes wider than the gap stay holes; pieces are no longer than allowed."""
    joined = coalesced(spans, gap)
    assert bytes_of(spans) <= bytes_of(joined)
    assert all(later[0] - earlier[1] > gap for earlier, later in pairwise(joined))
    assert coalesced(spans, 0) == list(Intervals(spans))
    cut = pieces(joined, most)
    assert bytes_of(cut) == bytes_of(joined)
    assert all(0 < end - start <= most for start, end in cut)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.216.34", "public"), ("2606:4700::1111", "public"), ("10.1.2.3", "private"),
        ("127.0.0.1", "private"), ("::1", "private"), ("100.64.0.1", "private"), ("192.168.0.1", "private"),
        ("fd00::1", "private"), ("169.254.169.254", "link-local"), ("fe80::1%eth0", "link-local"),
        ("::ffff:127.0.0.1", "private"), ("::ffff:169.254.169.254", "link-local"),
        ("64:ff9b::a00:1", "private"),
        ("2002:7f00:1::", "private"), ("0.0.0.0", "never"), ("224.0.0.1", "never"),  # noqa: S104 - no binding
    ],
)  # fmt: skip
def test_an_address_is_judged_by_where_it_leads(address, kind):
    """Also where it is written inside another."""
    assert kind_of(address) == kind


def test_what_was_named_first_decides_what_may_follow():
    """Public to public only; private to both; the metadata of clouds only where it was named."""
    public, private, local = Reach(), Reach(), Reach()
    assert public.allowed("a", ["93.184.216.34"])
    for inside in ("10.0.0.1", "127.0.0.1", "169.254.169.254"):
        with pytest.raises(Unreadable):
            public.allowed("b", [inside])
    assert public.allowed("b", ["10.0.0.1", "93.184.216.34"]) == ["93.184.216.34"]
    assert private.allowed("a", ["10.0.0.1"])
    assert private.allowed("b", ["93.184.216.34"])
    assert private.allowed("c", ["127.0.0.1"])
    with pytest.raises(Unreadable):
        private.allowed("d", ["169.254.169.254"])
    assert local.allowed("a", ["169.254.1.1"])
    mixed = Reach()
    mixed.allowed("a", ["10.0.0.1", "93.184.216.34"])
    with pytest.raises(Unreadable):
        mixed.allowed("b", ["10.0.0.1"])


@pytest.mark.parametrize(
    ("text", "environment", "url", "kind"),
    [
        ("s3://bucket/a/model.gguf", {}, "https://bucket.s3.amazonaws.com/a/model.gguf", "file"),
        (
            "s3://bucket/a",
            {"AWS_REGION": "eu-central-1"},
            "https://bucket.s3.eu-central-1.amazonaws.com/",
            "bucket",
        ),
        ("s3://my.bucket/a", {}, "https://s3.amazonaws.com/my.bucket/", "bucket"),
        ("gs://bucket/a b.gguf", {}, "https://storage.googleapis.com/bucket/a%20b.gguf", "file"),
        ("az://acct/box/a/m.onnx", {}, "https://acct.blob.core.windows.net/box/a/m.onnx", "file"),
        ("hf://org/name", {}, "https://huggingface.co", "hub"),
        ("https://huggingface.co/org/name/resolve/main/a/m.gguf", {}, "https://huggingface.co", "hub"),
        ("https://host/a/b/c", {}, "https://host/a/b/c/", "folder"),
        ("https://host/m.gguf?sig=1", {}, "https://host/m.gguf?sig=1", "file"),
    ],
)
def test_addresses_become_places(text, environment, url, kind):
    """Object stores by their public addresses, hubs by their repositories."""
    place = address_of(text, environment)
    assert (place.url, place.kind) == (url, kind)
    assert "?" not in place.name


def test_tokens_go_to_whom_they_belong():
    """The hub's to the hub; ours to the host that was named; none over an open connection to elsewhere."""
    tokens = {"GAUGER_TOKEN": "mine", "HF_TOKEN": "hubs"}
    hub, host = address_of("hf://org/name", {}), address_of("https://host/a/b/c", {})
    assert tokens_of(hub, {"HF_TOKEN": "hubs"}) == {Origin("https", "huggingface.co", 443): "hubs"}
    assert tokens_of(host, {"HF_TOKEN": "hubs"}) == {}
    assert tokens_of(host, tokens) == {Origin("https", "host", 443): "mine"}
    assert tokens_of(address_of("http://host/a/b/c", {}), tokens) == {}
    with pytest.raises(UsageError) as caught:
        tokens_of(host, {"GAUGER_TOKEN": "two\nlines"})
    assert "lines" not in str(caught.value)


def test_signatures_do_not_tell_files_apart():
    """A renewed signature finds what was kept; another file does not."""
    one, other = "https://h/m?X-Amz-Signature=a&X-Amz-Date=1", "https://h/m?X-Amz-Signature=b&X-Amz-Date=2"
    assert key_of(one) == key_of(other) == key_of("https://user:pw@h/m")
    assert len({key_of(x) for x in (one, "https://h/n", "https://h/m?file=2", "http://h/m")}) == 4
    assert plain("https://user:pw@h/m?sig=x#y") == "https://h/m"


def test_the_oldest_stores_are_taken_away(tmp_path):
    """Nothing else in the folder is touched."""
    (tmp_path / "mine").mkdir()
    for number in range(4):
        store = RangeStore(tmp_path / f"{number:064x}")
        store.begin(Pin(size_bytes=100_000, etag='"1"'))
        store.write(0, bytes(100_000))
        store.close()
    evict(tmp_path, kept_files=2)
    assert len(list(tmp_path.iterdir())) == 3
    evict(tmp_path, kept_bytes=0)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_others_can_read_keeps_nothing(tmp_path):
    """The run goes on with a temporary file."""
    folder = tmp_path / ("0" * 64)
    folder.mkdir(mode=0o755)
    store = RangeStore(folder)
    store.begin(Pin(size_bytes=10, etag='"1"'))
    store.write(0, b"0123456789")
    assert store.read(2, 3) == b"234"
    store.close()
    assert list(folder.iterdir()) == []


def test_proxies_are_taken_from_the_environment(monkeypatch):
    """Except for the hosts that it leaves out."""
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "inside.test")
    network = Network()
    proxy = network._proxy(Origin("https", "host", 443))
    assert proxy is not None
    assert (proxy.hostname, proxy.port) == ("proxy", 3128)
    assert network._proxy(Origin("https", "inside.test", 443)) is None
    assert network._proxy(Origin("http", "host", 80)) is None
