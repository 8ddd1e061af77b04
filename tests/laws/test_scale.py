"""Laws of reading a large tree: waiting, processes and the store change the time and nothing else."""

# ruff: noqa: E501 - each piece of a stack stands on a line of its own
from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build.stacks import lookup, stack
from gauger.flows.check import check, inventory_only
from gauger.flows.question import Means, Question
from gauger.flows.remembered import recalled
from gauger.scan.scan import Inventory, scan

EXAMPLE = Path(__file__).parents[2] / "examples" / "harbour"
PIECES = {
    "use.py": "from transformers import AutoModel\nfrom app.names import MODEL\nAutoModel.from_pretrained(MODEL)\n",
    "app/__init__.py": "",
    "app/names.py": "MODEL = 'Qwen/Qwen3-8B'\nOTHER = 3\n",
    "env.py": "import os\nfrom openai import OpenAI\nOpenAI().chat.completions.create(model=os.environ['CHAT'])\n",
    ".env": "CHAT=gpt-4o\n",
    "deploy/base.env": "CHAT=o4-mini\n",
    "ask.py": "from openai import OpenAI\ndef ask(m):\n    OpenAI().chat.completions.create(model=m)\n",
    "caller.py": "from ask import ask\nask('gpt-4.1')\n",
    "settings.yaml": "generation:\n  name: claude-sonnet-4-5\n",
    "read.py": (
        "import yaml\nimport anthropic\nconf = yaml.safe_load(open('settings.yaml'))\n"
        "anthropic.Anthropic().messages.create(model=conf['generation']['name'])\n"
    ),
    "web/names.ts": "export const NAME = 'gpt-5';\n",
    "web/use.ts": "import OpenAI from 'openai';\nimport { NAME } from './names';\nnew OpenAI().responses.create({ model: NAME });\n",
    "main.tf": 'variable "m" {\n  default = "amazon.nova-pro-v1:0"\n}\n',
    "use.tf": 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = var.m\n}\n',
    "broken.tf": 'resource "x" "y" {\n',
    "run.sh": "export CHAT=gpt-4o-mini\npython env.py\n",
    "plain.py": "def add(a, b):\n    return a + b\n",
    "notes.md": "We compared Qwen/Qwen3-8B with others.\n",
    "k.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  CHAT: deepseek-chat\n",
}  # fmt: skip


def said(inventory: Inventory) -> bytes:
    """All of an inventory but its gaps and coverage, as bytes."""
    return msgspec.json.encode(
        msgspec.structs.replace(inventory, gaps=(), coverage=msgspec.structs.replace(inventory.coverage))
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.sampled_from(sorted(PIECES)), min_size=1))
def test_what_waits_changes_nothing(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    """Law: reading only where a use can be or a name leads gives what reading everything gives."""
    root = stack(tmp_path_factory.mktemp("s"), {name: PIECES[name] for name in names})
    assert said(scan(root, lookup(), jobs=1)) == said(scan(root, lookup(), jobs=1, eager=True))


def test_names_lead_to_files_that_waited(tmp_path: Path) -> None:
    """A constant, an environment file, a setting, a caller and a variable are found where nothing else told."""
    root = stack(tmp_path, PIECES)
    found = {use.model_name for use in scan(root, lookup(), jobs=1).uses if use.status != "mention"}
    assert {
        "Qwen/Qwen3-8B",
        "gpt-4o",
        "gpt-4.1",
        "claude-sonnet-4-5",
        "gpt-5",
        "amazon.nova-pro-v1:0",
    } <= found


@pytest.mark.parametrize("root", [EXAMPLE], ids=["harbour"])
def test_the_number_of_processes_changes_nothing(root: Path) -> None:
    """Law: one, two and three processes give the same bytes."""
    alone = msgspec.json.encode(scan(root, lookup(), jobs=1))
    assert msgspec.json.encode(scan(root, lookup(), jobs=2)) == alone
    assert msgspec.json.encode(scan(root, lookup(), jobs=3)) == alone


def old(root: Path) -> Path:
    """The same tree, changed long ago as far as its times tell."""
    for path in sorted(root.rglob("*"), reverse=True):
        os.utime(path, (1, 1))
    return root


def test_a_remembered_answer_is_the_fresh_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: what the store gives is byte for byte what a fresh run gives; a change of any file ends it."""
    root = stack(tmp_path / "root", PIECES)
    means, question = Means(remember=True, folder=tmp_path / "kept"), Question(as_of="2026-11-23")
    monkeypatch.setattr("gauger.scan.store._RACY_NS", -(10**12))
    catalogue = lookup().catalogue.folder
    fresh = msgspec.json.encode(inventory_only(root, lookup(), question, means))
    again = recalled("scan", root, catalogue, question, means)
    assert again is not None
    assert msgspec.json.encode(again) == fresh
    other = Question(as_of="2026-11-24")
    assert recalled("scan", root, catalogue, other, means) is None
    (root / "plain.py").write_text("def add(a, b):\n    return b + a\n")
    assert recalled("scan", root, catalogue, question, means) is None


@pytest.mark.parametrize("change", ["new", "gone", "renamed", "touched"])
def test_every_change_of_the_tree_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """A file more, a file less, another name, other times: the answer is not used again."""
    root = stack(tmp_path / "root", PIECES)
    means, question = Means(remember=True, folder=tmp_path / "kept"), Question(as_of="2026-11-23")
    monkeypatch.setattr("gauger.scan.store._RACY_NS", -(10**12))
    inventory_only(root, lookup(), question, means)
    if change == "new":
        (root / "app/more.py").write_text("")
    elif change == "gone":
        (root / "app/names.py").unlink()
    elif change == "renamed":
        (root / "app/names.py").rename(root / "app/renamed.py")
    else:
        os.utime(root / "app/names.py", (5, 5))
    assert recalled("scan", root, lookup().catalogue.folder, question, means) is None


def test_a_young_tree_is_not_remembered(tmp_path: Path) -> None:
    """What changed as the run began may change again without a trace."""
    root = stack(tmp_path / "root", PIECES)
    future = 4_000_000_000
    os.utime(root / "plain.py", (future, future))
    means, question = Means(remember=True, folder=tmp_path / "kept"), Question(as_of="2026-11-23")
    inventory_only(root, lookup(), question, means)
    assert recalled("scan", root, lookup().catalogue.folder, question, means) is None


@pytest.mark.parametrize("harm", ["bytes", "mode", "link", "inside"])
def test_a_store_that_is_not_ours_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    """Broken bytes, a file others may write, a link, a folder inside the stack: a fresh run instead."""
    root = stack(tmp_path / "root", PIECES)
    folder = root / "kept" if harm == "inside" else tmp_path / "kept"
    means, question = Means(remember=True, folder=folder), Question(as_of="2026-11-23")
    monkeypatch.setattr("gauger.scan.store._RACY_NS", -(10**12))
    inventory_only(root, lookup(), question, means)
    if harm == "inside":
        assert not folder.exists()
        return
    (kept,) = folder.iterdir()
    if harm == "bytes":
        kept.write_bytes(kept.read_bytes()[:-7])
    elif harm == "mode":
        kept.chmod(0o666)
    else:
        kept.rename(tmp_path / "elsewhere")
        kept.symlink_to(tmp_path / "elsewhere")
    assert recalled("scan", root, lookup().catalogue.folder, question, means) is None


def test_check_uses_what_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scan and trace are taken from the store, the rules are asked again: the same document."""
    root = stack(tmp_path / "root", PIECES)
    means, question = Means(remember=True, folder=tmp_path / "kept"), Question(as_of="2026-11-23")
    monkeypatch.setattr("gauger.scan.store._RACY_NS", -(10**12))
    fresh = check(root, lookup(), question, means)
    monkeypatch.setattr("gauger.flows.check._examined", lambda *_: pytest.fail("read again"))
    assert msgspec.json.encode(check(root, lookup(), question, means)) == msgspec.json.encode(fresh)
