"""All answers of one dossier, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from gauger.core.dossier import Dossier
from gauger.core.inventory import Model
from gauger.core.lineage import Reference
from gauger.report.coverage.answer import STATES, Answer, Row, State
from gauger.report.coverage.elements import Cluster, guideline
from gauger.report.coverage.of_document import of_document
from gauger.report.coverage.of_model import no_data_set, of_data_set, of_model
from gauger.report.view import View, model_name


def rows_of(dossier: Dossier) -> tuple[Row, ...]:
    """The answers of every cluster: one row for the document, one for each model, one for each data set."""
    view = View(dossier)
    whole = of_document(view)
    rows: list[Row] = []
    for cluster in guideline().clusters:
        if cluster.about == "document":
            rows.append(_row(cluster, "", dossier.target, whole))
        elif cluster.about == "model":
            rows += [
                _row(cluster, m.id, model_name(m), of_model(m, view))
                for m in view.models
                if m.form != "data-set"
            ]
        else:
            rows += _data_sets(cluster, view)
    return tuple(rows)


def _data_sets(cluster: Cluster, view: View) -> list[Row]:
    named: list[Model | Reference] = [m for m in view.models if m.form == "data-set"]
    named += [r for r in view.dossier.references if r.kind == "dataset"]
    if not named:
        return [_row(cluster, "", "no data set", {e.ident: no_data_set() for e in cluster.elements})]
    return [_row(cluster, s.id, view.name(s.id), of_data_set(s, view)) for s in named]


def _row(cluster: Cluster, subject: str, name: str, answers: Mapping[str, Answer]) -> Row:
    picked = {element.ident: answers[element.ident] for element in cluster.elements}
    return Row(cluster=cluster.ident, subject=subject, name=name, answers=picked)


def counts(rows: tuple[Row, ...], cluster: str) -> dict[State, int]:
    """How many answers of this cluster are in each state?"""
    found = Counter(a.state for row in rows if row.cluster == cluster for a in row.answers.values())
    return {state: found[state] for state in STATES}
