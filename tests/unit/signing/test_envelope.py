"""Signed statements: what is signed is what is read, and nothing else passes."""

from __future__ import annotations

import base64
import json

import pytest

from gauger.core.errors import Malformed, UsageError, VerificationError
from gauger.signing.envelope import PAYLOAD_TYPE, Statement, Subject, pre_authentication, signed, verified
from gauger.signing.keys import new_key, read_signing_key, read_trusted_key, write_key

STATEMENT = Statement(
    subject=(Subject(name="a", digest={"sha256": "0" * 64}),),
    predicate_type="urn:test:v1",
    predicate={"tool": "test"},
)


def test_a_statement_comes_back_with_its_signers():
    """Two keys sign, one is trusted: one signer is named."""
    one, two = new_key(), new_key()
    found = verified(signed(STATEMENT, (one, two)), (two.public,))
    assert found.statement == STATEMENT
    assert found.signed_by == (two.public.ident,)


def test_the_pre_authentication_encoding_is_that_of_the_protocol():
    """The worked example of the DSSE protocol's description."""
    encoded = pre_authentication("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_signatures_are_those_that_others_can_check():
    """The signature is plain Ed25519 over that encoding."""
    key = new_key()
    envelope = json.loads(signed(STATEMENT, (key,)))
    payload = base64.b64decode(envelope["payload"])
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    assert key.public.verifies(pre_authentication(PAYLOAD_TYPE, payload), signature)
    assert json.loads(payload)["_type"] == "https://in-toto.io/Statement/v1"


def test_every_single_change_is_refused():
    """One bit turned in any byte of the envelope."""
    key = new_key()
    envelope = signed(STATEMENT, (key,))
    for place in range(len(envelope)):
        altered = bytearray(envelope)
        altered[place] ^= 1
        with pytest.raises((Malformed, VerificationError)):
            verified(bytes(altered), (key.public,))


def test_white_space_is_no_free_room():
    """The same JSON in another spelling is another envelope."""
    key = new_key()
    with pytest.raises(Malformed, match="canonical"):
        verified(signed(STATEMENT, (key,)) + b" ", (key.public,))


def test_a_signature_of_another_statement_does_not_fit():
    """Signatures cannot be moved."""
    key = new_key()
    other = Statement(subject=STATEMENT.subject, predicate_type="urn:test:v2")
    moved = json.loads(signed(STATEMENT, (key,)))
    moved["signatures"] = json.loads(signed(other, (key,)))["signatures"]
    with pytest.raises(VerificationError, match="does not fit"):
        verified(json.dumps(moved, separators=(",", ":"), sort_keys=True).encode(), (key.public,))


def test_unsigned_is_taken_only_where_asked_for():
    """No signature at all."""
    with pytest.raises(VerificationError, match="nobody"):
        verified(signed(STATEMENT, ()), ())
    assert verified(signed(STATEMENT, ()), (), unsigned=True).signed_by == ()


def test_keys_live_in_files_and_are_never_overwritten(tmp_path):
    """A private key only its owner can read; a second writing is refused."""
    key = new_key()
    public = write_key(key, tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert (
        read_signing_key(tmp_path / "key").public.ident == read_trusted_key(public).ident == key.public.ident
    )
    with pytest.raises(UsageError, match="never overwritten"):
        write_key(new_key(), tmp_path / "key")
    for reader, path in ((read_signing_key, public), (read_trusted_key, tmp_path / "key")):
        with pytest.raises(UsageError):
            reader(path)
