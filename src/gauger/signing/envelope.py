"""Statements in the in-toto form, in a DSSE envelope: what is said, and who signed it.

Source: in-toto Attestation Framework, Statement v1; DSSE: Dead Simple Signing Envelope, protocol 1.0.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TypeVar

import msgspec

from gauger.core.canonical import canonical_json
from gauger.core.errors import Malformed, VerificationError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.record import Facts
from gauger.formats.bounded_json import bounded_json
from gauger.signing.keys import SigningKey, TrustedKey

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
T = TypeVar("T")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_SIGNATURES = 16


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a statement is about.

    Attributes:
        name: What it is called.
        digest: By algorithm; `sha256` is always there.
    """

    name: str
    digest: dict[str, str]


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said about which bytes.

    Attributes:
        type: The form's own version.
        subject: The things it is about, in the order of their names.
        predicate-type: What kind of statement it is.
        predicate: What is said.
    """

    type: str = msgspec.field(name="_type", default=STATEMENT_TYPE)
    subject: tuple[Subject, ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: Facts = {}


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payload: str
    payloadType: str  # noqa: N815 - the envelope's own spelling
    signatures: tuple[_Signature, ...]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """A statement whose signature was checked, or that nobody signed.

    Attributes:
        statement: What is said.
        signed_by: Names of the trusted keys that signed it; empty for an unsigned one.
    """

    statement: Statement
    signed_by: tuple[str, ...] = ()


def signed(statement: Statement, keys: tuple[SigningKey, ...]) -> bytes:
    """Which envelope says this statement in the names of these keys?

    Without keys the envelope has no signature: it says something, and nobody vouches for it.

    Laws: equal statements and keys give equal bytes (Ed25519 draws no random numbers when it signs).
    """
    payload = canonical_json(statement)
    message = pre_authentication(PAYLOAD_TYPE, payload)
    signatures = tuple(
        _Signature(keyid=key.public.ident, sig=_base64(key.sign(message)))
        for key in sorted(keys, key=lambda k: k.public.ident)
    )
    return canonical_json(
        _Envelope(payload=_base64(payload), payloadType=PAYLOAD_TYPE, signatures=signatures)
    )


def verified(
    envelope: bytes,
    trusted: tuple[TrustedKey, ...],
    *,
    unsigned: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Verified:
    """What does this envelope say, and which of the trusted keys signed it?

    Args:
        envelope: Its bytes; hostile.
        trusted: Public keys whose owners are believed.
        unsigned: Take a statement that no trusted key signed.
        limits: Bounds.

    Raises:
        Malformed: not an envelope of an in-toto statement in its canonical spelling (so that no byte of it
            can change without notice).
        LimitExceeded: above the bounds.
        VerificationError: a trusted key's signature is wrong, or no trusted key signed.
    """
    parsed = _parsed(envelope, _Envelope, limits)
    if canonical_json(parsed) != envelope or parsed.payloadType != PAYLOAD_TYPE:
        raise Malformed("the envelope is not in its canonical spelling", subject="envelope")
    if len(parsed.signatures) > _MOST_SIGNATURES:
        raise Malformed(f"more than {_MOST_SIGNATURES} signatures", subject="envelope")
    payload = _from_base64(parsed.payload)
    message = pre_authentication(PAYLOAD_TYPE, payload)
    names = tuple(_signer(one, message, trusted) for one in parsed.signatures)
    signers = tuple(name for name in names if name)
    if not signers and not unsigned:
        raise VerificationError(_refusal(parsed, trusted), hint="name the signer's public key with --trust")
    statement = _parsed(payload, Statement, limits)
    _check_statement(statement)
    return Verified(statement=statement, signed_by=signers)


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """Which bytes are signed? DSSE's PAE: type and payload, each after its length."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _signer(one: _Signature, message: bytes, trusted: tuple[TrustedKey, ...]) -> str:
    """The trusted key's name where it signed; empty where the key is a stranger's."""
    signature = _from_base64(one.sig)
    for key in trusted:
        if key.ident == one.keyid:
            if not key.verifies(message, signature):
                raise VerificationError(
                    f"the signature of key {one.keyid[:16]} does not fit", subject="envelope"
                )
            return one.keyid
    return ""


def _refusal(parsed: _Envelope, trusted: tuple[TrustedKey, ...]) -> str:
    if not parsed.signatures:
        return "nobody signed it"
    strangers = ", ".join(one.keyid[:16] for one in parsed.signatures)
    return f"signed by {strangers}, none of the {len(trusted)} trusted keys"


def _check_statement(statement: Statement) -> None:
    names = [s.name for s in statement.subject]
    if statement.type != STATEMENT_TYPE or names != sorted(set(names)):
        raise Malformed("not an in-toto statement with its subjects in order", subject="envelope")
    for subject in statement.subject:
        if not _SHA256.fullmatch(subject.digest.get("sha256", "")):
            raise Malformed("a subject has no SHA-256", subject="envelope")


def _parsed(data: bytes, kind: type[T], limits: Limits) -> T:
    plain = bounded_json(data, limits, "envelope")
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise Malformed("not an envelope or statement of the known form", subject="envelope") from error


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_base64(text: str) -> bytes:
    """Bytes of the one canonical spelling; spare bits and white space are refused."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64", subject="envelope") from error
    if _base64(data) != text:
        raise Malformed("not the canonical base64", subject="envelope")
    return data
