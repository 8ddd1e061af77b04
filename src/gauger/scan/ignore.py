"""What does a scan leave out? Ignore files as git reads them, and what is read all the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SKIPPED_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", ".bzr",
        "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".eggs",
        ".ipynb_checkpoints", ".terraform", ".gradle", ".next", ".nuxt", ".parcel-cache", ".turbo", ".yarn",
        ".pnpm-store",
    }
)  # fmt: skip
"""Folders that hold versions, caches or downloaded plugins: never what a person wrote or a service loads."""

PACKAGE_FOLDERS = frozenset({"node_modules", "site-packages", "dist-packages", "bower_components"})
"""Installed packages: other people's code. Left out with a gap, since they may hold models."""

_WEIGHTS = re.compile(
    r"\.(safetensors|gguf|ggml|onnx|onnx_data|pt|pth|ckpt|pkl|pickle|joblib|bin|h5|keras|tflite|mlmodel|mlpackage"
    r"|pdparams|pdiparams|pdmodel|jit|msgpack|engine|npz|ot|om|mindir|llamafile)"
    r"(\.part[-_.]?\d{1,5}|\.\d{3}|\.a[a-z])?$"
    r"|^sha256[-:][0-9a-f]{64}$",
    re.IGNORECASE,
)
_COMPANION = re.compile(
    r"^(.*config\.json|.*\.index\.json|tokenizer.*|vocab\..*|merges\.txt|.*\.model|readme\.md|chat_template.*"
    r"|special_tokens_map\.json|added_tokens\.json|modelfile|mlmodel|licen[cs]e.*)$",
    re.IGNORECASE,
)
_STORE_FOLDER = re.compile(r"^(models|datasets)--.+|^(manifests|blobs|mlruns)$")
_ENVIRONMENT = re.compile(r"^\.env(\..+)?$|^.+\.env$|^\.envrc$", re.IGNORECASE)


class Rules(msgspec.Struct, frozen=True):
    """The patterns of one ignore file.

    Attributes:
        folder: Relative to the root, empty for the root; patterns are relative to it.
        spec: The compiled patterns.
        any_of: One expression that matches wherever one of the patterns does: most paths are settled by it.
    """

    folder: str
    spec: GitIgnoreSpec
    any_of: re.Pattern[str] | None = None

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Do these patterns leave the path out (True), let it in again (False), or not speak of it (None)?"""
        inside = path[len(self.folder) + 1 :] if self.folder else path
        if is_folder:
            inside += "/"
        if self.any_of is not None and not self.any_of.match(inside):
            return None
        return self.spec.check_file(inside).include


def rules_from(lines: Iterable[str], folder: str) -> Rules | None:
    """Which rules do these lines of an ignore file make? None where there is none."""
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not kept:
        return None
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 40 ms that a tree without rules does not need

    spec = GitIgnoreSpec.from_lines(_valid(kept))
    return Rules(folder, spec, _any_of(spec))


def _any_of(spec: GitIgnoreSpec) -> re.Pattern[str] | None:
    """The alternation of all patterns; None where they cannot be joined, and each is asked by itself."""
    parts = [
        re.sub(r"\(\?P<\w+>", "(?:", regex.pattern)
        for pattern in spec.patterns
        if (regex := getattr(pattern, "regex", None)) is not None
    ]
    if any("(?P" in part or "\\1" in part for part in parts):
        return None
    try:
        return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None
    except (re.error, RecursionError, OverflowError):
        return None


def _valid(lines: Iterable[str]) -> list[str]:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - see `rules_from`

    good = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:  # git, too, passes over a pattern that it cannot read
            continue
        good.append(line)
    return good


def left_out(rules: Sequence[Rules], path: str, *, is_folder: bool) -> bool:
    """Do these rules, outermost folder first, leave the path out? The innermost one that speaks decides."""
    for rule in reversed(rules):
        verdict = rule.verdict(path, is_folder=is_folder)
        if verdict is not None:
            return verdict
    return False


def read_all_the_same(folder: str, name: str, siblings: Iterable[str]) -> bool:
    """Is this file examined although `.gitignore` leaves it out?

    Weights, model stores and `.env` files are nearly always ignored by git, because they are large or secret
    and not because they are unused: they are what the stack runs. `.gaugerignore` still leaves them out.

    Args:
        folder: The file's folder, relative to the root.
        name: The file's own name.
        siblings: Names of all files in the folder.
    """
    if _WEIGHTS.search(name) or _ENVIRONMENT.match(name):
        return True
    if any(_STORE_FOLDER.match(part) for part in folder.split("/")):
        return True
    return bool(_COMPANION.match(name)) and any(_WEIGHTS.search(other) for other in siblings)
