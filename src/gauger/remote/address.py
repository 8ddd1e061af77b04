"""What does an address name: a file, a folder, a place in an object store, a repository of a hub?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import msgspec

from gauger.core.errors import UsageError
from gauger.core.text import printable
from gauger.remote.connection import Origin, origin_of

HUB = "https://huggingface.co"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_REVISION = re.compile(r"[\w./-]{1,200}", re.ASCII)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,221}", re.ASCII)
_STORES = ("s3", "gs", "az")
_KEPT = "/:?#[]@!$&'()*+,;=%~-._"
_FILE_ENDINGS = (
    ".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".tflite", ".h5", ".keras",
    ".pdiparams", ".pdmodel", ".msgpack", ".xml", ".jit", ".ggml", ".npz", ".model", ".zip", ".json",
    ".part01", ".001",
)  # fmt: skip


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A place from which a model can be read.

    Attributes:
        kind: `file`: one file. `folder`: files below an address. `bucket`: keys below a prefix. `hub`: a
            repository.
        name: What to call it in a document: no credentials, no query, no signature.
        url: Of the file or folder (ends with `/`); of a bucket or hub, where its own addresses begin.
        path: Of a bucket: the prefix. Of a hub: the folder or file inside the repository, or empty.
        store: Of a bucket: `s3`, `gs`, `az`: how its list is asked for.
        repository: Of a hub: `org/name`.
        revision: Of a hub: branch, tag or commit.
        maybe_hub: A folder that may be a repository of a hub of which nothing is known: asked first.
    """

    kind: Literal["file", "folder", "bucket", "hub"]
    name: str
    url: str
    path: str = ""
    store: str = ""
    repository: str = ""
    revision: str = "main"
    maybe_hub: bool = False


def is_address(text: str) -> bool:
    """Is this text an address rather than a path?"""
    return _SCHEME.match(text) is not None


def is_hub_id(text: str) -> bool:
    """Could this text be `org/name` on a hub?"""
    return _HUB_ID.fullmatch(text.partition("@")[0]) is not None


def address_of(text: str, environment: Mapping[str, str]) -> Address:
    """Which place does this text name?

    Args:
        text: `https://…`, `s3://bucket/key`, `gs://bucket/key`, `az://account/container/blob`,
            `hf://org/name[@revision][/path]`, or `org/name[@revision]`.
        environment: `HF_ENDPOINT`, and the endpoints of object stores: `AWS_ENDPOINT_URL_S3` or
            `AWS_ENDPOINT_URL`, `STORAGE_EMULATOR_HOST`, `AZURE_STORAGE_BLOB_ENDPOINT`.

    Raises:
        UsageError: nothing that can be read from.
    """
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found else ""
    rest = text[found.end() :] if found else text
    if scheme in ("", "hf"):
        return _hub(rest, environment)
    if scheme in _STORES:
        return _object(scheme, rest, environment)
    if scheme not in ("http", "https"):
        raise UsageError(
            f"addresses of the kind {printable(scheme, 20)}:// are not read",
            subject=plain(text),
            hint="known: https, http, s3, gs, az, hf",
        )
    return _web(quote(text, safe=_KEPT), environment)


def plain(text: str) -> str:
    """The address without user, password, query and fragment."""
    parts = text.partition("?")[0].partition("#")[0]
    scheme, mark, rest = parts.partition("://")
    host, slash, path = rest.partition("/")
    return printable(f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else parts)


def tokens_of(address: Address, environment: Mapping[str, str]) -> dict[Origin, str]:
    """Which token goes to whom? Never to another host, and over an open connection only to this machine.

    `GAUGER_TOKEN` goes to the host that was named; `HF_TOKEN` (or `HUGGING_FACE_HUB_TOKEN`) to the hub alone.
    """
    origin = origin_of(address.url)
    token = environment.get("GAUGER_TOKEN", "")
    if origin == origin_of(_endpoint(environment)):
        token = token or environment.get("HF_TOKEN", "") or environment.get("HUGGING_FACE_HUB_TOKEN", "")
    if not token or (origin.scheme != "https" and origin.host not in ("localhost", "127.0.0.1", "::1")):
        return {}
    if not token.isascii() or not token.isprintable():
        raise UsageError(
            "is not a token: it holds characters that none has", subject="GAUGER_TOKEN or HF_TOKEN"
        )
    return {origin: token.strip()}


def _endpoint(environment: Mapping[str, str]) -> str:
    return (environment.get("HF_ENDPOINT", "") or HUB).rstrip("/")


def _hub(text: str, environment: Mapping[str, str]) -> Address:
    head, _, tail = text.partition("@")
    pieces = head.split("/")
    path = "/".join(pieces[2:])
    revision, _, behind = tail.partition("/") if tail else ("main", "", "")
    repository = "/".join(pieces[:2])
    return _repository(_endpoint(environment), repository, revision, path or behind, text)


def _repository(endpoint: str, repository: str, revision: str, path: str, text: str) -> Address:
    revision, path = unquote(revision), unquote(path).strip("/")
    if (
        not _HUB_ID.fullmatch(repository)
        or not _REVISION.fullmatch(revision)
        or ".." in f"{revision}/{path}".split("/")
    ):
        raise UsageError(
            "is no model of a hub", subject=plain(text), hint="write org/name, or org/name@revision"
        )
    marked = "" if revision == "main" else f"@{revision}"
    return Address(
        kind="hub",
        name=printable(f"hf://{repository}{marked}" + (f"/{path}" if path else "")),
        url=endpoint,
        repository=repository,
        revision=revision,
        path=path,
    )


def _web(url: str, environment: Mapping[str, str]) -> Address:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UsageError("is not an address", subject=plain(url)) from error
    if not parts.hostname:
        raise UsageError("names no host", subject=plain(url))
    if "@" in parts.netloc:
        raise UsageError(
            "holds a user or a password", subject=plain(url), hint="put the token into GAUGER_TOKEN instead"
        )
    origin = f"{parts.scheme}://{parts.netloc}"
    pieces = [piece for piece in parts.path.split("/") if piece]
    known_hub = origin_of(url) in (origin_of(HUB), origin_of(_endpoint(environment)))
    if known_hub and len(pieces) >= 2 and not parts.query.startswith("X-"):
        return _page_of_a_hub(origin, pieces, url)
    whole = urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
    if pieces and not parts.path.endswith("/") and pieces[-1].lower().endswith(_FILE_ENDINGS):
        return Address(kind="file", name=plain(url), url=whole)
    if parts.query:  # a signature or a choice of file: nothing can be joined to it
        return Address(kind="file", name=plain(url), url=whole)
    folder = whole if whole.endswith("/") else f"{whole}/"
    maybe = len(pieces) == 2 and is_hub_id("/".join(pieces))
    repository = "/".join(pieces) if maybe else ""
    return Address(kind="folder", name=plain(url), url=folder, maybe_hub=maybe, repository=repository)


def _page_of_a_hub(origin: str, pieces: list[str], url: str) -> Address:
    """`org/name`, `org/name/tree/revision/folder`, `…/blob/…`, `…/resolve/revision/file`."""
    repository, rest = "/".join(pieces[:2]), pieces[2:]
    if rest and rest[0] in ("tree", "blob", "resolve", "raw") and len(rest) > 1:
        return _repository(origin, repository, rest[1], "/".join(rest[2:]), url)
    if rest:
        raise UsageError("is no model of a hub", subject=plain(url), hint="name the model's own page")
    return _repository(origin, repository, "main", "", url)


def _object(scheme: str, rest: str, environment: Mapping[str, str]) -> Address:
    """An object store's own spelling, as the address at which it is read without its programs.

    Sources: AWS S3 user guide, "Virtual hosting of general purpose buckets"; Google Cloud Storage, "Request
        endpoints" (XML API); Azure Storage REST API, "Naming and referencing containers, blobs, metadata".
    """
    text = f"{scheme}://{rest}"
    rest = rest.partition("?")[0]
    bucket, _, key = rest.partition("/")
    account = ""
    if scheme == "az":
        account, (bucket, _, key) = bucket, key.partition("/")
    if not _BUCKET.fullmatch(bucket) or (scheme == "az" and not _BUCKET.fullmatch(account)):
        hint = "write az://account/container/folder" if scheme == "az" else f"write {scheme}://bucket/folder"
        raise UsageError("names no place in an object store", subject=plain(text), hint=hint)
    root = _store_root(scheme, bucket, account, environment)
    if key.lower().endswith(_FILE_ENDINGS):
        return Address(kind="file", name=plain(text), url=root + quote(key, safe="/~-._"))
    prefix = key.rstrip("/") + "/" if key.strip("/") else ""
    return Address(kind="bucket", name=plain(text), url=root, path=prefix, store=scheme)


def _store_root(scheme: str, bucket: str, account: str, environment: Mapping[str, str]) -> str:
    if scheme == "s3":
        own = environment.get("AWS_ENDPOINT_URL_S3", "") or environment.get("AWS_ENDPOINT_URL", "")
        if own:
            return f"{own.rstrip('/')}/{bucket}/"
        region = environment.get("AWS_REGION", "") or environment.get("AWS_DEFAULT_REGION", "")
        place = f"s3.{region}" if re.fullmatch(r"[a-z0-9-]{3,30}", region) else "s3"
        if "." in bucket:  # the certificate of *.s3.amazonaws.com does not cover names with dots
            return f"https://{place}.amazonaws.com/{bucket}/"
        return f"https://{bucket}.{place}.amazonaws.com/"
    if scheme == "gs":
        own = environment.get("STORAGE_EMULATOR_HOST", "")
        own = own if not own or "://" in own else f"http://{own}"
        return f"{(own or 'https://storage.googleapis.com').rstrip('/')}/{bucket}/"
    own = environment.get("AZURE_STORAGE_BLOB_ENDPOINT", "")
    return f"{(own or f'https://{account}.blob.core.windows.net').rstrip('/')}/{bucket}/"
