"""The whole document: metadata, what was planned, the results, and what they rest on."""

from __future__ import annotations

from gauger.core.canonical import digest_of
from gauger.core.dossier import Dossier, dump
from gauger.report.oscal.fields import Json, filled, identifier, line, moment, place, props, prose
from gauger.report.oscal.results import Result, objectives
from gauger.report.summary import DISCLAIMER
from gauger.report.view import View

VERSION = "1.2.1"


def document_of(dossier: Dossier) -> Json:
    """The assessment results of this dossier, as plain data."""
    view = View(dossier)
    # one result for the law as it stands; what a scenario takes away is a risk in it
    real = next((s for s in dossier.scenarios if not s.hypothetical), None)
    results = [Result(view, real).written()]
    return {
        "assessment-results": {
            "uuid": identifier("document", digest_of(dump(dossier))),
            "metadata": _metadata(dossier),
            "import-ap": {
                "href": f"#{_plan(dossier)}",
                "remarks": "There is no assessment plan in OSCAL: the resource says what was asked.",
            },
            **filled(local_definitions=filled(objectives_and_methods=objectives(view))),
            "results": results,
            "back-matter": {"resources": _resources(dossier)},
        }
    }


def _metadata(dossier: Dossier) -> Json:
    catalogue = dossier.catalogue
    held = {
        "tool": f"{dossier.tool.name} {dossier.tool.version}",
        "catalogue": catalogue.version,
        "catalogue-as-of": catalogue.as_of,
        "catalogue-digest": catalogue.digest,
        "stale-records": " ".join(catalogue.stale),
        "profile-digest": dossier.profile_digest,
    }
    organisation = dossier.profile.organisation
    return filled(
        title=line(f"AI models of {dossier.target}: assessment results"),
        last_modified=moment(dossier.as_of),
        version=dossier.as_of,
        oscal_version=VERSION,
        props=props(held),
        parties=[
            {"uuid": identifier("party", organisation), "type": "organization", "name": line(organisation)}
        ]
        if organisation.strip()
        else [],
        remarks=prose(
            DISCLAIMER,
            "Times are the beginning of the day for which the rules were evaluated; no clock was read.",
            *(f"supposed: {words}" for words in dossier.suppositions),
        ),
    )


def _plan(dossier: Dossier) -> str:
    return identifier("plan", dossier.target, dossier.as_of)


def _resources(dossier: Dossier) -> list[Json]:
    scenarios = ", ".join(scenario.key for scenario in dossier.scenarios) or "none"
    plan = {
        "uuid": _plan(dossier),
        "title": "What was asked",
        "description": prose(
            f"scenarios: {scenarios}; reading: {dossier.reading}; as of {dossier.as_of}",
            f"files seen: {dossier.coverage.files_seen}, read: {dossier.coverage.files_read}",
        ),
        "props": props({"kind": "plan"}),
    }
    lists = [
        {
            "uuid": identifier("list", note.key),
            "title": line(note.title),
            "description": prose(f"list file, retrieved {note.retrieved}, {note.entries} entries"),
            "props": props({"kind": "list", "key": note.key, "sha256": note.sha256}),
        }
        for note in dossier.lists
    ]
    inputs = [
        {
            "uuid": identifier("input", digest.path),
            "title": line(digest.path),
            "props": props(
                {"kind": "input", "size-bytes": str(digest.size_bytes), "read-bytes": str(digest.read_bytes)}
            ),
            "rlinks": [
                filled(
                    href=place(digest.path),
                    # a digest of a file's beginning is no hash of the file
                    hashes=[{"algorithm": "SHA-256", "value": digest.sha256}]
                    if digest.read_bytes >= digest.size_bytes
                    else [],
                )
            ],
        }
        for digest in dossier.inputs
    ]
    return [plan, *lists, *inputs]
