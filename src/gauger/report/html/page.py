"""The page: templates filled with the view, style and script inlined and named by hash in its policy."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from gauger.core.dossier import Dossier
from gauger.core.judgement import READINGS
from gauger.core.readings import Measured
from gauger.core.text import printable
from gauger.report import summary, words
from gauger.report.html.cards import cards
from gauger.report.html.compared import pairs
from gauger.report.html.drawing import sheets
from gauger.report.html.exposure import anchor, verdicts, walked
from gauger.report.html.layout import BOX_WIDTH
from gauger.report.text.layout import cut
from gauger.report.view import View, model_name

_TEMPLATES = Path(__file__).parent / "templates"
_LONGEST_TEXT = 20_000
_FILTER_FROM = 15
"""From so many models on, the matrix has a field to search in (where scripts run)."""
_SIGNS_TO = 24
"""Up to so many models, a scenario is drawn as one sign a model; beyond, as a bar."""


def page(dossier: Dossier) -> str:
    """What is the whole page of this dossier?

    Every text of the document passes `printable` and is escaped; nothing of it reaches the style, the script
    or an attribute that is executed, and an address becomes a link only when it is http or https.
    """
    view = View(dossier)
    made, rest = cards(view)
    questions = view.open_questions()
    style, script = asset("style.css"), asset("script.js")
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            d=dossier,
            view=view,
            cards=made,
            rest=rest,
            questions=questions,
            asked={question.settle: number for number, question in enumerate(questions)},
            sheets=sheets(view),
            pairs=pairs(view),
            policy=policy(style, script),
            style=style,
            script=script,
            filter_from=_FILTER_FROM,
            signs_to=_SIGNS_TO,
            box_width=int(BOX_WIDTH),
            known_ids=_anchors(view),
        )
    )


@cache
def environment() -> jinja2.Environment:
    """How are templates filled: everything escaped, nothing undefined, no text that hides or steers?"""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.globals.update(
        readings=READINGS,
        words=words,
        summary=summary,
        anchor=anchor,
        verdicts=verdicts,
        model_name=model_name,
    )
    environment.filters.update(
        said=words.said,
        measured=words.measured,
        number=words.number,
        size=words.size,
        capital=words.capital,
        sentence=words.sentence,
        verdict=lambda cell: words.NOT_EVALUATED if cell == "not-evaluated" else words.VERDICT[cell],
        facts=_facts,
        listed=words.listed,
        cut=cut,
        walked=walked,
    )
    environment.tests["address"] = _is_address
    environment.tests["measured"] = lambda reading: isinstance(reading, Measured)
    return environment


def _shown(value: Any) -> Any:
    """Text with nothing in it that could hide or steer; markup of our own templates as it is."""
    return printable(value, _LONGEST_TEXT) if type(value) is str else value


def _is_address(text: str) -> bool:
    """May this become a link? Only plain web addresses; a script's or data's address stays text."""
    return text.startswith(("https://", "http://"))


def _facts(facts: dict[str, Any]) -> str:
    """Small facts in a row: `hidden_size 3584, dtype BF16 F32`."""
    said = (
        f"{key} {' '.join(map(str, v)) if isinstance(v, tuple) else v}" for key, v in sorted(facts.items())
    )
    return ", ".join(said)


def _anchors(view: View) -> frozenset[str]:
    """Which records have a place of their own on the page, so that their ids become links?"""
    d = view.dossier
    return frozenset(
        r.id for part in (view.models, d.claims, d.evidence, d.references, d.findings, d.gaps) for r in part
    )


def asset(name: str) -> str:
    """What does this file beside the templates hold?"""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def policy(style: str, script: str = "") -> str:
    """The content security policy: nothing may load, only this very style and script may act."""
    acting = f"'{_hash(script)}'" if script else "'none'"
    return (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src {acting}"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
