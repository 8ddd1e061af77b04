"""Which models Python code uses, and how their names were followed. Collector `python` (`PythonSource`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.stacks import Told, lookup, one, scanned, stack
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.scan.python_table import call_table
from gauger.scan.scan import scan

HUB = "from transformers import AutoModel as A\n"
API = "import os\nfrom openai import OpenAI\n"


def names(found: list[Told]) -> list[str]:
    """Model names of uses that are no mentions."""
    return [t.model.name for t in found if t.use.status != "mention"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('A.from_pretrained("x/Y")', "x/Y"),
        ('M = "x/Y"\nA.from_pretrained(M)', "x/Y"),
        ('D = {"fast": "x/Y", "slow": "x/Z"}\nA.from_pretrained(D["fast"])', "x/Y"),
        ('D = {"fast": "x/Y"}\nA.from_pretrained(D.get("fast", "x/Z"))', "x/Y"),
        ('ORG = "x"\nA.from_pretrained(f"{ORG}/Y")', "x/Y"),
        ('A.from_pretrained("x" + "/" + "Y")', "x/Y"),
        ('A.from_pretrained("{}/{}".format("x", "Y"))', "x/Y"),
        ('A.from_pretrained("%s/%s" % ("x", "Y"))', "x/Y"),
        ('import os\nA.from_pretrained(os.getenv("M", "x/Y"))', "x/Y"),
        ('import os\nA.from_pretrained(os.environ.get("M") or "x/Y")', "x/Y"),
        (
            (
                "import argparse\np = argparse.ArgumentParser()\n"
                'p.add_argument("--base-model", default="x/Y")\n'
                "a = p.parse_args()\nA.from_pretrained(a.base_model)"
            ),
            "x/Y",
        ),
        (
            (
                'import click\n@click.command()\n@click.option("--name", default="x/Y")\ndef f(name):\n'
                "    A.from_pretrained(name)"
            ),
            "x/Y",
        ),
        ('import typer\ndef f(name: str = typer.Option("x/Y")):\n    A.from_pretrained(name)', "x/Y"),
        (
            (
                'from dataclasses import dataclass\n@dataclass\nclass C:\n    base: str = "x/Y"\n'
                "c = C()\nA.from_pretrained(c.base)"
            ),
            "x/Y",
        ),
        ('from enum import Enum\nclass M(str, Enum):\n    A = "x/Y"\nA.from_pretrained(M.A.value)', "x/Y"),
        ('def load(name):\n    return A.from_pretrained(name)\nload("x/Y")', "x/Y"),
        ('def load(*, name="x/Y"):\n    return A.from_pretrained(name)', "x/Y"),
        (
            (
                'class L:\n    def __init__(self, n="x/Y"):\n        self.n = n\n    def go(self):\n'
                "        return A.from_pretrained(self.n)"
            ),
            "x/Y",
        ),
        ('def which():\n    return "x/Y"\nA.from_pretrained(which())', "x/Y"),
        ('kw = {"pretrained_model_name_or_path": "x/Y"}\nA.from_pretrained(**kw)', "x/Y"),
        ('with open("x") as f:\n    pass\nasync def g():\n    A.from_pretrained("x/Y")', "x/Y"),
        ('[A.from_pretrained(m) for m in ["x/Y"]]', "x/Y"),
    ],
)
def test_values_are_followed_inside_a_file(tmp_path: Path, code: str, name: str) -> None:
    """However the name gets to the call, the use says which model it is."""
    assert names(scanned(tmp_path, {"a.py": HUB + code})) == [name]


def test_the_chain_names_each_place(tmp_path: Path) -> None:
    """From the call over the constant to the environment's default."""
    told = one(tmp_path, {"a.py": HUB + 'import os\nM = os.getenv("M_ID", "x/Y")\nA.from_pretrained(M)'})
    assert told.short == "resolved hub x/Y"
    assert told.use.written == "M"
    assert told.hops == ["constant:M", "default:M_ID"]
    assert [hop.location.line for hop in told.use.chain] == [3, 3]


def test_branches_and_loops_give_each_possibility(tmp_path: Path) -> None:
    """Both values are inferred; none is said to be the one."""
    code = HUB + 'import os\nif os.getenv("F"):\n    M = "x/Y"\nelse:\n    M = "x/Z"\nA.from_pretrained(M)'
    found = scanned(tmp_path, {"a.py": code})
    assert sorted(t.short for t in found) == ["inferred hub x/Y", "inferred hub x/Z"]


def test_what_cannot_be_known_is_unresolved_with_its_place(tmp_path: Path) -> None:
    """The note says where the chain broke and at what."""
    told = one(tmp_path, {"a.py": HUB + 'import os\nA.from_pretrained(os.environ["NIGHT_MODEL"])'})
    assert told.use.status == "unresolved"
    assert "a.py:3" in told.use.note
    assert "NIGHT_MODEL" in told.use.note


def test_the_address_belongs_to_the_client_of_the_call(tmp_path: Path) -> None:
    """Four clients in one file keep four providers."""
    code = API + (
        "import anthropic\n"
        'a = OpenAI(base_url="https://api.deepseek.com")\n'
        "b = OpenAI()\n"
        'with OpenAI(base_url="http://10.1.2.3:8000/v1") as c:\n'
        '    c.chat.completions.create(model="x/Y", messages=[])\n'
        'b.responses.create(model="gpt-5", input="")\n'
        'a.chat.completions.create(model="deepseek-chat", messages=[])\n'
        'anthropic.Anthropic().messages.create(model="claude-sonnet-4-5", messages=[])\n'
    )
    found = scanned(tmp_path, {"a.py": code})
    assert [(t.model.name, t.provider) for t in found] == [
        ("x/Y", "self"),
        ("gpt-5", "openai"),
        ("deepseek-chat", "deepseek"),
        ("claude-sonnet-4-5", "anthropic"),
    ]


@pytest.mark.parametrize(
    ("code", "name", "provider"),
    [
        ('import litellm\nlitellm.completion(model="moonshot/kimi-x", messages=[])', "kimi-x", "moonshot"),
        (
            'import boto3\nb = boto3.client("bedrock-runtime")\nb.converse(modelId="us.deepseek.r1-v1:0")',
            "us.deepseek.r1-v1:0",
            "aws-bedrock",
        ),
        (
            (
                "from langchain.chat_models import init_chat_model\n"
                'init_chat_model("deepseek-chat", model_provider="deepseek")'
            ),
            "deepseek-chat",
            "deepseek",
        ),
        (
            (
                "from langchain_openai import ChatOpenAI\n"
                'ChatOpenAI(model="m-1", base_url="https://api.deepseek.com")'
            ),
            "m-1",
            "deepseek",
        ),
        ('from pydantic_ai import Agent\nAgent("anthropic:claude-x")', "claude-x", "anthropic"),
        (
            (
                "from pydantic_ai.models.openai import OpenAIModel\n"
                "from pydantic_ai.providers.deepseek import DeepSeekProvider\n"
                'OpenAIModel("deepseek-chat", provider=DeepSeekProvider())'
            ),
            "deepseek-chat",
            "deepseek",
        ),
        (
            (
                "import instructor\nfrom openai import OpenAI\n"
                'c = instructor.from_openai(OpenAI(base_url="https://api.deepseek.com"))\n'
                'c.chat.completions.create(model="m-1", response_model=None)'
            ),
            "m-1",
            "deepseek",
        ),
        (
            (
                'import openai\nopenai.api_base = "https://api.groq.com/openai/v1"\n'
                'openai.ChatCompletion.create(model="m-1")'
            ),
            "m-1",
            "groq",
        ),
        (
            (
                "import requests\n"
                'requests.post("https://api.deepseek.com/chat/completions", json={"model": "m-1"})'
            ),
            "m-1",
            "deepseek",
        ),
        (
            (
                "def make():\n    from openai import OpenAI\n"
                '    return OpenAI(base_url="https://api.deepseek.com")\n'
                'make().chat.completions.create(model="m-1")'
            ),
            "m-1",
            "deepseek",
        ),
        (
            (
                "from openai import OpenAI\nclass S:\n    def __init__(self):\n"
                '        self.c = OpenAI(base_url="https://api.deepseek.com")\n'
                '    def go(self):\n        return self.c.chat.completions.create(model="m-1")'
            ),
            "m-1",
            "deepseek",
        ),
    ],
)
def test_providers_are_those_of_the_call(tmp_path: Path, code: str, name: str, provider: str) -> None:
    """Routers' prefixes, clouds, wrapped clients, factories, fields, module settings, plain requests."""
    told = one(tmp_path, {"a.py": code})
    assert (told.model.name, told.provider) == (name, provider)


def test_other_files_are_followed(tmp_path: Path) -> None:
    """Settings classes, enumerations, factories and clients may stand anywhere in the stack."""
    files = {
        "svc/app/config.py": "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
        'class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="APP_")\n'
        '    llm_model: str = "glm-x"\n    url: str = "https://api.deepseek.com"\nsettings = Settings()\n',
        "svc/app/clients.py": API + "from .config import settings\n"
        "def get_client():\n    return OpenAI(base_url=settings.url)\nplain = OpenAI()\n",
        "svc/app/main.py": "from app.clients import get_client, plain\nfrom app import config\n"
        "async def go():\n    c = get_client()\n"
        "    await c.chat.completions.create(model=config.settings.llm_model)\n"
        '    await plain.chat.completions.create(model="gpt-5")\n',
        "svc/.env": "APP_LLM_MODEL=deepseek-chat\n",
    }
    found = [t for t in scanned(tmp_path, files, "python") if t.use.location.path.endswith("main.py")]
    assert [(t.model.name, t.provider) for t in found] == [("deepseek-chat", "deepseek"), ("gpt-5", "openai")]
    assert found[0].hops[-1] == "environment:APP_LLM_MODEL"


def test_groups_of_settings_are_followed(tmp_path: Path) -> None:
    """A settings class may hold another class's object; its names are joined by the class's own delimiter."""
    files = {
        "a.py": HUB + "from pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n"
        'class LLM(BaseModel):\n    worker: str = "Qwen/Qwen3-8B"\n'
        "class Settings(BaseSettings):\n"
        '    model_config = {"env_prefix": "APP_", "env_nested_delimiter": "__"}\n'
        "    here: LLM = LLM()\n    there: LLM\n"
        "s = Settings()\n"
        "A.from_pretrained(s.here.worker)\nA.from_pretrained(s.there.worker)\n",
        ".env": "APP_THERE__WORKER=Qwen/Qwen3-14B\n",
    }
    found = [t for t in scanned(tmp_path, files, "python") if t.use.location.path == "a.py"]
    uses = [t for t in found if t.use.status != "mention"]
    assert [t.model.name for t in uses] == ["Qwen/Qwen3-8B", "Qwen/Qwen3-14B"]
    assert uses[1].hops[-1] == "environment:APP_THERE__WORKER"


def test_what_is_passed_to_a_function_of_another_file_arrives(tmp_path: Path) -> None:
    """The use is the call that writes the name; the chain tells through which parameter it went."""
    files = {
        "lib/load.py": HUB + "def load(name):\n    return A.from_pretrained(name)\n",
        "main.py": 'from lib.load import load\nload(name="x/Y")\n',
    }
    told = one(tmp_path, files)
    assert (told.model.name, told.use.location.path, told.use.location.line, told.use.chain[-1].name) == (
        "x/Y",
        "main.py",
        2,
        "load(name)",
    )


def test_look_alikes_are_nothing_and_lists_are_mentions(tmp_path: Path) -> None:
    """Fields, other people's `model=`, ban lists, comments, docstrings."""
    files = {
        "a.py": '"""deepseek-ai/DeepSeek-V3 was looked at."""\nfrom django.db import models\n'
        'class Llama(models.Model):\n    model = "T-800"\n'
        'BANNED = ["Qwen/QVQ-72B-Preview"]\nimport cars\ncars.Car(model="corolla")\n'
        'assert "Qwen/QVQ-72B-Preview" in BANNED  # not meta-llama/Llama-3\n'
    }
    found = scanned(tmp_path, files)
    assert {t.use.status for t in found} == {"mention"}
    assert {t.model.name for t in found} == {
        "deepseek-ai/DeepSeek-V3",
        "Qwen/QVQ-72B-Preview",
        "meta-llama/Llama-3",
    }


def test_an_unknown_organisation_in_a_model_keyword_still_counts(tmp_path: Path) -> None:
    """The place says that it is a model; the catalogue need not know it."""
    told = one(tmp_path, {"a.py": 'from trl import Whatever\nWhatever(base_model="nobody/Knows-1")'})
    assert told.short == "declared hub nobody/Knows-1"
    assert not isinstance(told.model.developer, str)


def test_a_test_file_is_for_tests_and_a_data_set_is_a_use_only_when_a_model_wrote_it(tmp_path: Path) -> None:
    """Audience by place; unknown data sets are artifacts."""
    files = {
        "tests/test_a.py": HUB + 'A.from_pretrained("x/Y")\nfrom datasets import load_dataset\n'
        'load_dataset("nobody/rows")\nload_dataset("open-thoughts/OpenThoughts-114k")\n'
    }
    inventory = scan(stack(tmp_path, files), lookup())
    assert {u.audience for u in inventory.uses} == {"test"}
    assert sorted(u.role for u in inventory.uses) == ["inference", "training-data"]
    assert sorted(a.title for a in inventory.artifacts) == ["nobody/rows", "open-thoughts/OpenThoughts-114k"]


@pytest.mark.parametrize(
    "code",
    [
        "model = a" + "(" * 3000 + "1" + ")" * 3000,
        "model = " + "+".join(['"a"'] * 20_000),
        "model = 1\x00",
        "model = 1\ndef model(:",
        "model = 1\n" * 300_000,
    ],
    ids=["brackets", "sum", "null", "syntax", "long"],
)
def test_hostile_code_is_a_gap(tmp_path: Path, code: str) -> None:
    """Whatever the parser refuses is said, and the scan goes on."""
    files = {"bad.py": code, "good.py": HUB + 'A.from_pretrained("x/Y")'}
    inventory = scan(stack(tmp_path, files), lookup())
    assert [gap.location.path for gap in inventory.gaps if gap.location] == ["bad.py"]
    assert not any(gap.detail.startswith("bug") for gap in inventory.gaps)
    assert len(inventory.uses) == 1


@pytest.mark.parametrize(
    "code",
    [
        "def f(m=None):\n    return f(m)\nA.from_pretrained(f('a/B'))",
        (
            "class C:\n    def __init__(self, m):\n        self.c = C(m)\n"
            "        self.m = self.m\nA.from_pretrained(C('a/B').m)"
        ),
        "d = {}\nd['a'] = d\nl = []\nl.append(l)\nA.from_pretrained(d['a'])",
        "import os\nx = os.getenv('A')\n" + "x = x + (x if 1 else 'c')\n" * 40 + "A.from_pretrained(x)",
        "".join(f"def f{i}(x): return f{i + 1}(x) + f{i + 1}(x)\n" for i in range(40))
        + "A.from_pretrained(f0('a'))",
    ],
    ids=["recursion", "recursive-class", "own-member", "doubling", "exponential"],
)
def test_code_that_refers_to_itself_ends(tmp_path: Path, code: str) -> None:
    """No program makes the reader run for ever, nor fail."""
    inventory = scan(stack(tmp_path, {"a.py": HUB + code}), lookup())
    assert not any(gap.detail.startswith("bug") for gap in inventory.gaps)


def test_the_tables_name_no_model() -> None:
    """The tables are vocabulary: no entry holds an `Org/Name`."""
    for language in ("python", "javascript"):
        table = call_table(language).table
        assert table.calls
        assert table.client_methods
        packages = [name for names in table.packages.values() for name in names]
        assert len(packages) == len(set(packages))


def test_limits_reach_the_resolver(tmp_path: Path) -> None:
    """A chain longer than the bound is broken and says so."""
    files = {f"m{i}.py": f"from m{i + 1} import MODEL_{i + 1}\nMODEL_{i} = MODEL_{i + 1}\n" for i in range(8)}
    files |= {"m8.py": 'MODEL_8 = "x/Y"\n'}
    files |= {"a.py": HUB + "from m0 import MODEL_0\nA.from_pretrained(MODEL_0)\n"}
    root = stack(tmp_path, files)
    assert [t.status for t in scan(root, lookup(), DEFAULT_LIMITS).uses] == ["resolved"]
    (short,) = scan(root, lookup(), Limits(hops=3)).uses
    assert "more than 3 steps" in short.note
