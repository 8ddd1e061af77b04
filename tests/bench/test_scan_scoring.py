"""The benchmark's scorer counts what its README says that it counts, on hand-made outputs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.benchmark import labels, run, scoring, tools

Label, Control, Place = labels.Label, labels.Control, labels.Place
Report = scoring.Report
PROVIDERS = labels.spellings()


def label(number, name, provider="", line=10, **more):
    """A use in a.py."""
    fields = {"status": "literal", "idiom": "literal", "text": "", "surface": "python"} | more
    places = fields.pop("places", (Place("a.py", line),))
    identity = (name,) if name else ()
    return Label(number, identity=identity, provider=frozenset({provider} - {""}), places=places, **fields)


ANSWERS = labels.Answers(
    (
        label("u1", "Qwen/Qwen3-8B", line=3),
        label("u2", "glm-4.6", "zhipu", line=20),
        label("u3", "gpt-4o", "openai", line=40, surface="go"),
        label("u4", "", "openai", line=60, status="unresolved"),
    ),
    (Control("n1", "T-800", "look-alike", "a robot", Place("b.py", 5), ""),),
    ("house-chat",),
)
PERFECT = [
    Report("Qwen/Qwen3-8B", "a.py", 3),
    Report("glm-4.6", "a.py", 20, ("zhipu-ai",)),
    Report("gpt-4o", "a.py", 41, ("OpenAI",)),
    Report("", "a.py", 60, ("openai",)),
]


def score(reports, answers=ANSWERS):
    """The score of these reports."""
    return scoring.score(answers, reports, PROVIDERS)


def test_a_perfect_report_gives_one():
    """Everything found, nothing invented, the unresolved place told."""
    got = score(PERFECT)
    assert got.recall.value == got.precision.value == got.names.value == 1.0
    assert (got.told, got.wrong, got.raised, got.false) == (frozenset({"u4"}), (), (), ())


def test_the_answers_themselves_are_a_perfect_report():
    """The benchmark can be passed: reporting its own labels gives 1.0 on every count."""
    answers = labels.load()
    reports = [
        Report(
            one.identity[0] if one.named else "", one.places[0].file, one.places[0].line, tuple(one.provider)
        )
        for one in answers.uses
    ]
    got = score(reports, answers)
    assert got.recall.value == got.precision.value == 1.0
    assert len(got.told) == sum(not one.named for one in answers.uses)
    assert not got.wrong
    assert not got.raised


def test_an_empty_report_gives_nothing():
    """No recall, and no claims that could be right."""
    got = score([])
    assert (got.recall.part, got.precision.whole, got.named) == (0, 0, frozenset())


def test_a_wrong_provider_is_counted_and_not_bound():
    """The right model at the right place through the wrong provider is placed, and a wrong attribution."""
    got = score([Report("glm-4.6", "a.py", 20, ("openai",))])
    assert got.placed == {"u2"}
    assert got.bound == frozenset()
    assert [one.id for one, _ in got.wrong] == ["u2"]


def test_a_provider_that_is_not_said_is_neither_right_nor_wrong():
    """It does not count as bound, and is no wrong attribution."""
    got = score([Report("glm-4.6", "a.py", 20)])
    assert got.bound == frozenset()
    assert got.wrong == ()


def test_a_provider_said_of_the_whole_file_is_held_against_a_tool():
    """A report without a line speaks of its file; one in another file does not."""
    assert score([Report("glm-4.6", "a.py", 0, ("openai",))]).wrong
    assert not score([Report("glm-4.6", "c.py", 0, ("openai",))]).wrong


def test_the_hub_that_a_name_comes_from_is_no_provider():
    """`huggingface` beside a name with an organisation is not held against a tool."""
    answers = labels.Answers((label("u", "Qwen/Qwen3-8B", "together"),), (), ())
    assert not score([Report("Qwen/Qwen3-8B", "a.py", 10, ("huggingface",))], answers).wrong
    assert score([Report("Qwen/Qwen3-8B", "a.py", 10, ("openai",))], answers).wrong


def test_a_control_that_is_raised_is_counted_and_costs_precision():
    """With or without a place, and whatever organisation the tool puts before it."""
    for report in (Report("T-800", "b.py", 5), Report("ai/T-800")):
        got = score([*PERFECT, report])
        assert [one.id for one, _ in got.raised] == ["n1"]
        assert got.precision.part == got.precision.whole - 1


def test_a_place_counts_within_two_lines():
    """Two lines away is the same place, three are not; the model is named either way."""
    assert score([Report("glm-4.6", "a.py", 22, ("zhipu",))]).bound == {"u2"}
    far = score([Report("glm-4.6", "a.py", 23, ("zhipu",))])
    assert (far.placed, far.named) == (frozenset(), {"u2"})


def test_the_definition_of_a_name_counts_as_its_place():
    """A tool may report a use where its constant stands."""
    places = (Place("a.py", 10), Place("names.py", 2))
    answers = labels.Answers((label("u", "gpt-4o", "openai", places=places),), (), ())
    assert score([Report("gpt-4o", "names.py", 2, ("openai",))], answers).bound == {"u"}


@pytest.mark.parametrize(
    ("text", "name", "held"),
    [
        ("pkg:huggingface/Qwen/Qwen3-8B@5f0b", "Qwen/Qwen3-8B", True),
        ("QWEN/qwen3-8b", "Qwen/Qwen3-8B", True),
        ("Qwen/Qwen3-8B-FP8", "Qwen/Qwen3-8B", False),
        ("gpt-4o-mini", "gpt-4o", False),
        ("gpt-4.1", "gpt-4", False),
        ("qwen3:14b", "qwen3", False),
        ("bartowski/Qwen3-8B-GGUF:Q4_K_M", "bartowski/Qwen3-8B-GGUF", True),
        ("us.anthropic.claude-3", "anthropic.claude-3", False),
    ],
)
def test_a_name_counts_only_as_a_whole(text, name, held):
    """A longer name, another version and another tag are other models."""
    assert scoring.carries(text, name) is held


def test_a_neutral_name_counts_neither_way():
    """A name under which a labelled model is served is no false use."""
    assert score([*PERFECT, Report("house-chat", "c.py", 1)]).precision.value == 1.0


def test_an_unresolved_statement_away_from_every_use_is_false():
    """To say that a model is unknown where there is none is noise."""
    assert score([Report("", "z.py", 1)]).false


def test_another_table_is_scored_by_expressions(tmp_path):
    """Rows of a table are found by their expression, in the file; ids that begin with N are controls."""
    table = tmp_path / "answers.tsv"
    table.write_text("id\twhat\texpected\tfile\nP1\tx\tkimi-k\\d\tapp.py\nN1\tprose\t\tnotes.md\n")
    answers = labels.load_table(table)
    got = score([Report("kimi-k2", "src/app.py", 4), Report("gpt-4o", "docs/notes.md", 1)], answers)
    assert got.named == {"P1"}
    assert [one.id for one, _ in got.raised] == ["N1"]
    assert got.false == ()


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(part, whole):
    """Wilson's interval lies between 0 and 1 and around the share."""
    share = scoring.Share(min(part, whole), whole)
    low, high = share.interval
    assert 0.0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1.0


def test_an_interval_is_wilsons():
    """8 of 10, from the formula worked by hand: 0.490 to 0.943."""
    assert scoring.Share(8, 10).interval == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_table_shows_every_figure_of_a_run():
    """The line of a tool in the printed table."""
    got = run.Run(tools.TOOLS[0], "1.0", score(PERFECT), 0.25, 40.0)
    line = run.table([got]).splitlines()[-1]
    assert line.startswith("| gauger 1.0 | 100%")
    assert line.endswith("| 0 | 1/1 | 0/1 | 0.2 | 40 |")


def written(tmp_path, value):
    """A tool's output file."""
    path = tmp_path / "out.json"
    path.write_text(json.dumps(value))
    return path


def test_airom_is_read_with_place_and_provider(tmp_path):
    """A model component claims a use at each occurrence; a library's model only helps to find one."""
    place = {"location": {"path": "a.py", "line": 3}}
    call = {"location": {"path": "a.py", "line": 9}, "fields": {"model": "glm-4.6"}}
    out = written(
        tmp_path,
        {
            "components": [
                {"kind": "hosted-llm", "name": "x", "provider": "p", "evidence": {"occurrences": [place]}},
                {"kind": "library", "name": "openai", "evidence": {"occurrences": [call]}},
            ]
        },
    )
    assert tools.airom(out, tmp_path) == [
        Report("x", "a.py", 3, ("p",)),
        Report("glm-4.6", "a.py", 9, (), scoring.OTHER),
    ]


def test_paths_below_the_stack_are_relative(tmp_path):
    """Tools that write whole paths are compared like those that do not."""
    one = {"model_name": "glm-4.6", "file_path": f"{tmp_path}/a.py", "line_number": 3, "provider": "zhipu"}
    out = written(tmp_path, {"detections": [one, {**one, "model_name": None}]})
    assert tools.aibom_scanner(out, tmp_path) == [Report("glm-4.6", "a.py", 3, ("zhipu",))]


def test_cdxgen_ancestors_find_a_label_and_claim_nothing(tmp_path):
    """A parent that a document names is found; it is not a use of its own."""
    component = {
        "type": "machine-learning-model",
        "group": "local",
        "name": "tuned",
        "evidence": {"occurrences": [{"location": "m.gguf"}]},
        "pedigree": {"ancestors": [{"name": "parent"}]},
    }
    reports = tools.cdxgen(written(tmp_path, {"components": [component]}), tmp_path)
    assert reports[0] == Report("local/tuned", "m.gguf")
    assert [one.kind for one in reports[1:]] == [scoring.OTHER]
