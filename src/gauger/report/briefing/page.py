"""The briefing as one HTML page that works offline, without scripts, in light, in dark and on one sheet."""

from __future__ import annotations

from gauger.core.dossier import Dossier
from gauger.report.briefing.content import ALLEGATIONS, QUESTION, briefing_of, legend
from gauger.report.html.page import asset, environment, policy
from gauger.report.view import View


def page(dossier: Dossier) -> str:
    """What is the whole page of this dossier?"""
    view = View(dossier)
    briefing = briefing_of(view)
    style = asset("style.css") + asset("briefing.css")
    return (
        environment()
        .get_template("briefing.html.j2")
        .render(
            d=dossier,
            view=view,
            b=briefing,
            legend=legend(briefing),
            question=QUESTION,
            allegations=ALLEGATIONS,
            known_ids=frozenset(),
            style=style,
            policy=policy(style),
        )
    )
