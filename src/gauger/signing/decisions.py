"""Who vouches for a decision record: a signed statement that names it by its digest, in a file beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gauger.core.errors import Malformed, Unreadable, UsageError, VerificationError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.signing.envelope import Statement, Subject, Verified, signed, verified
from gauger.signing.keys import SigningKey, TrustedKey

PREDICATE = "urn:gauger:decision-record:v1"
SUFFIX = ".dsse.json"
_ENVELOPE_BYTES = 1024 * 1024


def envelope_of(record: Path) -> Path:
    """Where is the signed statement about the record in this file kept?"""
    return record.with_name(record.name + SUFFIX)


def statement_about(data: bytes, tool: str) -> Statement:
    """What is said of a record with these bytes? Its digest, and which program wrote it."""
    digest = hashlib.sha256(data).hexdigest()
    return Statement(
        subject=(Subject(name="decision-record", digest={"sha256": digest}),),
        predicate_type=PREDICATE,
        predicate={"tool": tool},
    )


def sign_record(record: Path, data: bytes, tool: str, keys: tuple[SigningKey, ...]) -> Path:
    """Put a statement about this record, signed with these keys, beside it.

    Raises:
        UsageError: the place cannot be written to.
    """
    path = envelope_of(record)
    try:
        path.write_bytes(signed(statement_about(data, tool), keys))
    except OSError as error:
        raise UsageError(error.strerror or "cannot be written", subject=str(path)) from error
    return path


def verify_record(
    record: Path, data: bytes, trusted: tuple[TrustedKey, ...], limits: Limits = DEFAULT_LIMITS
) -> Verified:
    """Who vouches for exactly these bytes?

    Raises:
        Unreadable: there is no statement beside the record.
        Malformed: it is no statement about a decision record.
        VerificationError: no trusted key signed it, or it is about other bytes.
    """
    path = envelope_of(record)
    try:
        with path.open("rb") as file:
            envelope = file.read(_ENVELOPE_BYTES)
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=path.name) from error
    checked = verified(envelope, trusted, limits=limits)
    if checked.statement.predicate_type != PREDICATE or len(checked.statement.subject) != 1:
        raise Malformed("not a statement about a decision record", subject=path.name)
    if checked.statement.subject[0].digest["sha256"] != hashlib.sha256(data).hexdigest():
        raise VerificationError("the statement is about other bytes", subject=record.name)
    return checked
