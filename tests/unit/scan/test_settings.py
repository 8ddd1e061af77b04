"""What settings files, `.env` files and prose say: collectors `settings`, `environment-file`, `prose`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from build.dossiers import small
from build.stacks import lookup, one, scanned, stack
from gauger.report.registry import RENDERERS
from gauger.scan.scan import scan

READ = "from transformers import AutoModel\n"


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        (
            "c/s.yaml",
            "gen:\n  model: x/Y-1\n",
            'import yaml\nwith open("c/s.yaml") as f:\n    s = yaml.safe_load(f)\n',
        ),
        ("c/s.json", '{\n "gen": {"model": "x/Y-1"}}', 'import json\ns = json.load(open("c/s.json"))\n'),
        (
            "c/s.toml",
            '[gen]\nmodel = "x/Y-1"\n',
            'import tomllib\ns = tomllib.load(open("c/s.toml", "rb"))\n',
        ),
        (
            "c/s.ini",
            "[gen]\nmodel = x/Y-1\n",
            'import configparser\ns = configparser.ConfigParser()\ns.read("c/s.ini")\n',
        ),
        (
            "c/s.yaml",
            "gen:\n  model: x/Y-1\n",
            'import yaml\nfrom pathlib import Path\ns = yaml.safe_load(Path("c/s.yaml").read_text())\n',
        ),
    ],
)
def test_code_that_reads_settings_is_followed_to_their_line(
    tmp_path: Path, file: str, text: str, code: str
) -> None:
    """The use at the call ends its chain in the settings file, and the file gives a use of its own."""
    files = {file: text, "a.py": READ + code + 'AutoModel.from_pretrained(s["gen"]["model"])'}
    called, declared = scanned(tmp_path, files)
    assert called.model.name == declared.model.name == "x/Y-1"
    assert called.use.chain[-1].location.path == declared.use.location.path == file
    assert called.use.chain[-1].location.line == 2


def test_keys_decide_what_a_settings_file_names(tmp_path: Path) -> None:
    """Cars and phones have models; an `Org/Name` in a model's key counts, a bare name needs the catalogue."""
    files = {
        "a.yaml": "car:\n  model: corolla\nphone: {model: mistral-blue, provider: nokia}\n"
        "llm:\n  model: gpt-4o\n  temperature: 0\nembedding_model: nobody/Knows-1\n"
        "image: org/Picture\napi_key: sk-very-secret\n"
    }
    inventory = scan(stack(tmp_path, files), lookup())
    assert sorted(u.written for u in inventory.uses) == ["gpt-4o", "nobody/Knows-1"]
    assert "sk-very-secret" not in repr(inventory)


def test_an_environment_file_gives_bindings_uses_and_names_of_keys(tmp_path: Path) -> None:
    """The use at the call is Moonshot's, through both names; no value of a key is kept."""
    files = {
        ".env": "OPENAI_BASE_URL=https://api.moonshot.cn/v1\n"
        "OPENAI_API_KEY=sk-secret\nOPENAI_MODEL='kimi-latest'  # now\n"
        "DEEPSEEK_API_KEY=sk-other\nDATABASE_URL=postgres://u:p@db/x\nexport EMPTY=\n",
        "a.py": 'import os\nfrom openai import OpenAI\nc = OpenAI(base_url=os.environ["OPENAI_BASE_URL"])\n'
        'c.chat.completions.create(model=os.environ["OPENAI_MODEL"])\n',
    }
    inventory = scan(stack(tmp_path, files), lookup())
    assert "sk-" not in repr(inventory)
    assert "u:p" not in repr(inventory)
    told = {t.use.written: t for t in scanned(tmp_path, files)}
    call = told["os.environ['OPENAI_MODEL']"]
    assert (call.short, call.provider, call.hops) == (
        "resolved api kimi-latest",
        "moonshot",
        ["environment:OPENAI_MODEL"],
    )
    assert call.use.endpoint is not None
    assert [h.name for h in call.use.endpoint.chain] == ["OPENAI_BASE_URL"]
    assert told["DEEPSEEK_API_KEY"].use.role == "access"
    assert told["OPENAI_API_KEY"].provider == "moonshot"


def test_an_example_file_is_a_default_that_the_real_one_overrides(tmp_path: Path) -> None:
    """With both, the real one decides; alone, the example is inferred."""
    code = READ + 'import os\nAutoModel.from_pretrained(os.environ["HF_MODEL"])'
    files = {"a.py": code, ".env.example": "HF_MODEL=x/Example\n"}
    assert one(tmp_path, files, "python").short == "inferred hub x/Example"
    assert one(tmp_path, files | {".env": "HF_MODEL=x/Real\n"}, "python").short == "resolved hub x/Real"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.yaml", "model: &a [*a]\n"),
        ("a.json", '{"model":' * 5000),
        ("a.toml", "model = " + "[" * 5000),
        (
            "a.yaml",
            "a: &a {model: x/Y}\n"
            + "".join(
                f"b{i}: &b{i} [{','.join(['*a' if i == 0 else f'*b{i - 1}'] * 9)}]\n" for i in range(9)
            ),
        ),
    ],
    ids=["own-alias", "deep-json", "deep-toml", "bomb"],
)
def test_hostile_settings_are_gaps(tmp_path: Path, file: str, text: str) -> None:
    """Alias bombs and deep nesting end within bounds."""
    inventory = scan(stack(tmp_path, {file: text}), lookup())
    assert "settings" in {gap.part for gap in inventory.gaps}
    assert not any(gap.detail.startswith("bug") for gap in inventory.gaps)


def test_prose_is_counted_as_mentions(tmp_path: Path) -> None:
    """Known organisations only; a model's own card is left out."""
    files = {
        "docs/n.md": "We tried google/gemma-2-9b-it and a/b and src/Main.",
        "m/README.md": "google/gemma-2-9b-it",
        "m/model.safetensors": "",
    }
    found = scanned(tmp_path, files, "prose")
    assert [(t.use.status, t.model.name, t.use.audience) for t in found] == [
        ("mention", "google/gemma-2-9b-it", "documentation")
    ]


def test_a_key_in_a_models_place_is_no_model_and_is_not_stored(tmp_path):
    """Somebody put a key into MODEL, or into an address: no record holds it."""
    key = "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567"
    files = {
        ".env": f"LLM_MODEL={key}\n",
        "a.py": "from transformers import AutoModel\n"
        f"AutoModel.from_pretrained('https://u:{key}@huggingface.co/Qwen/Qwen2-7B?token=Zm9vYmFy')\n",
    }
    found = scanned(tmp_path, files)
    assert [told.model.name for told in found] == ["Qwen/Qwen2-7B"]
    assert key not in str(found)
    assert "Zm9vYmFy" not in str(found)


def test_an_endless_number_is_read_in_time_that_grows_with_its_length(tmp_path):
    """No pattern starts again at every character of a long run."""
    started = time.monotonic()
    assert scanned(tmp_path, {"params.json": '{"dim": ' + "9" * 100_000 + "}"}) == []
    assert time.monotonic() - started < 5


def test_empty_lines_without_end_are_read_in_time_that_grows_with_their_number(tmp_path):
    """Comments of JSON are taken out line by line, not across lines."""
    started = time.monotonic()
    found = scanned(tmp_path, {"a.json": '// model: a\n{"model": "Qwen/Qwen2-7B"}' + "\n" * 100_000})
    assert [told.model.name for told in found] == ["Qwen/Qwen2-7B"]
    assert time.monotonic() - started < 5


def test_a_file_of_variables_with_a_name_of_its_own_does_not_override_the_conventional_one(
    tmp_path: Path,
) -> None:
    """Compose fills `${…}` from `.env`; what `env_file:` names is for the inside of the container."""
    files = {
        "docker-compose.yml": "services:\n  tei:\n    image: tei\n    command: --model-id ${EMBED_MODEL}\n"
        "    env_file: embed.env\n",
        ".env": "EMBED_MODEL=BAAI/bge-m3\n",
        "embed.env": "EMBED_MODEL=intfloat/e5-small\n",
    }
    (found,) = scanned(tmp_path, files, "compose")
    assert (found.model.name, found.use.status) == ("BAAI/bge-m3", "resolved")


@pytest.mark.parametrize("format_ident", ["json", "g7-json", "sarif", "html", "text"])
def test_a_report_of_an_earlier_run_adds_no_use(tmp_path: Path, format_ident: str) -> None:
    """Whoever keeps reports beside the stack gets the same uses again; of a dossier, a gap says so."""
    root = stack(tmp_path, {"a.yaml": "model_name: Qwen/Qwen3-8B\n"})
    before = scan(root, lookup())
    (renderer,) = [r for r in RENDERERS if r.ident == format_ident]
    suffix = {"json": ".json", "g7-json": ".g7.json", "sarif": ".sarif", "html": ".html", "text": ".txt"}[
        format_ident
    ]
    (root / f"report{suffix}").write_bytes(renderer.render(small()))
    after = scan(root, lookup())
    assert [u.id for u in after.uses if u.status != "mention"] == [u.id for u in before.uses]
    told_so = any("an earlier run" in gap.detail for gap in after.gaps)
    assert told_so == (format_ident in ("json", "g7-json"))


@pytest.mark.parametrize(
    ("name", "head", "gaps"),
    [
        ("a.yaml", "model: gpt-4o\n", ["limit-exceeded"]),
        ("a.json", '{"model": "gpt-4o",', ["limit-exceeded"]),
        ("a.ini", "[llm]\nmodel = gpt-4o\n", ["limit-exceeded"]),
        ("bom.json", '{"bomFormat": "CycloneDX",', []),
        ("package-lock.json", "{", []),
    ],
)
def test_settings_that_are_too_long_are_a_gap(tmp_path: Path, name: str, head: str, gaps: list[str]) -> None:
    """A model may stand in them; what another collector reads, or holds no settings, is none of theirs."""
    stack(tmp_path, {name: head + " " * (1 << 20)})
    found = scan(tmp_path, lookup())
    assert [gap.reason for gap in found.gaps if gap.part == "settings"] == gaps
