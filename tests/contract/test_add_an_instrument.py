"""The how-to's worked example is a rule that works."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from build.documents import DOCS, blocks
from gauger.assess.assess import assess
from gauger.catalogue.lint import lint
from gauger.catalogue.load import Catalogue, default_folder
from gauger.core.inventory import Model
from gauger.core.profile import Profile

PAGE = DOCS / "how-to" / "add-an-instrument.md"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the knowledge base with the files of the page, as its reader makes it."""
    folder = tmp_path / "rules"
    shutil.copytree(default_folder(), folder)
    for block in blocks(PAGE, "yaml"):
        ident = yaml.safe_load(block)["id"]
        kind = "instruments" if "effect" in yaml.safe_load(block) else "questions"
        (folder / kind / f"{ident}.yaml").write_text(block, encoding="utf-8")
    return folder


def test_the_example_has_no_problem(rules: Path) -> None:
    """Who copies the files from the page gets a clean bill from the lint."""
    assert lint(rules, as_of="2026-11-24") == ()


def test_the_mistake_that_the_page_shows_is_told_in_these_words(rules: Path) -> None:
    """The line of output on the page is what the lint prints."""
    path = rules / "instruments" / "contract.council-hosting.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{ developer-", "{ develper-"), encoding="utf-8")
    (problem,) = lint(rules, as_of="2026-11-24")
    (shown,) = (line for block in blocks(PAGE, "text") for line in block.splitlines())
    assert f"{problem.file}:{problem.line}: {problem.severity}: {problem.message}" == shown


def test_the_example_does_what_the_page_says(rules: Path) -> None:
    """Calls are caught, own copies are not, and without the fact nobody can say."""
    catalogue = Catalogue(rules)
    served = Model(
        namespace="api",
        name="deepseek-chat",
        provider="deepseek",
        form="api",
        developer="deepseek",
        family="deepseek-api",
    )
    copy = Model(namespace="hub", name="deepseek-ai/DeepSeek-V3", form="weights", developer="deepseek")

    def verdict(model: Model, **facts: bool) -> str:
        done = assess(
            [model],
            [],
            [],
            [],
            catalogue=catalogue,
            profile=Profile(country="GB", facts=facts),
            as_of="2026-11-24",
            scenarios=("today",),
        )
        told = {d.verdict for d in done.decisions if d.instrument == "contract.council-hosting"}
        return next(iter(told), "clear")

    assert verdict(served, **{"council-framework-supplier": True}) == "prohibited"
    assert verdict(copy, **{"council-framework-supplier": True}) == "clear"
    assert verdict(served, **{"council-framework-supplier": False}) == "clear"
    assert verdict(served) == "undetermined"
