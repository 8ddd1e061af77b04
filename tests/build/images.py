"""Container images, layouts and archives in memory, for tests: what `docker save` and other tools write."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Contents = Mapping[str, "bytes | str | tarfile.TarInfo"]
"""Path → bytes; text is the target of a symbolic link; a `TarInfo` stands for itself."""

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def tar(contents: Contents, *, pax: bool = True) -> bytes:
    """A tar file with these members, in this order."""
    out = io.BytesIO()
    with tarfile.open(
        fileobj=out, mode="w", format=tarfile.PAX_FORMAT if pax else tarfile.GNU_FORMAT
    ) as file:
        for path, content in contents.items():
            if isinstance(content, tarfile.TarInfo):
                file.addfile(content, io.BytesIO(bytes(content.size)))
                continue
            info = tarfile.TarInfo(path)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                file.addfile(info)
            else:
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
    return out.getvalue()


def hard_link(path: str, target: str) -> tarfile.TarInfo:
    """A second name for a file."""
    info = tarfile.TarInfo(path)
    info.type, info.linkname = tarfile.LNKTYPE, target
    return info


def device(path: str) -> tarfile.TarInfo:
    """A character device."""
    info = tarfile.TarInfo(path)
    info.type = tarfile.CHRTYPE
    return info


def zipped(contents: Mapping[str, bytes], *, packed: bool = True) -> bytes:
    """A zip archive with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for path, content in contents.items():
            file.writestr(zipfile.ZipInfo(path), content, file.compression)
    return out.getvalue()


def packed(data: bytes) -> bytes:
    """The same bytes through gzip, without a date."""
    return gzip.compress(data, mtime=0)


def sha256(data: bytes) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def config(layers: Sequence[bytes] = (), *, history: Sequence[str] = (), **settings: object) -> bytes:
    """An image's configuration, with `Env`, `Cmd`, `Entrypoint`, `Labels`, `WorkingDir` as settings."""
    return json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": settings,
            "history": [{"created_by": line} for line in history],
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(layer)}" for layer in layers]},
        }
    ).encode()


def docker_save(images: Mapping[str, tuple[bytes, Sequence[bytes]]]) -> bytes:
    """What old versions of `docker save` write: `manifest.json`, configurations, a folder for each layer.

    Args:
        images: Tag → configuration and layers.
    """
    files: dict[str, bytes | str] = {}
    listed = []
    for name, (settings, layers) in images.items():
        paths = [f"{sha256(layer + b'id')}/layer.tar" for layer in layers]
        files |= dict(zip(paths, layers, strict=True))
        files[f"{sha256(settings)}.json"] = settings
        listed.append({"Config": f"{sha256(settings)}.json", "RepoTags": [name], "Layers": paths})
    return tar({**files, "manifest.json": json.dumps(listed).encode()}, pax=False)


class Layout:
    """An OCI layout that is put together blob by blob."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
        self.listed: list[dict[str, object]] = []

    def blob(self, data: bytes, media_type: str, **more: object) -> dict[str, object]:
        """Keep a blob and give its descriptor."""
        self.files[f"blobs/sha256/{sha256(data)}"] = data
        return {"mediaType": media_type, "digest": f"sha256:{sha256(data)}", "size": len(data), **more}

    def image(
        self, name: str, settings: bytes, layers: Sequence[bytes], *, architecture: str = "amd64"
    ) -> dict[str, object]:
        """Add an image to the index; layers that begin like gzip are named so."""
        return self.manifest(
            name,
            self.blob(settings, CONFIG),
            [self.blob(x, LAYER + ("+gzip" if x[:2] == b"\x1f\x8b" else "")) for x in layers],
            platform={"os": "linux", "architecture": architecture},
        )

    def manifest(
        self, name: str, settings: dict[str, object], layers: Sequence[dict[str, object]], **more: object
    ) -> dict[str, object]:
        """Add a manifest to the index."""
        data = json.dumps(
            {"schemaVersion": 2, "mediaType": MANIFEST, "config": settings, "layers": list(layers)}
        ).encode()
        notes = {"org.opencontainers.image.ref.name": name} if name else {}
        entry = self.blob(data, MANIFEST, annotations=notes, **more)
        self.listed.append(entry)
        return entry

    def contents(self) -> dict[str, bytes]:
        """All files, `index.json` with them."""
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": self.listed}
        return {**self.files, "index.json": json.dumps(index).encode()}

    def write(self, folder: Path) -> Path:
        """Lay it out in a folder."""
        for path, data in self.contents().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder

    def tar(self) -> bytes:
        """The layout as one tar file."""
        return tar(self.contents())
