"""What does the dossier say of itself, of the system, of infrastructure, security and performance?"""

from __future__ import annotations

from gauger.core.dossier import Dossier
from gauger.core.readings import known
from gauger.report.coverage.answer import Answer, present, unknown
from gauger.report.summary import counted
from gauger.report.view import View
from gauger.report.words import plural

_NOT_LOOKED_AT = {
    "sbom-version": "the dossier has no version number; each run is a document of its own",
    "sbom-signature": "the dossier is not signed",
    "system-version": "no version of the examined system is recorded",
    "system-timestamp": "no date of the examined system is recorded",
    "system-data-usage": "what data the system uses is not examined",
    "system-input-output": "inputs and outputs of the system are not examined",
    "security-controls": "security controls are not examined",
    "security-standards": "security standards are not examined; the rules evaluated here are none",
    "security-policy": "a policy for reporting vulnerabilities is not looked for",
    "security-vulnerabilities": "no list of vulnerabilities is consulted",
    "indicators-security": "nothing of the kind is measured",
    "indicators-operation": "nothing of the kind is measured",
}


def of_document(view: View) -> dict[str, Answer]:
    """All answers that are about the document or the system as a whole, by the element's ident."""
    answers = {ident: unknown("not-supported", detail) for ident, detail in _NOT_LOOKED_AT.items()}
    return {**answers, **_of_the_bill(view), **_of_the_system(view), **_of_infrastructure(view.dossier)}


def _of_the_bill(view: View) -> dict[str, Answer]:
    dossier = view.dossier
    uses = len(view.real_uses())
    kinds = ["source and deployment files"] if dossier.coverage.collectors else []
    kinds += ["model files"] if dossier.coverage.probes else []
    return {
        "sbom-author": _organisation(dossier, "the profile names no organisation, and a tool is no author"),
        "sbom-format-name": present("Gauger dossier; written as SPDX or CycloneDX too", "written-here"),
        "sbom-format-version": present(f"dossier {dossier.schema_version}, SPDX 3.0.1", "written-here"),
        "sbom-tool-name": present(dossier.tool.name, "written-here"),
        "sbom-tool-version": present(dossier.tool.version, "written-here"),
        "sbom-context": present(f"analysis of {' and '.join(kinds)}, before anything runs", "written-here")
        if kinds
        else unknown("not-requested", "no collector and no probe ran"),
        "sbom-timestamp": present(dossier.as_of, "written-here", "a day; no clock is read"),
        "sbom-dependencies": present(plural(uses, "use") + ", each with its model", "observed")
        if uses
        else unknown("not-present", "no use of a model was found"),
    }


def _of_the_system(view: View) -> dict[str, Answer]:
    dossier = view.dossier
    gaps = len(dossier.gaps)
    return {
        "system-name": present(dossier.target, "observed", "the folder's or file's own name"),
        "system-components": present(
            counted(view, len(view.models)), "observed", f"with {plural(gaps, 'gap')}" if gaps else ""
        )
        if view.models
        else unknown("not-present", "no model was found"),
        "system-producer": _organisation(dossier, "the profile names no organisation"),
        "system-data-flow": _data_flow(view),
        "system-application-area": unknown(
            "not-declared", "the profile has the user's sector, not what the system is for"
        ),
    }


def _data_flow(view: View) -> Answer:
    """Where calls go is known; what they carry is not, so the element is never counted as present."""
    called = [use for use in view.real_uses() if use.endpoint is not None]
    bound = sum(known(use.endpoint.provider) is not None for use in called if use.endpoint is not None)
    return unknown(
        "not-supported",
        f"where calls go is known for {bound:,} of {plural(len(called), 'use')} with an endpoint; what they "
        "carry is not examined",
    )


def _organisation(dossier: Dossier, otherwise: str) -> Answer:
    name = dossier.profile.organisation
    return present(name, "declared", "from the profile") if name else unknown("not-declared", otherwise)


def _of_infrastructure(dossier: Dossier) -> dict[str, Answer]:
    packages = sum(a.kind == "manifest-entry" for a in dossier.artifacts)
    commands = sum(a.kind == "serving-command" for a in dossier.artifacts)
    chips = sorted({a.title for a in dossier.artifacts if a.kind == "chip-target"})
    software = f"{plural(packages, 'package')} that work with models, {plural(commands, 'serving command')}"
    return {
        "infrastructure-software": present(software, "declared", "of other software nothing is listed here")
        if packages or commands
        else unknown("not-present", "no package and no serving command was found"),
        "infrastructure-hardware": present(", ".join(chips[:8]), "declared")
        if chips
        else unknown("not-declared", "nothing in what was examined names the hardware"),
    }
