"""Packs: many fingerprints in one signed file, so that fingerprints travel and weights do not.

A pack is a zip archive of stored members: `pack.dsse.json`, a signed statement that names every other member
with its SHA-256, and the fingerprints. Its bytes are a function of what it holds, and reading builds them
again and compares: no byte of a pack can change, be added or be moved without notice.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from gauger import __version__
from gauger.core.canonical import canonical_json
from gauger.core.errors import LimitExceeded, Malformed, UsageError, VerificationError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.text import printable
from gauger.formats.source import FileSource, Source
from gauger.formats.zip_directory import Member, data_offset, zip_members
from gauger.signing.envelope import Statement, Subject, Verified, signed, verified
from gauger.signing.keys import SigningKey, TrustedKey
from gauger.trace.fingerprints.records import Fingerprint
from gauger.trace.fingerprints.store import MOST_BYTES, read_fingerprint

ENVELOPE = "pack.dsse.json"
PREDICATE = "urn:gauger:fingerprint-pack:v1"
RECORD = "imported.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,120}\.safetensors")
_MOST_MEMBERS = 60_000
_MOST_PACK_BYTES = 3 * 1024**3
_ENVELOPE_BYTES = 8 * 1024 * 1024
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_EPOCH_DATE = 0x21
"""1 January 1980, the archive format's first day: no clock goes into a pack."""


class Imported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands beside imported fingerprints: where they came from and who vouched for them.

    Attributes:
        pack_sha256: Of the whole pack.
        signed_by: Names of the keys that signed it and were trusted; empty for one taken unsigned.
        fingerprints: SHA-256 of each file.
        tool: What made the pack.
    """

    pack_sha256: str
    signed_by: tuple[str, ...]
    fingerprints: dict[str, str]
    tool: str = ""


def write_pack(files: Sequence[Path], path: Path, keys: tuple[SigningKey, ...]) -> Statement:
    """Put these fingerprints into a pack at `path`, signed with these keys; what does its statement say?

    Laws: equal files and keys give equal bytes.

    Raises:
        UsageError: no files, two of one name, a name that cannot travel, or too much for one pack.
        Malformed: a file is no fingerprint.
        Unreadable: a file cannot be read.
    """
    ordered = sorted(files, key=lambda file: file.name)
    names = [file.name for file in ordered]
    odd = next((name for name in names if not _NAME.fullmatch(name)), "")
    if not names or odd or len(set(names)) != len(names) or len(names) > _MOST_MEMBERS:
        raise UsageError(
            "a pack holds fingerprints of different names, in lower case" if names else "no fingerprints",
            subject=odd or path.name,
        )
    digests = []
    for file in ordered:
        data = _bytes_of(file)
        read_fingerprint(data, name=file.name)
        digests.append(hashlib.sha256(data).hexdigest())
    statement = Statement(
        subject=tuple(Subject(name=n, digest={"sha256": d}) for n, d in zip(names, digests, strict=True)),
        predicate_type=PREDICATE,
        predicate={"tool": f"gauger {__version__}", "fingerprints": len(names)},
    )
    if sum(file.stat().st_size for file in ordered) > _MOST_PACK_BYTES:
        raise UsageError(f"more than {_MOST_PACK_BYTES} bytes", subject=path.name, hint="make several packs")
    envelope = signed(statement, keys)
    aside = path.with_name(f".{path.name}.part")
    with aside.open("wb") as out:
        for chunk in _archive(envelope, ((file.name, _bytes_of(file)) for file in ordered)):
            out.write(chunk)
    aside.replace(path)
    return statement


class Pack:
    """A pack that was checked whole: its signature, every digest, every byte in between.

    Args:
        path: The file.
        trusted: Public keys whose owners are believed.
        unsigned: Take a pack that no trusted key signed.
        limits: Bounds.

    Raises:
        Malformed: not a pack.
        LimitExceeded: above the bounds.
        Unreadable: the file cannot be read.
        VerificationError: not signed by a trusted key, or something was altered.
    """

    def __init__(
        self,
        path: Path,
        trusted: tuple[TrustedKey, ...],
        *,
        unsigned: bool = False,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.path = path
        with FileSource(path, name=path.name) as source:
            if source.size_bytes > _MOST_PACK_BYTES + _ENVELOPE_BYTES + _MOST_MEMBERS * 1024:
                raise LimitExceeded("larger than any pack", subject=path.name)
            members = zip_members(source, limits)
            self.verified: Verified = verified(
                _envelope(source, members), trusted, unsigned=unsigned, limits=limits
            )
            statement = self.verified.statement
            if statement.predicate_type != PREDICATE:
                raise Malformed("a statement about something else than a pack", subject=path.name)
            self.digests = {s.name: s.digest["sha256"] for s in statement.subject}
            _check_members(members, self.digests, path.name)
            self._places = {n: (data_offset(source, members[n]), members[n].size_bytes) for n in self.digests}
            self.sha256 = self._check_bytes(source, members)

    def fingerprints(self) -> Iterator[tuple[str, bytes, Fingerprint]]:
        """Name, bytes and content of every fingerprint, in the order of names.

        Raises:
            Malformed: a member is no fingerprint, though a signed one.
            VerificationError: the file changed since it was checked.
        """
        with FileSource(self.path, name=self.path.name) as source:
            for name, digest in self.digests.items():
                data = source.read_at(*self._places[name])
                if hashlib.sha256(data).hexdigest() != digest:
                    raise VerificationError("changed while it was read", subject=self.path.name)
                yield name, data, read_fingerprint(data, name=name)

    def _check_bytes(self, source: Source, members: dict[str, Member]) -> str:
        """The pack's SHA-256, after its bytes were built again from what it holds and compared."""
        envelope = _envelope(source, members)
        stored = ((name, source.read_at(*self._places[name])) for name in self.digests)
        whole, at = hashlib.sha256(), 0
        for number, chunk in enumerate(_archive(envelope, stored)):
            if at + len(chunk) > source.size_bytes or source.read_at(at, len(chunk)) != chunk:
                raise VerificationError(
                    f"altered at or after byte {at} (piece {number})", subject=source.name
                )
            whole.update(chunk)
            at += len(chunk)
        if at != source.size_bytes:
            raise VerificationError("bytes were added at its end", subject=source.name)
        for name, place in self._places.items():
            if hashlib.sha256(source.read_at(*place)).hexdigest() != self.digests[name]:
                raise VerificationError(f"{name} is not the one that was signed", subject=source.name)
        return whole.hexdigest()


def import_pack(pack: Pack, folder: Path) -> Imported:
    """Put the pack's fingerprints into `folder`, in a sub-folder named by its digest, with a record of trust.

    A second import of the same pack gives the same files.

    Raises:
        Malformed: a member is no fingerprint; nothing was written then.
        VerificationError: the file changed since it was checked.
    """
    for _ in pack.fingerprints():
        pass
    record = Imported(
        pack_sha256=pack.sha256,
        signed_by=pack.verified.signed_by,
        fingerprints=dict(pack.digests),
        tool=printable(str(pack.verified.statement.predicate.get("tool", "")), 80),
    )
    target = folder / f"pack-{pack.sha256[:16]}"
    target.mkdir(parents=True, exist_ok=True)
    for name, data, _ in pack.fingerprints():
        (target / name).write_bytes(data)
    (target / RECORD).write_bytes(canonical_json(record))
    return record


def is_pack(path: Path) -> bool:
    """Does this file begin as a pack does?"""
    try:
        with path.open("rb") as file:
            head = file.read(_LOCAL.size + len(ENVELOPE))
    except OSError:
        return False
    return head[:4] == b"PK\x03\x04" and head.endswith(ENVELOPE.encode())


def _archive(envelope: bytes, members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The archive's bytes, member by member; one member at a time is in memory."""
    directory, at, count = [], 0, 0
    for name, data in chain([(ENVELOPE, envelope)], members):
        raw, crc, size = name.encode(), zlib.crc32(data), len(data)
        yield _LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, _EPOCH_DATE, crc, size, size, len(raw), 0) + raw
        yield data
        fields = (20, 20, 0, 0, 0, _EPOCH_DATE, crc, size, size, len(raw), 0, 0, 0, 0, 0, at)
        directory.append(_CENTRAL.pack(b"PK\x01\x02", *fields) + raw)
        at += _LOCAL.size + len(raw) + size
        count += 1
    listing = b"".join(directory)
    yield listing
    yield _END.pack(b"PK\x05\x06", 0, 0, count, count, len(listing), at, 0)


def _bytes_of(path: Path) -> bytes:
    with FileSource(path, name=path.name) as source:
        if source.size_bytes > MOST_BYTES:
            raise LimitExceeded(f"a fingerprint has at most {MOST_BYTES} bytes", subject=path.name)
        return source.read_at(0, source.size_bytes)


def _envelope(source: Source, members: dict[str, Member]) -> bytes:
    member = members.get(ENVELOPE)
    if member is None:
        raise Malformed("no pack: it has no statement", subject=source.name)
    if member.packed_bytes > _ENVELOPE_BYTES:
        raise LimitExceeded(f"its statement has more than {_ENVELOPE_BYTES} bytes", subject=source.name)
    return source.read_at(data_offset(source, member), member.packed_bytes)


def _check_members(members: dict[str, Member], digests: dict[str, str], subject: str) -> None:
    if members.keys() != {ENVELOPE, *digests}:
        odd = min(members.keys() ^ {ENVELOPE, *digests})
        raise VerificationError(f"{printable(odd, 80)} is not in both, pack and statement", subject=subject)
    for name, member in members.items():
        if name != ENVELOPE and not _NAME.fullmatch(name):
            raise Malformed(f"{printable(name, 80)} is no name of a fingerprint", subject=subject)
        if member.method or member.encrypted or member.packed_bytes != member.size_bytes:
            raise Malformed(f"{printable(name, 80)} is not stored plainly", subject=subject)
        if member.size_bytes > MOST_BYTES:
            raise LimitExceeded(f"{name} has more than {MOST_BYTES} bytes", subject=subject)
