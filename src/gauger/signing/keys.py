"""Ed25519 keys in PEM files, and what signs and checks with them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from gauger.core.errors import MissingExtra, Unreadable, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_PEM_BYTES = 64 * 1024
"""A key file is a few hundred bytes; a longer one is something else."""


class SigningKey:
    """A private key that signs; it never leaves this object.

    Args:
        private: The key.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = TrustedKey(private.public_key())

    def sign(self, message: bytes) -> bytes:
        """Which 64 bytes sign this message?

        Source: Ed25519, RFC 8032; the same message and key give the same bytes.
        """
        return self._private.sign(message)

    def pem(self) -> bytes:
        """How is this key written to a file? PKCS #8, not encrypted."""
        _cryptography()
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - an extra

        return self._private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


class TrustedKey:
    """A public key that checks.

    Args:
        public: The key.
    """

    def __init__(self, public: Ed25519PublicKey) -> None:
        self._public = public

    @property
    def ident(self) -> str:
        """Its name in envelopes and records: SHA-256 of the DER form of the public key, in hexadecimal."""
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - an extra

        der = self._public.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Did this key's owner sign exactly this message?"""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra

        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def pem(self) -> bytes:
        """How is this key written to a file?"""
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - an extra

        return self._public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


def new_key() -> SigningKey:
    """A fresh key from the system's random numbers.

    Raises:
        MissingExtra: `cryptography` is not installed.
    """
    _cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - an extra
        Ed25519PrivateKey,
    )

    return SigningKey(Ed25519PrivateKey.generate())


def write_key(key: SigningKey, path: Path) -> Path:
    """Put the private key at `path`, readable by its owner only, and the public one at `path` + `.pub`.

    Returns:
        The path of the public key.

    Raises:
        UsageError: one of the files exists; a key is never overwritten.
    """
    public = path.with_name(path.name + ".pub")
    try:
        _create(path, key.pem(), 0o600)
        _create(public, key.public.pem(), 0o644)
    except FileExistsError as error:
        raise UsageError(
            "exists already, and a key is never overwritten", subject=str(error.filename)
        ) from error
    return public


def read_signing_key(path: Path) -> SigningKey:
    """Which private key does this PEM file hold?

    Raises:
        MissingExtra: `cryptography` is not installed.
        Unreadable: the file cannot be read.
        UsageError: it holds no unencrypted Ed25519 private key.
    """
    _cryptography()
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an extra

    try:
        key = form.load_pem_private_key(_pem(path), password=None)
    except (ValueError, TypeError, _unsupported()) as error:
        raise UsageError("no private key in PEM form without a password", subject=str(path)) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise UsageError("not an Ed25519 key", subject=str(path), hint="gauger catalogue keygen makes one")
    return SigningKey(key)


def read_trusted_key(path: Path) -> TrustedKey:
    """Which public key does this PEM file hold?

    Raises:
        MissingExtra: `cryptography` is not installed.
        Unreadable: the file cannot be read.
        UsageError: it holds no Ed25519 public key.
    """
    _cryptography()
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an extra

    try:
        key = form.load_pem_public_key(_pem(path))
    except (ValueError, _unsupported()) as error:
        raise UsageError("no public key in PEM form", subject=str(path)) from error
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise UsageError("not an Ed25519 key", subject=str(path))
    return TrustedKey(key)


def _create(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_PEM_BYTES)
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read", subject=str(path)) from error


def _unsupported() -> type[Exception]:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - an extra

    return UnsupportedAlgorithm


def _cryptography() -> None:
    try:
        import cryptography  # noqa: F401, PLC0415 - an extra, only where something is signed or checked
    except ImportError as error:
        raise MissingExtra(
            "signing and checking need the package cryptography", hint="pip install 'gauger[signing]'"
        ) from error
