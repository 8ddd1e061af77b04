"""Which models lie in the stack as files, outside any store?"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from gauger.formats.shards import ShardGroup, group_shards
from gauger.formats.sniff import HEAD_BYTES, WEIGHTS, sniff
from gauger.scan.collector import Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.model_folder import Owner, read_described_model, read_stored_model
from gauger.scan.model_pieces import PIECES, pieces_in

_SURE = (
    "*.safetensors", "*.gguf", "*.ggml", "*.onnx", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.joblib",
    "*.tflite", "*.llamafile", "*.nemo", "*.mindir", "*.om", "*.pdiparams", "*.mlmodel", "*.engine", "*.plan",
    "*.h5", "*.keras", "*.t7", "*.jit", "*.pdparams", "model*.npz", "weights*.npz", "*.caffemodel",
    "pytorch_model*.bin", "adapter_model*.bin", "model*.bin",
)  # fmt: skip
_MARKS = (
    "config.json", "adapter_config.json", "params.json", "model_index.json", "modules.json", "*.bin", "*.xml",
    *PIECES,
)  # fmt: skip
_BY_BYTES = (".bin", ".xml", ".h5", ".plan", ".engine", ".om")
"""Endings that other things have, too."""
_INSIDE_HUB_CACHE = re.compile(r"(?:^|/)(?:models|datasets|spaces)--[^/]+/(?:snapshots|blobs|refs)/")
_BLOB = re.compile(r"^(?P<store>.*?)blobs/(?P<digest>sha256-[0-9a-f]{64})$")
_SUBFOLDERS = {
    "onnx",
    "openvino",
    "gguf",
    "original",
    "coreml",
    "1_pooling",
    "2_dense",
    "0_transformer",
    "metal",
}
_MOST_MANIFESTS = 2_000


class ModelFiles:
    """Loose safetensors, GGUF, ONNX, PyTorch, pickle and other model files, one entry for each model."""

    ident = "model-files"
    globs: tuple[str, ...] = tuple(f"**/{pattern}" for pattern in (*_SURE, *_MARKS))
    magics: tuple[bytes, ...] = (b"GGUF",)

    def collect(self, view: FileView) -> Collected:
        """Read a whole folder when its first file comes, so that shards and what lies beside them are one.

        Raises:
            LimitExceeded: above the bounds.
            Unreadable: the file cannot be read.
        """
        path = str(view.path)
        harvest = Harvest()
        if _INSIDE_HUB_CACHE.search(path):
            return harvest.collected()
        if not _is_named(path):
            blob = _BLOB.match(path)
            if blob is None or not _is_referred_to(view, blob["store"], blob["digest"]):
                _alone(view, ShardGroup(title=path, names=(path,)), harvest)
            return harvest.collected()
        folder = path.rpartition("/")[0]
        files = list(view.tree.files_in(folder))
        if path == next((f for f in files if _is_named(f)), ""):
            _folder(view, folder, files, harvest)
        return harvest.collected()


def _is_named(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return any(fnmatchcase(name, pattern) for pattern in (*_SURE, *_MARKS))


def _folder(view: FileView, folder: str, files: list[str], harvest: Harvest) -> None:
    cut = pieces_in(view, folder, files)
    pieces = {name for group in cut for name in (*group.names, *group.left)}
    weights = [f for f in files if f not in pieces and _holds_weights(view, f)]
    for found in cut:
        if found.names[0] in files:
            whole = ShardGroup(title=found.title, names=found.names, missing=found.missing)
            _alone(view, whole, harvest)
    indexes = [f for f in files if f.endswith(".index.json")]
    groups = list(group_shards([*weights, *indexes]))
    others = [f for f in files if f not in weights and f not in indexes]
    names = {f.rpartition("/")[2].lower() for f in others}
    marked = bool(names & {"config.json", "adapter_config.json", "params.json", "model_index.json"})
    separate = [g for g in groups if g.names[0].lower().endswith((".gguf", ".pkl", ".pickle", ".joblib"))]
    if not marked and not _belongs_above(view, folder):
        separate = groups
    elif len(groups) == 1:
        separate = []
    together = [g for g in groups if g not in separate]
    for group in separate:
        _alone(view, group, harvest)
    if together or (marked and not groups and "adapter_config.json" in names):
        name = _belongs_above(view, folder) or folder or "."
        owner = Owner(surface="model-files", group=name, name=name, namespace="local")
        read_stored_model(view, owner, together, others, harvest)
    elif not groups and "config.json" in names:
        owner = Owner(surface="model-files", group=folder or ".", name=folder or ".", namespace="local")
        read_described_model(view, owner, others, harvest)


def _alone(view: FileView, group: ShardGroup, harvest: Harvest) -> None:
    owner = Owner(surface="model-files", group=group.title, name=group.title, namespace="local")
    read_stored_model(view, owner, [group], [], harvest)


def _belongs_above(view: FileView, folder: str) -> str:
    """The folder of the model that this folder is a part of (`onnx/`, `unet/`); empty where it is none."""
    parent, _, name = folder.rpartition("/")
    marks = [f"{parent}/{mark}".lstrip("/") for mark in ("model_index.json", "modules.json")]
    if parent and any(view.tree.exists(mark) for mark in marks):
        return parent
    if name.lower() in _SUBFOLDERS and view.tree.exists(f"{parent}/config.json".lstrip("/")):
        return parent
    return ""


def _holds_weights(view: FileView, path: str) -> bool:
    """Is this a file of weights? By its name where only models are called so, else by its first bytes."""
    name = path.rpartition("/")[2].lower()
    if any(fnmatchcase(name, pattern) for pattern in _SURE) and not name.endswith(_BY_BYTES):
        return True
    if not name.endswith(_BY_BYTES):
        return False
    source = view.tree.open(path)
    head = source.read_at(0, min(HEAD_BYTES, source.size_bytes))
    return sniff(head, source.size_bytes, path) in WEIGHTS


def _is_referred_to(view: FileView, store: str, digest: str) -> bool:
    """Does a manifest of the Ollama store around this blob name it? Then the store's collector has it."""
    wanted = digest.replace("-", ":").encode()
    for path in view.tree.files_below(f"{store}manifests")[:_MOST_MANIFESTS]:
        source = view.tree.open(path)
        if source.size_bytes <= view.limits.line_bytes and wanted in source.read_at(0, source.size_bytes):
            return True
    return False
