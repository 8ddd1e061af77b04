"""Writing an acceptance down: the block for `gauger.yaml`, and where in the file it goes."""

from __future__ import annotations

import json
import re

import msgspec

from gauger.assess.accepted_on import INSTRUMENT, Grounds
from gauger.core.dossier import Dossier
from gauger.core.errors import UsageError
from gauger.core.judgement import Decision, Finding
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.profile import AcceptedRisk, Profile
from gauger.core.strict import convert
from gauger.formats.bounded_yaml import bounded_yaml

_KEY = re.compile(r"^accepted:[ \t]*(#.*)?$", re.MULTILINE)
_ANY_KEY = re.compile(r"^[\"']?accepted[\"']?[ \t]*:", re.MULTILINE)
_ITEM = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*([ ]*)- ")


def acceptance_of(
    dossier: Dossier, grounds: Grounds, ident: str, *, owner: str, reason: str, expires: str
) -> AcceptedRisk:
    """The acceptance of the finding or the decision with this id.

    A finding is accepted by its rule, a decision by its instrument: then every finding that rests on that
    instrument alone is covered, whatever its rule.

    Args:
        dossier: Where it stands.
        grounds: Of the same document.
        ident: Of a finding or decision, or enough of its beginning.
        owner: Who answers for it.
        reason: Why.
        expires: ISO date.

    Raises:
        UsageError: no record, or several, begin like that; or it is about nothing that has a name.
    """
    found = _found(dossier, ident)
    if isinstance(found, Decision):
        rule, subject = f"{INSTRUMENT}{found.instrument}", grounds.name(found.model)
        if found.id not in grounds.decisions:
            raise UsageError(
                "it holds in a scenario only, or under another reading: there is nothing to accept today",
                subject=found.id,
            )
        digest = grounds.digest_of_instrument(found.model, found.instrument)
    else:
        places = [place.path for place in found.locations if place.path]
        rule, subject = found.rule, grounds.name(found.subject) or (places[0] if places else "")
        digest = grounds.digest_of_finding(found)
    if not subject:
        raise UsageError("it is about no model and no file, so no acceptance can name it", subject=found.id)
    return AcceptedRisk(
        rule=rule, subject=subject, owner=owner, reason=reason, expires=expires, dossier=digest
    )


def _found(dossier: Dossier, ident: str) -> Finding | Decision:
    records: list[Finding | Decision] = [*dossier.findings, *dossier.decisions]
    hits = [r for r in records if r.id == ident] or [r for r in records if ident and r.id.startswith(ident)]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise UsageError(f"{len(hits)} findings and decisions begin like that", subject=ident)
    raise UsageError(
        "no finding or decision has that id", subject=ident, hint="take it from the document of `-f json`"
    )


def block_of(risk: AcceptedRisk, indent: str = "  ") -> str:
    """One item of the list `accepted`, as YAML. Texts are quoted, so that nothing in them has a meaning."""
    lines = [f"{name}: {_quoted(getattr(risk, name))}" for name in risk.__struct_fields__]
    return "".join(f"{indent}{'- ' if i == 0 else '  '}{line}\n" for i, line in enumerate(lines))


def _quoted(text: str) -> str:
    """The text between double quotes, with the code in place of every character that does not show."""
    shown = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in shown)


def with_acceptance(text: str, risk: AcceptedRisk, subject: str) -> str:
    """The profile's text with this acceptance as the first of its list; everything else stays as it is.

    Raises:
        UsageError: the text is no profile, or its list is not written one item a line: then nothing is
            changed, and the block is to be put in by hand.
    """
    before = _profile(text, subject)
    ending = "" if not text or text.endswith("\n") else "\n"
    key = _KEY.search(text)
    if key is None and not _ANY_KEY.search(text):
        after = f"{text}{ending}accepted:\n{block_of(risk)}"
    elif key is not None:
        line = text.find("\n", key.end()) + 1 or len(text)
        item = _ITEM.match(text, line)
        indent = item[1] if item is not None else "  "
        gap = "" if text[:line].endswith("\n") else "\n"
        after = f"{text[:line]}{gap}{block_of(risk, indent)}{text[line:]}"
    else:
        after = ""
    wanted = msgspec.structs.replace(before, accepted=(risk, *before.accepted))
    try:
        fits = bool(after) and _profile(after, subject) == wanted
    except UsageError:
        fits = False
    if not fits:
        raise UsageError(
            "the list `accepted` is not written one item a line",
            subject=subject,
            hint="put the block in by hand; nothing was changed",
        )
    return after


def _profile(text: str, subject: str) -> Profile:
    value = bounded_yaml(text.encode(), DEFAULT_LIMITS, subject)
    plain = value if isinstance(value, dict) else {}
    if value is not None and not isinstance(value, dict):
        raise UsageError("not a profile", subject=subject)
    # what else the file says is checked where profiles are read; numbers may be written there in other ways
    kept = {"accepted": plain.get("accepted") or []}
    return convert(kept, Profile, subject=subject)
