"""Which tool finds where a model comes from, is right about how, and claims nothing where there is nothing?

    python bench/trace/run.py [--set edited|real|zoo …] [--peers VENV] [--quick] [--most N] [--null]

Asks Gauger and every peer in the virtual environment about the same pairs and prints one table. Before:
`fetch.py` (real models), `edited.py` (copies), `zoo/make.py`. Every answer goes to `results/`. Labels and
columns: README.md.
"""

from __future__ import annotations

import argparse
import itertools
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import null
from pairs import Pair, made_negatives, made_positives, read_table, siblings, spread, truths
from tools import Answer, Tool, ask, ask_gauger, ask_gauger_often, peers, version

from gauger.stats.combine import clopper_pearson

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache"
RESULTS = HERE / "results"
FOLDERS = {"edited": "edited", "real": "trace-models", "zoo": "zoo"}
QUICK = {"edited": 6, "real": 10, "zoo": 24}
COLUMNS = (
    *(
        "set",
        "tool",
        "a",
        "b",
        "label",
        "family",
        "roots",
        "expected",
        "relation",
        "verdict",
        "given_relation",
    ),
    *("alterations", "claim", "hint", "right", "seconds", "peak_mb", "read_bytes", "total_bytes", "bound"),
    "statement",
)


@dataclass
class Score:
    """What one tool did on one set: answers with their pairs."""

    name: str
    answers: list[tuple[Pair, Answer]] = field(default_factory=list)

    def read(self, label: str) -> list[tuple[Pair, Answer]]:
        """Pairs of that label that the tool could read."""
        return [(p, a) for p, a in self.answers if p.label == label and a["verdict"] != "unread"]

    def of(self, key: str) -> list[float]:
        """Everything that was measured under a name."""
        return [float(a[key]) for _, a in self.answers if a.get(key) is not None]


def right(pair: Pair, answer: Answer) -> bool | None:
    """Is the kind of relation an accepted one? None where the tool names none, or none is to be named."""
    if not pair.verdicts or answer["meant"] is None or pair.label != "positive":
        return None
    return bool(set(answer["meant"]) & set(pair.verdicts))


def share(hits: int, of: int) -> str:
    """A count with its Clopper-Pearson interval of 95 %."""
    if not of:
        return "–"
    low, high = clopper_pearson(hits, of)
    return f"{hits}/{of} ({low:.1%}–{high:.1%})"


def row(set_name: str, score: Score) -> list[str]:
    """One line of the table."""
    positive, negative = score.read("positive"), score.read("negative")
    judged = [r for p, a in positive if a["claim"] and (r := right(p, a)) is not None]
    unread = sum(a["verdict"] == "unread" for _, a in score.answers)
    seconds, memory = score.of("seconds"), score.of("peak_mb")
    read, total = sum(score.of("read_bytes")), sum(score.of("total_bytes"))
    return [
        set_name,
        score.name,
        share(sum(a["claim"] for _, a in positive), len(positive)),
        share(sum(a["claim"] for _, a in negative), len(negative)),
        str(sum(a["hint"] for _, a in negative)),
        share(sum(judged), len(judged)),
        str(unread),
        f"{statistics.median(seconds):.1f} / {max(seconds):.1f}" if seconds else "–",
        f"{max(memory):.0f}" if memory else "–",
        f"{read / total:.0%}" if total else "–",
    ]


HEAD = [
    *("set", "tool", "found", "false claims", "false hints", "kind right", "unread"),
    *("s (median / most)", "MB", "read"),
]


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def pairs_of(set_name: str, folder: Path, most: int) -> list[Pair]:
    """The pairs of a set whose models are there; at most so many of each label."""
    if set_name == "real":
        every = [p for p in read_table() if (folder / p.a).exists() and (folder / p.b).exists()]
    else:
        known = truths(folder)
        every = list(made_positives(known))
        if set_name == "zoo":
            every += [*spread(list(siblings(known)), 400), *made_negatives(known)]
    return [
        p for label in ("positive", "negative") for p in spread([p for p in every if p.label == label], most)
    ]


def gauger(set_name: str, folder: Path, pairs: Sequence[Pair]) -> Score:
    """Gauger's answers: a fresh process a pair; one for the zoo, and one for the negatives of a set."""
    score = Score("gauger")
    positive = [p for p in pairs if p.label == "positive"]
    rest = [p for p in pairs if p.label != "positive"]
    answers: Iterator[Answer] = itertools.chain(
        ask_gauger_often(places(folder, positive))
        if set_name == "zoo"
        else (ask_gauger(*p) for p in places(folder, positive)),
        ask_gauger_often(places(folder, rest), keep=True),
    )
    for pair, answer in zip((*positive, *rest), answers, strict=True):
        score.answers.append((pair, answer))
        if answer["claim"] is (pair.label == "negative") or right(pair, answer) is False:
            print(
                f"  {pair.a} ~ {pair.b}: {answer['verdict']}, accepted {','.join(pair.verdicts)}", flush=True
            )
    return score


def places(folder: Path, pairs: Sequence[Pair]) -> list[tuple[Path, Path]]:
    """Where both models of each pair are."""
    return [(folder / pair.a, folder / pair.b) for pair in pairs]


def of_peer(tool: Tool, folder: Path, pairs: Sequence[Pair]) -> Score:
    """A peer's answers, a fresh process a pair."""
    score = Score(f"{tool.name} {version(tool)}")
    score.answers += [
        (pair, ask(tool, (folder / pair.a).resolve(), (folder / pair.b).resolve())) for pair in pairs
    ]
    return score


def keep(set_name: str, scores: Sequence[Score], out: Path) -> None:
    """Every answer as a line of a table."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / f"{set_name}.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for score in scores:
            for pair, answer in score.answers:
                file.write("\t".join(cells(set_name, score.name, pair, answer)) + "\n")


def cells(set_name: str, tool: str, pair: Pair, answer: Answer) -> list[str]:
    """One answer, column by column."""
    known = {
        "set": set_name,
        "tool": tool,
        **{name: getattr(pair, name) for name in ("a", "b", "label", "family", "roots", "relation")},
        "expected": ",".join(pair.verdicts),
        "given_relation": answer.get("relation", ""),
        "right": right(pair, answer),
        **{k: v for k, v in answer.items() if k not in ("relation", "alterations", "meant")},
        "alterations": ",".join(answer.get("alterations", [])),
    }
    texts = [known.get(column) for column in COLUMNS]
    shown = ["" if t is None else f"{t:.4g}" if isinstance(t, float) else str(t) for t in texts]
    return [" ".join(text.split()) for text in shown]


def main() -> int:
    """Ask, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", action="append", choices=sorted(FOLDERS), dest="sets")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--quick", action="store_true", help="a handful of pairs, Gauger alone")
    parser.add_argument("--most", type=int, default=0, help="pairs of each label and set; 0 for all")
    parser.add_argument("--peer-most", type=int, default=0, help="the same for peers")
    parser.add_argument("--only", default="", help="a regular expression that is searched in `A ~ B`")
    parser.add_argument(
        "--null", action="store_true", help="p-values of all tests over the zoo's independent pairs"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    rows = []
    for set_name in asked.sets or list(FOLDERS):
        folder = asked.cache / FOLDERS[set_name]
        pairs = pairs_of(set_name, folder, QUICK[set_name] // 2 if asked.quick else asked.most)
        pairs = [p for p in pairs if re.search(asked.only, f"{p.a} ~ {p.b}")]
        if not pairs:
            continue
        print(f"{set_name}: {len(pairs)} pairs", flush=True)
        scores = [gauger(set_name, folder, pairs)]
        few = [
            p
            for label in ("positive", "negative")
            for p in spread([p for p in pairs if p.label == label], asked.peer_most)
        ]
        if asked.peers and not asked.quick:
            scores += [of_peer(tool, folder, few) for tool in peers(asked.peers)]
        keep(set_name, scores, asked.out)
        rows += [row(set_name, score) for score in scores]
    print(table(rows))
    if asked.null:
        print("\n" + table(null.rows(asked.cache / FOLDERS["zoo"], asked.most or 400), null.HEAD))
    return 0


if __name__ == "__main__":
    sys.exit(main())
