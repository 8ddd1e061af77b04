"""Which sizes and purposes of each family do packages name? Adds `parameters` and `tasks` to the families.

    python scripts/family_sizes.py FOLDER [--write]

FOLDER holds unpacked packages, one folder each, called `NAME-VERSION…`. A size is taken from a model's name
(`qwen2.5-72b-instruct`: 72 billion) or from a field that states the parameters (mteb's `n_parameters`), a
purpose from the mode under which a price list names it and from words in the name. Only names that the
catalogue already knows as a family's count. What a family's record already says is left as it is. The
package that named most of it goes into the record's sources.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup, organisation_and_bare_name
from gauger.core.readings import known

DAY = "2026-11-24"
SIZE = re.compile(r"(?<![a-z0-9.x])(\d+(?:\.\d+)?)(b|m)(?![a-z0-9])")
NAME = re.compile(r"""["'`]([A-Za-z0-9][\w.-]*/[\w.:-]{3,80})["'`]""")
META = re.compile(r'name="([^"]+)"[^)]{0,900}?n_parameters=([\d_]+)', re.DOTALL)
MODES = {
    "chat": "text",
    "completion": "text",
    "responses": "text",
    "embedding": "embedding",
    "rerank": "reranking",
    "audio_transcription": "speech",
    "audio_speech": "speech",
    "image_generation": "image",
    "video_generation": "video",
}
WORDS = (
    (r"embed|bge-(?!rerank)|e5-|gte-|minilm|mpnet|nomic-embed|arctic-embed|colbert|sentence", "embedding"),
    (r"rerank", "reranking"),
    (r"whisper|parakeet|canary|speech|tts|voice|asr|wav2vec|hubert|voxtral|kokoro|vad|wakeword", "speech"),
    (r"-vl|vision|pixtral|llava|-v-|ocr|internvl|clip|dino|vit-", "vision"),
    (r"(?<!en)(?<!de)coder?(?![a-z])|codellama|codegen|codegeex|devstral|starcoder|codestral", "code"),
    (r"flux|stable-diffusion|sdxl|image|dall-e", "image"),
    (r"video|sora|veo|wan2|hunyuanvideo|cogvideo", "video"),
    (r"nllb|madlad|opus-mt|-mt-|translat|seamless", "translation"),
)


def named(folder: Path) -> Iterator[tuple[str, float | None, str]]:
    """Model names with the parameters in billions and the mode, as far as the package states them."""
    for path in sorted(folder.rglob("*.json")):
        if "model_prices" in path.name or path.name == "snapshot.json":
            table = json.loads(path.read_text())
            table = table.get("models", table) if isinstance(table, dict) else {}
            for name, fields in table.items() if isinstance(table, dict) else ():
                yield name, None, str(fields.get("mode", "")) if isinstance(fields, dict) else ""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(errors="replace")
        for name, count in META.findall(text):
            yield name, int(count.replace("_", "")) / 1e9, ""
        for name in NAME.findall(text):
            yield name, None, ""


def size_of(bare: str) -> float | None:
    """How many billions of parameters does the name state? `8x7b` states none: the experts share layers."""
    found = SIZE.search(bare)
    if found is None:
        return None
    value = float(found[1])
    return round(value / 1000, 4) if found[2] == "m" else value


def main() -> int:
    """Print what would be added, or add it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    catalogue = Catalogue()
    lookup = Lookup(catalogue)
    sizes: defaultdict[str, Counter[float]] = defaultdict(Counter)
    tasks: defaultdict[str, Counter[str]] = defaultdict(Counter)
    said: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for folder in sorted(p for p in options.folder.iterdir() if p.is_dir()):
        package = "==".join(folder.name.split("-")[:2]).replace("_", "-")
        for name, stated, mode in set(named(folder)):
            family = known(lookup.identify(name).family)
            if family is None:
                continue
            bare = organisation_and_bare_name(name)[1]
            size = stated if stated is not None else size_of(bare)
            if size is not None and 0.001 <= size <= 4_000:
                sizes[family][round(size, 3 if size < 1 else 1)] += 1
                said[family][package, name] += 2
            task = next((t for words, t in WORDS if re.search(words, bare)), MODES.get(mode, ""))
            if task:
                tasks[family][task] += 1
                said[family][package, name] += 1
    folder = catalogue.folder / "families"
    written = 0
    for ident, record in catalogue.families.items():
        own = next((t for words, t in WORDS if re.search(words, ident)), "")
        kinds = [own] if own else [t for t, n in tasks[ident].most_common() if n >= 1][:3]
        found = [] if record.parameters else merged(sizes[ident])
        kinds = [] if record.tasks else sorted(set(kinds))
        print(ident, found, kinds, said[ident].most_common(1))
        if options.write and (found or kinds) and said[ident]:
            path = folder / f"{ident}.yaml"
            add(path, found, kinds, said[ident].most_common(1)[0][0])
            written += 1
    print(f"{written} records written", file=sys.stderr)
    return 0


def merged(counts: Counter[float]) -> list[float]:
    """Sizes from the smallest up; one for those that are within 8 % of each other, the most named."""
    found: list[float] = []
    for size, _ in counts.most_common():
        if all(abs(size - other) > 0.08 * other for other in found):
            found.append(size)
    return sorted(found)


def add(path: Path, sizes: list[float], kinds: list[str], source: tuple[str, str]) -> None:
    """Write the keys above `sources`, and the package among them."""
    text = path.read_text()
    lines = ""
    if sizes:
        lines += f"parameters: [{', '.join(f'{s:g}' for s in sizes)}]\n"
    if kinds:
        lines += f"tasks: [{', '.join(kinds)}]\n"
    text = text.replace("\nsources:\n", f"\n{lines}sources:\n", 1)
    url = f"package:{source[0]}"
    if url not in text:
        note = yaml.safe_dump(f"sizes and purposes as named there, such as {source[1]}", width=10_000).strip()
        note = note.removesuffix("...").strip()
        entry = f"  - url: {url}\n    read-on: {DAY}\n    kind: package\n    note: {note}\n"
        text = text.replace("\nchecked-on:", f"\n{entry}checked-on:", 1)
    path.write_text(text)


if __name__ == "__main__":
    raise SystemExit(main())
