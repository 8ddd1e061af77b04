"""Comparisons by weights in every report: verdict first, tests, parts, the layers that moved."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from build.dossiers import empty, hostile, model
from build.report_pages import Page, html
from gauger.core import comparison as compared
from gauger.core.dossier import Coverage, Dossier
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.readings import Measured, Unmeasured
from gauger.report.html.compared import pairs
from gauger.report.markdown.page import markdown_of
from gauger.report.registry import RENDERERS
from gauger.report.view import View

BOUND = Measured.exact(1e-40, "p-value", 128)


def render(ident: str, dossier: Dossier) -> bytes:
    """The report of that name."""
    return next(r for r in RENDERERS if r.ident == ident).render(dossier)


def part(
    name: str, change: float | None, state: str = "altered", origin: str = ""
) -> compared.ComponentMatch:
    """One part with this change."""
    reading = Unmeasured(reason="too-little-data") if change is None else Measured.exact(change, "share", 9)
    return compared.ComponentMatch(component=name, origin=origin or name, change=reading, state=state)


def pair(**fields: object) -> Dossier:
    """A dossier of two models and their comparison."""
    one, other = model("acme/harbour"), model("alpha/base")
    test = compared.TestOutcome(
        test="aligned-units",
        component="layers.0 ~ layers.0",
        statistic=Measured.exact(28.2, "z", 128),
        p_value=BOUND,
        p_bound=BOUND,
        looks=96,
        units=128,
    )
    record = compared.Comparison(
        subject=one.id,
        reference=other.id,
        tier="same-base",
        tests=(test,) * 8,
        read_bytes=5_000,
        total_bytes=9_000,
        **{"verdict": "fine-tuned", "relation": "fine-tuned-from", "statement": "one basis"} | fields,
    )
    coverage = Coverage(weights_read_bytes=5_000, weights_total_bytes=9_000)
    return msgspec.structs.replace(
        empty(), models=(one, other), comparisons=(record,), coverage=coverage, uses=()
    )


def test_the_page_opens_with_the_verdict_where_nothing_else_was_asked():
    """A comparison's page has the section before the findings; links lead to it."""
    text = html(pair(caveats=("heads were not compared",)))
    page = Page(text)
    assert text.index('id="compared"') < text.index('id="findings"')
    assert "#compared" in page.links
    for words in ("fine-tuned", "One basis", "Heads were not compared", "≤ 1e-40", "2 more tests"):
        assert words in "".join(page.words)


def test_bars_are_relative_to_the_longest_in_the_order_of_layers():
    """layers.2 stands before layers.10; the part that changed most fills its bar."""
    dossier = pair(
        components=(part("layers.10", 0.4), part("layers.2", 0.1), part("embeddings", None, "equal"))
    )
    (shown,) = pairs(View(dossier))
    assert [(b.part, b.share) for b in shown.bars] == [
        ("embeddings", 0),
        ("layers.2", 0.25),
        ("layers.10", 1),
    ]
    assert shown.longest == "40.0%"
    assert shown.counts == "1 equal and 2 altered"


def test_of_many_parts_those_that_changed_most_are_drawn():
    """A mixture of experts has thousands of parts: the page stays small and says how many it left out."""
    parts = tuple(part(f"layers.{n}", n / 1000) for n in range(500))
    (shown,) = pairs(View(pair(components=parts)))
    assert len(shown.bars) == 64
    assert shown.more_bars == 436
    assert shown.bars[0].part == "layers.436"
    assert "436 parts that changed less" in "".join(Page(html(pair(components=parts))).words)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((0, 1, 2), None),
        ((), None),
        ((-1, -1), None),
        ((0, 2, -1, 3), "1 layer of the subject without an origin there (2); 1 layer of the reference"),
        ((1, 0), "every layer has a counterpart, in another place"),
        ((10**6, 1), None),
    ],
)
def test_a_layer_map_is_drawn_where_layers_moved(layers, words):
    """Layers that stay where they are make no picture; neither do numbers that no picture could show."""
    (shown,) = pairs(View(pair(layer_map=layers)))
    assert (shown.map is not None) == (words is not None)
    if shown.map is not None:
        assert shown.map.words.startswith(words)
        assert len(shown.map.lines) == sum(layer >= 0 for layer in layers)
        assert html(pair(layer_map=layers)).count("<path d=") >= len(shown.map.lines)


def test_hostile_words_of_a_comparison_stay_text():
    """What a model's files put into names of parts and statements is escaped like everything else."""
    evil = "<script>alert(1)</script>\u202e"
    dossier = msgspec.structs.replace(
        hostile(),
        comparisons=pair(
            statement=evil, caveats=(evil,), quantiser=evil, components=(part(evil, 0.5, origin="<b>"),)
        ).comparisons,
    )
    page = Page(html(dossier))
    assert page.tags.count("script") == 1
    assert "\u202e" not in markdown_of(dossier)
    (line,) = [line for line in markdown_of(dossier).splitlines() if "**fine-tuned**" in line]
    assert "<script" not in line


def test_markdown_has_one_line_for_each_pair():
    """Names, verdict, why; and how much of the weights was read."""
    text = markdown_of(pair())
    lines = [line for line in text.splitlines() if line.startswith("- `acme/harbour` ~ `alpha/base`")]
    assert lines == ["- `acme/harbour` ~ `alpha/base`: **fine-tuned**. One basis."]
    assert "Of weights, 5 kB were read; their files hold 9 kB." in text


def test_every_report_says_how_much_of_the_weights_was_read():
    """Bytes read and bytes in the files: in all formats; silent where none were."""
    dossier = pair()
    for ident in ("text", "html", "md"):
        assert "9 kB" in render(ident, dossier).decode(), ident
    for ident in ("json", "spdx"):
        assert re.search(r'weights_total_bytes\\?": ?9000', render(ident, dossier).decode()), ident
    assert '"weightsTotalBytes": 9000' in render("sarif", dossier).decode()
    assert "gauger:coverage:weights-total-bytes" in render("cyclonedx", dossier).decode()
    silent = msgspec.structs.replace(dossier, coverage=Coverage())
    for ident in ("text", "html", "md", "sarif", "cyclonedx"):
        text = render(ident, silent).decode()
        assert "eights-total" not in text
        assert "their files hold" not in text


def test_bills_have_the_claims_that_weights_showed_whichever_way_they_lead():
    """Ancestors, and descendants for a published copy of the model; in SPDX both as relationships."""
    one, other = model("acme/harbour"), model("acme/source")
    known = Reference(kind="model", key="alpha-lm", title="Alpha-LM")
    seen = Evidence(
        probe="weights",
        subject=one.id,
        reference=known.id,
        statement="equal",
        reading=BOUND,
        calibration="T0",
    )
    ends = ((one.id, known.id), (known.id, other.id))
    claims = tuple(
        Claim(
            subject=child,
            relation="quantised-from",
            object=parent,
            basis="observed",
            strength="strong",
            evidence=(seen.id,),
        )
        for child, parent in ends
    )
    dossier = msgspec.structs.replace(
        pair(), models=(one, other), references=(known,), evidence=(seen,), claims=claims, comparisons=()
    )
    bill = json.loads(render("cyclonedx", dossier))
    found = {c["name"]: c["pedigree"] for c in bill["components"] if "pedigree" in c}
    assert [node["name"] for node in found["harbour"]["ancestors"]] == ["Alpha-LM"]
    assert [node["name"] for node in found["source"]["descendants"]] == ["Alpha-LM"]
    spdx = json.loads(render("spdx", dossier))
    kinds = [e["relationshipType"] for e in spdx["@graph"] if "relationshipType" in e]
    assert kinds.count("descendantOf") == 2
