"""A remote file is read by range, never twice, and is one and the same file from first to last."""

from __future__ import annotations

import time

import numpy as np
import pytest

from build.range_server import RangeServer, Trouble
from gauger.core.errors import LimitExceeded, Malformed, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.remote.client import Client, Patience
from gauger.remote.http_source import HEAD_BYTES, HttpSource

pytestmark = pytest.mark.server
DATA = np.random.default_rng(4).bytes(3_000_000)
QUICK = Patience(first_wait_s=0.01, timeout_s=2.0, grace_s=2.0)


@pytest.fixture
def server():
    """One file, `/model.bin`, of three megabytes."""
    with RangeServer({"/model.bin": DATA}) as running:
        yield running
    while CLIENTS:
        CLIENTS.pop().close()


CLIENTS: list[Client] = []


def client(limits=DEFAULT_LIMITS, patience=QUICK, **options):
    """A client that is closed when the test ends."""
    CLIENTS.append(Client({}, limits, patience, **options))
    return CLIENTS[-1]


def opened(server, folder=None, *, limits=DEFAULT_LIMITS, path="/model.bin", patience=QUICK):
    """The file, read by a client of its own."""
    return HttpSource(server.url + path, client(limits, patience), folder)


def test_the_first_request_reads_the_beginning_and_learns_the_length(server):
    """One request, 128 KiB."""
    with opened(server) as source:
        assert source.size_bytes == len(DATA)
        assert source.read_at(0, 1000) == DATA[:1000]
        assert source.name == f"{server.url}/model.bin"
    assert server.ranges("/model.bin") == [(0, HEAD_BYTES - 1)]


def test_any_range_gives_the_bytes_of_the_file(server):
    """Whatever is asked for, in whatever order, neighbours and overlaps among it."""
    chooser = np.random.default_rng(7)
    with opened(server) as source:
        for _ in range(60):
            start = int(chooser.integers(len(DATA)))
            length = int(chooser.choice([0, 1, 100, 70_000, 400_000]))
            end = min(len(DATA), start + length)
            assert source.read_at(start, end - start) == DATA[start:end]
        assert source.touched_bytes <= len(DATA)
        assert source.fetched_bytes == source.touched_bytes


def test_nothing_is_read_twice(server):
    """A range that was read is not asked for again."""
    with opened(server) as source:
        source.read_at(1_000_000, 50_000)
        before = len(server.asked)
        assert source.read_at(1_000_100, 40_000) == DATA[1_000_100:1_040_100]
        assert len(server.asked) == before
        assert source.read_bytes == 90_000


def test_a_reader_that_goes_on_is_read_ahead_for(server):
    """A header of many small reads costs few requests."""
    with opened(server) as source:
        for at in range(0, 1_500_000, 5_000):
            assert source.read_at(at, 5_000) == DATA[at : at + 5_000]
    assert len(server.asked) <= 6


def test_a_far_read_is_not_read_ahead_for(server):
    """One row somewhere costs one row."""
    with opened(server) as source:
        source.read_at(2_000_000, 20_000)
    assert server.ranges("/model.bin")[1:] == [(2_000_000, 2_019_999)]


def test_a_range_outside_the_file_is_malformed(server):
    """The server is not asked."""
    with opened(server) as source:
        for offset, length in ((-1, 5), (0, len(DATA) + 1), (len(DATA), 1), (5, -1)):
            with pytest.raises(Malformed):
                source.read_at(offset, length)
    assert len(server.asked) == 1


def test_near_ranges_are_fetched_as_one_and_far_ones_at_the_same_time(server):
    """Holes of up to the gap are read along; the rest comes in parallel."""
    server.troubles["/model.bin"] = Trouble(after=1, delay_s=0.2)
    with opened(server) as source:
        begun = time.monotonic()
        source.prefetch(
            [(500_000, 510_000), (520_000, 530_000), (1_000_000, 1_001_000), (2_000_000, 2_001_000)]
        )
        elapsed = time.monotonic() - begun
        assert sorted(server.ranges("/model.bin")[1:]) == [
            (500_000, 529_999),
            (1_000_000, 1_000_999),
            (2_000_000, 2_000_999),
        ]
        assert elapsed < 0.5
        assert source.read_at(520_000, 10_000) == DATA[520_000:530_000]
    assert len(server.asked) == 4


def test_connections_are_kept(server):
    """Two reads one after the other use one connection."""
    one = client()
    with HttpSource(f"{server.url}/model.bin", one) as source:
        source.read_at(1_000_000, 10)
        source.read_at(2_000_000, 10)
        assert sum(len(idle) for idle in one._network._idle.values()) == 1


def test_a_file_that_changes_is_an_error(server):
    """Another tag half way: no mixture of two files."""
    with opened(server) as source:
        server.etags["/model.bin"] = '"other"'
        with pytest.raises(Unreadable, match="changed"):
            source.read_at(1_000_000, 10)


def test_a_file_that_becomes_shorter_is_an_error(server):
    """The server has nothing at that place any more."""
    with opened(server) as source:
        server.files["/model.bin"] = DATA[:500_000]
        server.etags["/model.bin"] = f'"{len(DATA)}-1"'
        with pytest.raises(Unreadable, match="changed"):
            source.read_at(1_000_000, 10)


def test_a_date_is_condition_enough_where_there_is_no_tag(server):
    """`Last-Modified` pins the file."""
    server.etags["/model.bin"] = ""
    with opened(server) as source:
        source.read_at(1_000_000, 10)
        assert server.asked[-1].headers["if-range"] == server.modified
        server.modified = "Thu, 01 Jan 2026 00:00:00 GMT"
        with pytest.raises(Unreadable, match="changed"):
            source.read_at(2_000_000, 10)


def test_a_weak_tag_is_no_condition(server):
    """It goes into no `If-Range`; a change of it is seen all the same."""
    server.etags["/model.bin"] = 'W/"1"'
    server.modified = ""
    with opened(server) as source:
        source.read_at(1_000_000, 10)
        assert "if-range" not in server.asked[-1].headers
        server.etags["/model.bin"] = 'W/"2"'
        with pytest.raises(Unreadable, match="changed"):
            source.read_at(2_000_000, 10)


def test_another_run_goes_on_where_the_first_stopped(server, tmp_path):
    """What is kept is not asked for again; the server only says that nothing has changed."""
    with opened(server, tmp_path) as source:
        source.read_at(1_000_000, 50_000)
        needed = source.touched_bytes
    sent = server.sent
    with opened(server, tmp_path) as again:
        assert again.read_at(1_000_000, 50_000) == DATA[1_000_000:1_050_000]
        assert again.fetched_bytes == 0
        assert again.touched_bytes == needed
        assert again.read_at(2_000_000, 20_000) == DATA[2_000_000:2_020_000]
    assert server.sent - sent == 20_000
    assert [one.status for one in server.asked] == [206, 206, 304, 206]


def test_what_was_kept_of_another_state_is_not_used(server, tmp_path):
    """A new tag between the runs: everything is read anew."""
    with opened(server, tmp_path) as source:
        source.read_at(1_000_000, 10)
    server.files["/model.bin"] = other = DATA[::-1]
    server.etags["/model.bin"] = '"new"'
    with opened(server, tmp_path) as again:
        assert again.read_at(1_000_000, 10) == other[1_000_000:1_000_010]
        assert again.fetched_bytes == again.touched_bytes


def test_without_a_tag_or_date_nothing_is_kept_for_another_run(server, tmp_path):
    """Nobody could tell whether it is the same file."""
    server.etags["/model.bin"] = server.modified = ""
    for _ in range(2):
        with opened(server, tmp_path) as source:
            assert source.read_at(1_000_000, 10) == DATA[1_000_000:1_000_010]
            assert source.fetched_bytes == source.touched_bytes > 0


def test_a_run_that_breaks_off_leaves_what_it_read(server, tmp_path):
    """The server goes away half way; what came before is there for the next run."""
    server.troubles["/model.bin"] = Trouble(after=2, status=404)
    with opened(server, tmp_path) as source:
        source.read_at(1_000_000, 50_000)
        with pytest.raises(Unreadable):
            source.read_at(2_000_000, 50_000)
    server.troubles.clear()
    with opened(server, tmp_path) as again:
        again.read_at(1_000_000, 50_000)
        assert again.fetched_bytes == 0


def test_two_runs_at_once_do_not_share_a_store(server, tmp_path):
    """The second keeps nothing, and both read the right bytes."""
    with opened(server, tmp_path) as first, opened(server, tmp_path) as second:
        assert first.read_at(1_000_000, 10) == second.read_at(1_000_000, 10) == DATA[1_000_000:1_000_010]


def test_a_spoilt_list_of_what_is_kept_is_ignored(server, tmp_path):
    """Nothing in the folder can make a run fail."""
    with opened(server, tmp_path) as source:
        source.read_at(1_000_000, 10)
    for spoilt in (b"", b"{", b'{"form":1,"pin":{"size_bytes":9,"etag":"x"},"spans":[[5,2]]}'):
        next(tmp_path.glob("*/held.json")).write_bytes(spoilt)
        with opened(server, tmp_path) as again:
            assert again.read_at(1_000_000, 10) == DATA[1_000_000:1_000_010]


def test_the_folder_is_the_users_alone_and_names_no_address(server, tmp_path):
    """Mode 0700, called by a digest; the signature of the address is nowhere in it."""
    folder = tmp_path / "kept"
    with opened(server, folder, path="/model.bin?X-Amz-Signature=verysecret") as source:
        source.read_at(1_000_000, 10)
    (own,) = folder.iterdir()
    assert own.stat().st_mode & 0o777 == 0o700
    assert all(
        b"verysecret" not in f.read_bytes() and b"127.0.0.1" not in f.read_bytes() for f in own.iterdir()
    )
    with opened(server, folder, path="/model.bin?X-Amz-Signature=newsecret") as again:
        assert again.fetched_bytes == 0


@pytest.mark.parametrize("trouble", [Trouble(ranges=False), Trouble(ranges=False, chunked=True)])
def test_a_server_without_ranges_is_read_whole_up_to_a_bound(server, trouble, tmp_path):
    """Short files are read, long ones refused, with or without a length; the next run reads nothing."""
    server.troubles["/model.bin"] = trouble
    with opened(server, tmp_path) as source:
        assert source.read_at(2_000_000, 100) == DATA[2_000_000:2_000_100]
        assert source.size_bytes == source.touched_bytes == len(DATA)
    with opened(server, tmp_path) as again:
        assert again.read_at(2_000_000, 100) == DATA[2_000_000:2_000_100]
        assert again.touched_bytes == len(DATA)
        assert again.fetched_bytes == 0
    server.etags["/model.bin"] = '"new"'
    with pytest.raises(LimitExceeded, match="no ranges"):
        opened(server, limits=Limits(unranged_bytes=1_000_000))


def test_a_whole_run_is_bounded(server):
    """Reading goes no further than `fetched_bytes`."""
    with (
        opened(server, limits=Limits(fetched_bytes=1_000_000)) as source,
        pytest.raises(LimitExceeded, match="fetched_bytes"),
    ):
        source.read_at(0, 2_000_000)


def test_an_empty_file_is_empty(server):
    """No range can be had of it, and none is needed."""
    server.files["/empty"] = b""
    with opened(server, path="/empty") as source:
        assert source.size_bytes == 0
        assert source.read_at(0, 0) == b""


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_a_busy_server_is_asked_again(server, status):
    """A few times, with growing pauses."""
    server.troubles["/model.bin"] = Trouble(status=status, times=2)
    pauses: list[float] = []
    with HttpSource(f"{server.url}/model.bin", client(pause=pauses.append)) as source:
        assert source.read_at(0, 10) == DATA[:10]
    assert pauses == [0.01, 0.02]


def test_the_server_says_how_long_to_wait(server):
    """`Retry-After` counts, up to half a minute."""
    server.troubles["/model.bin"] = Trouble(status=429, times=2, headers={"Retry-After": "7"})
    pauses: list[float] = []
    HttpSource(f"{server.url}/model.bin", client(pause=pauses.append)).close()
    server.troubles["/model.bin"] = Trouble(status=503, times=99, headers={"Retry-After": "86400"})
    with pytest.raises(Unreadable, match="gave up"):
        HttpSource(f"{server.url}/model.bin", client(pause=pauses.append))
    assert pauses == [7, 7, 30, 30, 30, 30]


def test_a_server_that_stays_busy_is_given_up(server):
    """After five tries."""
    server.troubles["/model.bin"] = Trouble(status=503)
    with pytest.raises(Unreadable, match="gave up after 5 tries"):
        opened(server)
    assert len(server.asked) == 5


@pytest.mark.parametrize(
    ("status", "words"), [(401, "token"), (403, "token"), (404, "nothing"), (410, "nothing")]
)
def test_a_refusal_is_final(server, status, words):
    """It is not asked again, and the message says what may help."""
    server.troubles["/model.bin"] = Trouble(status=status)
    with pytest.raises(Unreadable) as caught:
        opened(server)
    assert words in str(caught.value).lower()
    assert len(server.asked) == 1


def test_a_body_that_breaks_off_is_taken_up_where_it_broke(server):
    """What came is kept, the rest is asked for."""
    server.troubles["/model.bin"] = Trouble(after=1, times=3, cut=100_000)
    with opened(server) as source:
        assert source.read_at(1_000_000, 600_000) == DATA[1_000_000:1_600_000]
        assert source.fetched_bytes == source.touched_bytes
    starts = [first for first, _ in server.ranges("/model.bin")[1:]]
    assert starts == [1_000_000, 1_100_000, 1_200_000, 1_300_000]


def test_a_first_answer_that_breaks_off_is_taken_up_too(server):
    """Also without a folder that keeps anything."""
    server.troubles["/model.bin"] = Trouble(times=2, cut=1000)
    with opened(server) as source:
        assert source.read_at(0, 100_000) == DATA[:100_000]


def test_a_server_that_trickles_is_given_up(server):
    """A byte now and then keeps no run alive for ever."""
    server.troubles["/model.bin"] = Trouble(delay_s=0.05, block=10)
    patience = Patience(first_wait_s=0.01, timeout_s=2.0, grace_s=0.2, attempts=2)
    begun = time.monotonic()
    with pytest.raises(Unreadable, match="slowly"):
        opened(server, patience=patience)
    assert time.monotonic() - begun < 3


def test_a_server_that_says_nothing_is_given_up(server):
    """After the time for one step, as often as is tried."""
    server.troubles["/model.bin"] = Trouble(delay_s=1.5)
    patience = Patience(first_wait_s=0.01, timeout_s=0.2, attempts=2)
    with pytest.raises(Unreadable, match=r"in time|timed out"):
        opened(server, patience=patience)


@pytest.mark.parametrize(
    "said",
    [
        "bytes 0-9/3000000",
        "bytes 1000001-1000010/3000000",
        "bytes 1000000-1000099/3000000",
        "bytes 1000000-1000009/2999999",
        "bytes 1000000-1000009/*",
        "bytes 9-1/3000000",
        "items 0-9/10",
        "bytes 1000000-99999999999999999999999999/3000000",
    ],
)
def test_a_server_that_lies_about_the_range_is_an_error(server, said):
    """Bytes are never taken for others."""
    with opened(server) as source:
        server.troubles["/model.bin"] = Trouble(content_range=said)
        with pytest.raises(Unreadable):
            source.read_at(1_000_000, 10)


def test_a_server_that_sends_less_than_asked_is_asked_for_the_rest(server):
    """A shorter range than asked for is allowed, if it says so."""
    with opened(server) as source:
        server.troubles["/model.bin"] = Trouble(
            times=1, after=1, content_range="bytes 1000000-1019999/3000000", cut=20_000
        )
        assert source.read_at(1_000_000, 50_000) == DATA[1_000_000:1_050_000]


@pytest.mark.parametrize(
    "packed", [Trouble(ranges=False, packed=True), Trouble(headers={"Content-Encoding": "gzip"})]
)
def test_a_packed_answer_is_refused(server, packed):
    """Ranges of packed bytes are not ranges of the file; we ask for them as they are."""
    server.troubles["/model.bin"] = packed
    with pytest.raises(Unreadable, match="packed"):
        opened(server)
    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_parallel_pieces_of_one_read_fail_as_one(server):
    """The first piece that cannot be had ends the read, and nothing false is handed out afterwards."""
    server.files["/model.bin"] = long = DATA * 6
    server.troubles["/model.bin"] = Trouble(after=3, status=404)
    with opened(server) as source:
        with pytest.raises(Unreadable):
            source.read_at(0, len(long))
        server.troubles.clear()
        assert source.read_at(0, len(long)) == long
