"""How is each tool asked about a pair, and how is its answer read? One reader a tool, in the tool's favour.

Each answer is a dictionary with `verdict` (the tool's own word), `claim` (it says that there is a lineage),
`hint` (it says that there may be one), `meant` (verdicts of Gauger's closed set that the word can stand for;
None where the tool does not name relations) and what was measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LONGEST_S = 600
NO_CLAIM = {"independent", "undecided", "unread"}
Answer = dict[str, Any]

# Started from a small process of its own: the system counts a parent's memory as its child's.
WATCH = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.call(sys.argv[2:])
seconds = time.perf_counter() - started
with open(sys.argv[1], "w") as file:
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    json.dump({"seconds": seconds, "peak_mb": peak_mb}, file)
sys.exit(code)
"""

DNA_MEANS = {
    "EXACT_COPY": {"identical", "converted"},
    "QUANTIZED_COPY": {"quantised"},
    "FINE_TUNE": {"fine-tuned", "adapter"},
    "SAME_LINEAGE": {"fine-tuned", "shared-initialisation", "partly-inherited", "pruned"},
    "LIKELY_MERGE": {"merged"},
}


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: For the table.
        program: What is started.
        arguments: Before the two folders.
        reader: From its output to an answer.
    """

    name: str
    program: str
    arguments: tuple[str, ...]
    reader: Callable[[str], Answer]


def last_json(text: str) -> Any:
    """The JSON document at the end of an output that may start with other lines."""
    return json.loads(text[text.index("{") :])


def read_modeldna(text: str) -> Answer:
    """The verdict of modelDNA; `SAME_FAMILY_UNRESOLVED` is a hint."""
    verdict = last_json(text)["verdict"]["verdict"]
    return {
        "verdict": verdict,
        "claim": verdict in DNA_MEANS,
        "hint": verdict == "SAME_FAMILY_UNRESOLVED",
        "meant": sorted(DNA_MEANS.get(verdict, set())),
    }


def read_cisco(text: str) -> Answer:
    """The Cisco kit's decision; a weak match is a hint. It names no relation."""
    verdict = last_json(text)["scores"]["provenance_decision"]
    claim = verdict.startswith(("Confirmed", "High"))
    return {"verdict": verdict, "claim": claim, "hint": verdict.startswith("Weak"), "meant": None}


def peers(folder: Path) -> list[Tool]:
    """The peers that are installed in a virtual environment."""
    known = (
        Tool("modeldna", "modeldna", ("compare", "--json"), read_modeldna),
        Tool("modeldna --full", "modeldna", ("compare", "--json", "--full"), read_modeldna),
        Tool("cisco kit", "provenancekit", ("compare", "--json", "--no-cache"), read_cisco),
    )
    return [
        Tool(tool.name, str(folder / "bin" / tool.program), tool.arguments, tool.reader)
        for tool in known
        if (folder / "bin" / tool.program).exists()
    ]


def environment(home: str) -> dict[str, str]:
    """One thread, no network lookups by the hub's library, a home folder without earlier answers."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "HOME": home}


def watched(command: Sequence[str], text: str = "") -> tuple[str, dict[str, float], str]:
    """Output, seconds and peak memory, and what a fresh process complained of if it failed."""
    with tempfile.TemporaryDirectory() as home:
        note = Path(home) / "measured.json"
        run = subprocess.run(
            [sys.executable, "-c", WATCH, str(note), *command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
            env=environment(home),
        )
        complaint = (run.stderr.strip().splitlines() or ["no message"])[-1] if run.returncode else ""
        return run.stdout, json.loads(note.read_text()), complaint


def ask(tool: Tool, a: Path, b: Path) -> Answer:
    """A peer's answer about one pair; `unread` where it failed."""
    try:
        text, cost, _ = watched([tool.program, *tool.arguments, str(a), str(b)])
        return {**tool.reader(text), **cost}
    except (ValueError, KeyError, subprocess.TimeoutExpired):
        return {"verdict": "unread", "claim": False, "hint": False, "meant": None, "seconds": None}


def read_gauger(answer: Answer) -> Answer:
    """Gauger's own words are the closed set."""
    claim = answer["verdict"] not in NO_CLAIM
    return {**answer, "claim": claim, "hint": False, "meant": [answer["verdict"]]}


def ask_gauger(a: Path, b: Path) -> Answer:
    """Gauger's answer from a fresh process: cold, with its start."""
    asked = json.dumps([str(a), str(b)]) + "\n"
    text, cost, broken = watched([sys.executable, str(HERE / "measure.py")], asked)
    if broken:
        print(f"  Gauger broke on {a.name} ~ {b.name}: {broken}", flush=True)
        return {**read_gauger({"verdict": "unread", "statement": broken}), **cost}
    return {**read_gauger(json.loads(text)), **cost}


def ask_gauger_often(pairs: Sequence[tuple[Path, Path]], *, keep: bool = False) -> Iterator[Answer]:
    """Gauger's answers about many pairs from one process; seconds are those of the comparison alone.

    With `keep`, models stay open from pair to pair, and neither time nor bytes are given.
    """
    with tempfile.TemporaryDirectory() as home, (Path(home) / "pairs").open("w+") as asked:
        asked.writelines(json.dumps([str(a), str(b)]) + "\n" for a, b in pairs)
        asked.seek(0)
        command = [sys.executable, str(HERE / "measure.py"), *(["--keep"] if keep else [])]
        with subprocess.Popen(
            command, stdin=asked, stdout=subprocess.PIPE, text=True, env=environment(home)
        ) as child:
            for line in child.stdout or ():
                answer = json.loads(line)
                cost = {"seconds": answer["inner_seconds"]}
                if keep:
                    cost = dict.fromkeys(("seconds", "peak_mb", "read_bytes", "total_bytes"))
                yield {**read_gauger(answer), **cost}
            if child.wait():
                raise RuntimeError("Gauger broke on a pair")


def version(tool: Tool) -> str:
    """The peer's version, as pip knows it."""
    package = "modeldna" if "modeldna" in tool.name else "cisco-ai-provenance-kit"
    shown = subprocess.run(
        [str(Path(tool.program).with_name("python")), "-m", "pip", "show", package],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return next((line.split(": ")[1] for line in shown.splitlines() if line.startswith("Version")), "?")
