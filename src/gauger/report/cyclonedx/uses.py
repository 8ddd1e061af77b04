"""Where and how surely is a model used? `evidence` of a component: identity, occurrences, call stack."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from gauger.core.canonical import content_id
from gauger.core.inventory import Endpoint, Hop, Model, Status, Use
from gauger.report.cyclonedx.fields import LEVELS, TOOL, Node, filled

_LANGUAGES = {
    "python", "notebook", "javascript", "typescript", "go", "java", "kotlin", "csharp", "rust", "shell",
}  # fmt: skip
_STORES = {"huggingface-cache", "ollama-store", "model-files", "model-folder"}
_BILLS = {"cyclonedx", "spdx"}


def service_ref(endpoint: Endpoint) -> str:
    """Which `bom-ref` has the service at this endpoint? The same for the same provider and address."""
    return content_id("service", {"provider": endpoint.provider, "url": endpoint.url})


def evidence(model: Model, uses: Sequence[Use]) -> Node:
    """What stands behind the component: techniques with their levels, and every place of use."""
    return filled(
        identity=_identity(model, uses),
        occurrences=[_occurrence(use) for use in uses],
        callstack=_callstack(uses),
    )


def technique(use: Use) -> str:
    """Which of the standard's techniques found the name of this use?"""
    if use.status == "measured":
        return "binary-analysis"
    if use.surface in _STORES:
        return "filename"
    if use.surface in _BILLS:
        return "attestation"
    return "source-code-analysis" if use.surface in _LANGUAGES else "manifest-analysis"


def _identity(model: Model, uses: Sequence[Use]) -> list[Node]:
    """One entry for the name, with one method for each technique and status that gave it."""
    counts: Counter[tuple[float, str, Status]] = Counter(
        (LEVELS[use.status], technique(use), use.status) for use in uses if use.status in LEVELS
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[0][0], item[0][1:]))
    methods = [
        {"technique": how, "confidence": level, "value": f"{status} in {count} place{'s'[: count != 1]}"}
        for (level, how, status), count in ranked
    ]
    if not methods:
        return []
    best = ranked[0][0][0]
    entry = {"field": "name", "confidence": best, "concludedValue": model.name, "methods": methods}
    return [{**entry, "tools": [TOOL]}]


def _occurrence(use: Use) -> Node:
    return filled(
        bom_ref=use.id,
        location=use.location.path,
        line=use.location.line or None,
        symbol=use.api,
        additionalContext=_context(use),
    ) | {"location": use.location.path}


def _context(use: Use) -> str:
    """Words of closed sets first, then free text in quotes: a reader can stop before strangers' text."""
    closed = {
        "surface": use.surface if use.surface.replace("-", "").isalnum() else "",
        "role": use.role,
        "status": use.status,
        "audience": use.audience,
        "service": service_ref(use.endpoint) if use.endpoint is not None else "",
        "endpoint-basis": use.endpoint.basis if use.endpoint is not None else "",
    }
    quoted = {
        "member": use.location.member,
        "revision": use.revision,
        "written": use.written,
        "chain": _shown(use.chain),
        "endpoint-chain": _shown(use.endpoint.chain) if use.endpoint is not None else "",
        "note": use.note,
    }
    parts = [f"{key}={value}" for key, value in closed.items() if value]
    parts += [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in quoted.items() if value]
    return "; ".join(parts)


def _shown(chain: Sequence[Hop]) -> str:
    return " → ".join(f"{hop.how} {hop.name} ({hop.location})" for hop in chain)


def _callstack(uses: Sequence[Use]) -> Node | None:
    """The frames of the first use whose name was followed: the standard has room for one stack only."""
    use = next((use for use in uses if use.chain), None)
    if use is None:
        return None
    frames = [_frame(use.surface, use.api, use.location.path, use.location.line, use.location.column)]
    frames += [
        _frame(hop.how, hop.name, hop.location.path, hop.location.line, hop.location.column)
        for hop in use.chain
    ]
    return {"frames": frames}


def _frame(module: str, function: str, path: str, line: int, column: int) -> Node:
    return {"module": module} | filled(
        function=function, line=line or None, column=column or None, fullFilename=path
    )
