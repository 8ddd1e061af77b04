"""What does one file of weights (with its shards) say of itself? An artifact, or a gap beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from math import prod

import msgspec

from gauger.core.canonical import canonical_json, digest_of
from gauger.core.errors import Malformed, NothingToExamine
from gauger.core.inventory import Artifact, ArtifactKind, Location
from gauger.core.judgement import Finding, Gap
from gauger.core.plugin import guarded
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.companions import is_external
from gauger.formats.model_file import ModelFile
from gauger.formats.pieces import as_one
from gauger.formats.registry import read_model
from gauger.formats.shards import ShardGroup
from gauger.formats.sniff import WEIGHTS, sniff_source
from gauger.scan.collector import FileView
from gauger.scan.harvest import Harvest

_MOST_FACTS = 40
_LFS = b"version https://git-lfs.github.com/spec/v1"
_LFS_FIELDS = re.compile(r"^(oid|size) (?:sha256:)?(\S+)$", re.MULTILINE)
_TELLING = re.compile(
    r"^general\.|^tokenizer\.(?:ggml\.(?:model|pre)|huggingface)|^graph$|^producer|^domain$|base_model|_name|"
    r"^ss_|^modelspec\.|^format$|^legacy_torch$|^pickles$|^opset|\.(?:block_count|embedding_length|context_length)$"
)
_OWN_NAMES = ("general.name", "general.basename", "modelspec.title", "ss_output_name")
_BASE_NAMES = (
    "general.base_model.0.repo_url",
    "general.base_model.0.name",
    "general.source.huggingface.repository",
    "base_model",
    "ss_sd_model_name",
)
_LONGEST = 600
_RUNS_CODE = re.compile(
    r"^(?:os|posix|nt|subprocess|sys|socket|shutil|importlib|runpy|pty|ctypes|builtins|__builtin__|code|codeop|"
    r"commands|multiprocessing|asyncio|webbrowser|pickle|_pickle|cloudpickle|dill|functools|operator|types|"
    r"urllib|http|requests|pip|pydoc|timeit|bdb|pdb|platform|tempfile|pathlib|io|_io|imp|marshal)[. ]"
)
"""Modules through which a call on loading runs commands, loads code or reaches files and networks.

Source: the deny lists of picklescan 1.0.5 (https://github.com/mmaitre314/picklescan), read 2026-11-23.
"""
_READABLE = (".safetensors", ".gguf", ".onnx", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt of one model file.

    Attributes:
        artifact: For the inventory.
        own_name: What the header calls the model, with the base that it names; empty where it says neither.
        format: As in the artifact.
    """

    artifact: Artifact
    own_name: str
    format: str


def read_weights(
    view: FileView, group: ShardGroup, model_group: str, harvest: Harvest, kind: ArtifactKind = "weights"
) -> Weights:
    """Read the headers of one model's files; what cannot be read is listed all the same, with a gap.

    Args:
        view: For the tree and the limits.
        group: The files.
        model_group: The name that all artifacts of the model share.
        harvest: Gaps and findings go there.
        kind: `weights` or `adapter`.
    """
    parts = group.names
    location = Location(path=parts[0])
    pointer = _pointer(view, parts[0])
    facts: Facts = {"group": printable(model_group, 400)}
    model: ModelFile | None = None
    if pointer:
        facts |= pointer
        harvest.gaps.append(_not_here(location))
    elif view.tree.is_folder(inside := f"{parts[0]}!"):
        facts["members"] = len(view.tree.files_below(inside))
    else:
        unsupported = _unsupported(view, parts)
        answer: ModelFile | Gap = (
            unsupported
            if unsupported is not None
            else guarded(
                "model-files",
                lambda: _opened(view, group),
                location=location,
                touches=(f"origin of {printable(model_group, 200)}",),
            )
        )
        if isinstance(answer, Gap):
            harvest.gaps.append(answer)
        else:
            model = answer
            facts |= _facts(model)
            harvest.gaps += _remarks(model, location, model_group)
    if group.missing:
        facts["missing-shards"] = len(group.missing)
        harvest.gaps.append(_missing(location, group))
    kind_of_file = model.format if model is not None else _format_by_name(parts[0])
    artifact = Artifact(
        kind=kind,
        location=location,
        title=printable(group.title.rpartition("/")[2], 200),
        format=kind_of_file,
        parts=tuple(sorted((*parts, group.index) if group.index else parts)),
        size_bytes=sum(view.tree.size_bytes(part) for part in parts),
        facts=facts,
    )
    if kind_of_file in ("pickle", "pytorch-zip"):
        harvest.findings += pickle_findings(artifact, model.unsafe if model is not None else ())
    return Weights(artifact=artifact, own_name=_own_name(facts), format=kind_of_file)


def _remarks(model: ModelFile, location: Location, model_group: str) -> list[Gap]:
    """What is odd about a file that could be read all the same: cut off, a part missing, unclaimed bytes."""
    return [
        Gap(
            part=model.format,
            reason="malformed",
            location=location,
            detail=printable(remark),
            touches=(f"origin of {printable(model_group, 200)}",),
            remedy="compare the file with its publisher's digest, or fetch it again",
        )
        for remark in model.remarks
    ]


def _unsupported(view: FileView, parts: Sequence[str]) -> Gap | None:
    """A gap for formats that are listed and not read; None for all others."""
    path = parts[0]
    if path.lower().endswith(_READABLE):
        return None
    if "." not in path.rpartition("/")[2]:
        return None
    source = view.tree.open(path)
    kind = sniff_source(source)
    if kind in WEIGHTS or (
        kind == "zip" and (len(parts) > 1 or path.lower().endswith((".keras", ".llamafile")))
    ):
        return None
    return Gap(
        part="model-files",
        reason="not-supported",
        location=Location(path=path),
        detail=f"there is no reader for {kind or _format_by_name(path)} files: listed, not examined",
        touches=(f"origin of {path}",),
    )


def _opened(view: FileView, group: ShardGroup) -> ModelFile:
    names = (*group.names, group.index) if group.index else group.names
    sources = [view.tree.open(name) for name in names]
    extra = _beside(view, group)
    sources += [view.tree.open(name) for name in extra]
    try:
        with ExitStack() as stack:
            whole, told = as_one(stack, [*names, *extra], sources, view.limits)
            model = read_model(whole, view.limits)
        return msgspec.structs.replace(model, remarks=model.remarks + told)
    except NothingToExamine as error:
        raise _unknown(error, group.names[0]) from error


def _unknown(error: NothingToExamine, path: str) -> Exception:
    return Malformed(
        f"the name says {_format_by_name(path) or 'weights'}, the bytes are none", subject=error.subject
    )


def _beside(view: FileView, group: ShardGroup) -> list[str]:
    """Files that belong to a model of one file: its external numbers, its program."""
    folder = group.names[0].rpartition("/")[0]
    model = group.title.rpartition("/")[2]
    beside = [path for path in view.tree.files_in(folder) if is_external(path.rpartition("/")[2], model)]
    return [path for path in beside if path not in group.names]


def _facts(model: ModelFile) -> Facts:
    directory = [(t.name, t.dtype, list(t.shape)) for t in model.tensors]
    dtypes = Counter(t.dtype for t in model.tensors)
    facts: Facts = {
        "tensors": len(model.tensors),
        "elements": min(sum(prod(t.shape) for t in model.tensors), (1 << 63) - 1),
        "dtypes": tuple(f"{name}×{count}" for name, count in sorted(dtypes.items())[:12]),
    }
    if directory:
        facts["tensor-directory"] = digest_of(canonical_json(directory))
    if model.tokenizer is not None:
        facts["tokenizer-pieces"] = len(model.tokenizer.pieces)
    for key in sorted(k for k in model.metadata if _TELLING.search(k))[:_MOST_FACTS]:
        value = model.metadata[key]
        facts[key] = printable(value, _LONGEST) if isinstance(value, str) else value
    if model.unsafe:
        facts["unsafe-calls"] = tuple(printable(u, 200) for u in model.unsafe[:20])
    return facts


def _own_name(facts: Facts) -> str:
    """What the header calls the model; with the base that it was made from, where the header says so."""
    own = next((str(facts[k]) for k in _OWN_NAMES if facts.get(k)), "")
    base = [str(facts[k]) for k in _BASE_NAMES if facts.get(k)]
    if own and base:
        return f"{own} (base_model: {', '.join(base)})"
    return own or ", ".join(base)


def pickle_findings(artifact: Artifact, unsafe: Sequence[str]) -> list[Finding]:
    """What a person should look at where weights are kept in pickles. Nothing was loaded to learn this."""
    grave = [name for name in unsafe if _RUNS_CODE.match(name)]
    if unsafe:
        named = ", ".join(printable(name, 80) for name in (grave or list(unsafe))[:5])
        return [
            Finding(
                rule="unsafe-pickle",
                severity="critical" if grave else "medium",
                confidence="high" if grave else "medium",
                audience=("security", "platform"),
                subject=artifact.id,
                locations=(artifact.location,),
                message=f"loading {artifact.title} would call {named}",
                remedy="do not load it; ask its publisher for safetensors and compare the digests",
            )
        ]
    return [
        Finding(
            rule="pickle-format",
            severity="low",
            confidence="high",
            audience=("security", "platform"),
            subject=artifact.id,
            locations=(artifact.location,),
            message=f"{artifact.title} is a pickle: loading it runs whatever it says",
            remedy="convert it to safetensors in a place where nothing else runs, and delete the pickle",
        )
    ]


def _pointer(view: FileView, path: str) -> Facts:
    """What a Git LFS pointer says of the file that is not here; empty for every other file."""
    if view.tree.size_bytes(path) > 1024:
        return {}
    source = view.tree.open(path)
    head = source.read_at(0, source.size_bytes)
    if not head.startswith(_LFS):
        return {}
    found = dict(_LFS_FIELDS.findall(head.decode("utf-8", "replace")))
    return {f"git-lfs-{key}": printable(value, 100) for key, value in sorted(found.items())}


def _not_here(location: Location) -> Gap:
    return Gap(
        part="model-files",
        reason="not-present",
        location=location,
        detail="a Git LFS pointer stands where the weights should be",
        touches=(f"origin of {location.path}",),
        remedy="run `git lfs pull` and scan again",
    )


def _missing(location: Location, group: ShardGroup) -> Gap:
    numbers = ", ".join(str(n) for n in group.missing[:5])
    return Gap(
        part="model-files",
        reason="not-present",
        location=location,
        detail=f"{len(group.missing)} shards are not there: {numbers}",
        touches=(f"origin of {location.path}",),
    )


def _format_by_name(path: str) -> str:
    suffix = path.rpartition(".")[2].lower()
    return {"pt": "pytorch-zip", "pth": "pytorch-zip", "ckpt": "pytorch-zip", "pkl": "pickle"}.get(
        suffix, suffix
    )
