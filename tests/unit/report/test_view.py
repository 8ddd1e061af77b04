"""The dossier arranged for a reader: names that several models share."""

from __future__ import annotations

import msgspec

from build.dossiers import empty
from gauger.core.inventory import Model
from gauger.report.view import View


def test_two_models_of_one_name_are_told_apart_by_their_provider():
    """The same name called through two providers stands in two rows that a reader can tell apart."""
    one, other = (
        Model(namespace="cloud", name="DeepSeek-R1", provider=p, form="api") for p in ("azure", "aws-bedrock")
    )
    alone = Model(namespace="hub", name="org/alone", form="weights")
    view = View(msgspec.structs.replace(empty(), models=(one, other, alone)))
    assert [view.told_apart(m) for m in (one, other, alone)] == [
        "DeepSeek-R1 (azure)",
        "DeepSeek-R1 (aws-bedrock)",
        "org/alone",
    ]
