"""How are files inside archives and images called, and which of them are worth reading?

`app.tar!/srv/main.py` is a file in an archive or in an image's file system; `app.tar!api:1.0/srv/main.py` one
of several images in one file; `app.tar!@config/api:1.0` an image's configuration; `app.tar!@layer3/x.gguf` a
file that a later layer deleted or replaced.
"""

from __future__ import annotations

import re

from gauger.scan.ignore import PACKAGE_FOLDERS, SKIPPED_FOLDERS

ARCHIVES = (
    ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.bz2", ".tbz2", ".tar.xz", ".txz",
    ".zip", ".whl", ".mar", ".nemo",
)  # fmt: skip
"""Endings of files that are opened as archives. PyTorch's and Keras's own archives have readers of their own.

Sources: TorchServe's model archiver (`.mar`, https://github.com/pytorch/serve/tree/master/model-archiver);
NeMo's checkpoints (`.nemo`); SageMaker's `model.tar.gz`.
"""

_ROOT = re.compile(r"^(.*![^/@]*)[/@]")
_SYSTEM = (
    "usr/bin/", "usr/sbin/", "usr/lib/", "usr/lib32/", "usr/lib64/", "usr/libx32/", "usr/libexec/",
    "usr/include/", "usr/share/", "usr/src/", "usr/games/", "usr/local/include/", "usr/local/share/man/",
    "usr/local/cuda", "usr/local/go/", "usr/local/rustup/", "usr/local/cargo/", "go/pkg/mod/",
    "bin/", "sbin/", "lib/", "lib32/", "lib64/", "libx32/", "boot/", "dev/", "proc/", "sys/", "run/",
    "var/lib/apt/", "var/lib/dpkg/", "var/lib/rpm/", "var/lib/apk/", "var/cache/", "var/log/",
    "etc/ssl/", "etc/alternatives/", "opt/conda/pkgs/", "opt/nvidia/", "opt/rocm",
)  # fmt: skip
"""Where a distribution and its packages live. Source: Filesystem Hierarchy Standard 3.0, chapters 3 to 5."""

_PYTHON_LIBRARY = re.compile(r"(?:^|/)lib(?:32|64)?/python\d[\d.]*/")
_SURELY_MODELS = re.compile(
    r"\.(?:safetensors|gguf|ggml|onnx|onnx_data|pt|pth|ckpt|tflite|llamafile|nemo|mindir|pdparams"
    r"|pdiparams|pdmodel|keras|jit)$"
    r"|(?:^|/)(?:models|datasets)--[^/]+/|(?:^|/)manifests/[^/]+/[^/]+/|(?:^|/)blobs/sha256[-:][0-9a-f]{64}$"
    r"|(?:^|/)(?:(?:adapter_)?config|tokenizer(?:_config)?|generation_config|model_index)\.json$",
    re.IGNORECASE,
)
"""Names under which a system folder holds models: `usr/share/ollama/.ollama/models/blobs/sha256-…`."""

_SCRIPT = re.compile(r"^(?:usr/)?s?bin/[^/]+\.(?:sh|py)$")


def is_archive(path: str) -> bool:
    """Is a file of this name opened as an archive?"""
    return path.lower().endswith(ARCHIVES)


def is_model(path: str) -> bool:
    """Is a file of this path a model's, as far as its name tells?"""
    return _SURELY_MODELS.search(path) is not None


def root_inside(path: str) -> str:
    """Below which path lies all that shares a file system with this file? Empty outside archives."""
    found = _ROOT.match(path)
    return found[1] if found else ""


def outer(path: str) -> list[str]:
    """The archives around this file, outermost first."""
    return [path[:at] for at, character in enumerate(path) if character == "!" and at]


def why_left_out(path: str, *, is_image: bool) -> str:
    """Why is a file of this name not read: `skipped`, a folder of packages, `system`; empty where it is read.

    Args:
        path: Inside the archive.
        is_image: Whether the archive is a whole file system, with a distribution's own folders.
    """
    *folders, _ = path.split("/")
    for folder in folders:
        if folder in SKIPPED_FOLDERS:
            return "skipped"
        if folder in PACKAGE_FOLDERS:
            return folder
    if not is_image:
        return ""
    is_system = path.startswith(_SYSTEM) or _PYTHON_LIBRARY.search(path) is not None
    return "system" if is_system and not is_model(path) and not _SCRIPT.match(path) else ""
