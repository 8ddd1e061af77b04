"""Which tool finds the models of the labelled stack, and is right about who serves them?

    python bench/scan/run.py [--tool NAME ...] [--peer NAME=COMMAND ...] [--runs 3] [--show NAME]

Runs Gauger and every peer that is installed (in PATH, or given by `--peer`) over the stack and prints, side
by side: recall, precision, wrong attributions, controls raised, seconds and memory. `--show NAME` lists what
that tool missed, invented and attributed wrongly. What the columns mean, how a match is decided: README.md.
Another stack is scored by `--stack FOLDER --answers FILE.tsv` (id, what, expression on the identity, file).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import model_files
from labels import STACK, Answers, load, load_table, problems, spellings
from scoring import Score, Share, score
from tools import TOOLS, Tool

ALONE = ("unshare", "--map-root-user", "--net")  # a network namespace that has no interface

# Started from a small process of its own: the system counts a parent's memory as its child's.
WATCH = """
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.call(sys.argv[2:])
seconds = time.perf_counter() - started
with open(sys.argv[1], "w") as file:
    print(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=file)
"""


@dataclass(frozen=True)
class Run:
    """One tool's score, and what it cost: median seconds, and the most memory that it held in MB."""

    tool: Tool
    version: str
    score: Score
    seconds: float
    memory_mb: float


def build(root: Path) -> Path:
    """The stack with its model files, outside any working tree."""
    stack = root / "stack"
    shutil.copytree(STACK, stack)
    model_files.write(stack)
    return stack


def find(tool: Tool, given: dict[str, str]) -> str | None:
    """The program, if it is here: as given, beside this Python, or in PATH."""
    if tool.name in given:
        return given[tool.name]
    beside = Path(sys.executable).with_name(tool.name)
    return str(beside) if beside.exists() else shutil.which(tool.name)


def can_isolate() -> bool:
    """May this user make a network namespace?"""
    if shutil.which(ALONE[0]) is None:
        return False
    return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0


def timed(command: Sequence[str], out: Path, folder: Path) -> tuple[float, float]:
    """Seconds of one run and the most memory of its processes, in MB (of the largest, not of the sum)."""
    quiet = {**os.environ, "AI_BOM_TELEMETRY": "0", "NO_COLOR": "1"}
    cost, printed = out.with_suffix(".cost"), out.with_suffix(".stdout")
    watched = [sys.executable, "-I", "-S", "-c", WATCH, str(cost), *command]
    with printed.open("wb") as file:
        subprocess.run(watched, stdout=file, stderr=subprocess.DEVNULL, cwd=folder, env=quiet, check=True)
    if not out.exists():
        shutil.move(printed, out)
    seconds, size = map(float, cost.read_text(encoding="utf-8").split())
    return seconds, size / (1 << 20 if sys.platform == "darwin" else 1024)


def measure(tool: Tool, program: str, stack: Path, answers: Answers, runs: int, prefix: Sequence[str]) -> Run:
    """Run a tool a few times, and score what it said the last time."""
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"{tool.name}.json"
        filled = {"tool": program, "stack": str(stack), "out": str(out)}
        for _ in range(runs):
            out.unlink(missing_ok=True)
            costs.append(timed([*prefix, *(part.format(**filled) for part in tool.command)], out, stack))
        reports = tool.read(out, stack)
    result = score(answers, reports, spellings())
    seconds, memory = (statistics.median(column) for column in zip(*costs, strict=True))
    return Run(tool, version(tool, program), result, seconds, memory)


def version(tool: Tool, program: str) -> str:
    """What the tool calls itself, as far as it says so in one line."""
    if not tool.version:
        return ""
    done = subprocess.run([program, *tool.version], capture_output=True, text=True, check=False)
    words = (done.stdout or done.stderr).split()
    numbers = (re.match(r"v?(\d[\w.]*)", word.strip("(,)")) for word in words)
    return next((number[1] for number in numbers if number), "")


def percent(share: Share) -> str:
    """A share with its interval, in percent."""
    low, high = share.interval
    return f"{share.value:4.0%} ({low:.0%}–{high:.0%})"


def table(runs: Sequence[Run]) -> str:
    """All tools side by side, as a Markdown table."""
    heads = (
        "tool",
        "named",
        "placed",
        "recall",
        "precision",
        "true names",
        "wrong",
        "unresolved",
        "controls",
    )
    rows = [(*heads, "s", "MB"), ("---",) + ("--:",) * (len(heads) + 1)]
    for run in runs:
        got = run.score
        known = len(got.known)
        unknown = len(got.answers.uses) - known
        rows.append(
            (
                f"{run.tool.name} {run.version}".strip(),
                percent(Share(len(got.named), known)),
                percent(Share(len(got.placed), known)),
                percent(got.recall),
                percent(got.precision) if got.answers.complete else "?",
                percent(got.names) if got.answers.complete else "?",
                str(len(got.wrong)),
                f"{len(got.told)}/{unknown}",
                f"{len({control.id for control, _ in got.raised})}/{len(got.answers.controls)}",
                f"{run.seconds:.1f}",
                f"{run.memory_mb:.0f}",
            )
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def parts(head: str, columns: Sequence[dict[str, Share]], runs: Sequence[Run]) -> str:
    """Found of all, for each part of the stack, a column a tool, as a Markdown table."""
    rows = [(head, "uses", *(run.tool.name for run in runs)), ("---",) + ("--:",) * (len(runs) + 1)]
    for part, share in columns[0].items():
        rows.append((part, str(share.whole), *(str(column[part].part) for column in columns)))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def details(result: Score) -> str:
    """What a tool missed, invented, raised and attributed wrongly, line by line."""
    lines = []
    for label in result.answers.uses:
        place = f"{label.places[0].file}:{label.places[0].line}"
        if not label.named:
            if label.id not in result.told:
                lines.append(f"not told  {label.id} {place} [{label.idiom}] {label.text}")
            continue
        if label.id not in result.bound:
            kind = (
                "unbound"
                if label.id in result.placed
                else "elsewhere"
                if label.id in result.named
                else "missing"
            )
            who = "/".join(sorted(label.provider)) or "-"
            lines.append(
                f"{kind:9} {label.id} {place} [{label.idiom}] {(label.identity or ('',))[0]} by {who}"
            )
    for label, report in result.wrong:
        where = f"{report.file}:{report.line}"
        lines.append(f"wrong     {label.id} {where} {report.identity} given to {'/'.join(report.providers)}")
    lines += [
        f"control   {c.id} {c.place.file}:{c.place.line} {c.identity} ({c.reason})" for c, _ in result.raised
    ]
    lines += [f"false     {one.file}:{one.line} {one.identity or '(unresolved)'}" for one in result.false]
    return "\n".join(lines)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What the caller asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tool", action="append", choices=[tool.name for tool in TOOLS], help="only these")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=COMMAND", help="where a peer lies"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often each is run; the median counts")
    parser.add_argument("--show", action="append", default=[], metavar="TOOL", help="list its mistakes")
    parser.add_argument("--stack", type=Path, help="another stack")
    parser.add_argument("--answers", type=Path, help="its answers, a tab-separated table")
    asked = parser.parse_args(words)
    if (asked.stack is None) != (asked.answers is None):
        parser.error("--stack and --answers go together")
    return asked


def main(words: Sequence[str]) -> int:
    """Run, score, print. Exit code 1 when the answers do not fit the stack or no tool is here."""
    asked = arguments(words)
    given = dict(one.split("=", 1) for one in asked.peer)
    prefix = ALONE if can_isolate() else ()
    answers = load_table(asked.answers) if asked.answers else load()
    done: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="bench-scan-") as folder:
        stack = asked.stack.resolve() if asked.stack else build(Path(folder))
        for problem in (wrong := [] if asked.answers else problems(answers, stack)):
            print(problem, file=sys.stderr)
        for tool in TOOLS:
            program = find(tool, given)
            if wrong or program is None or tool.name not in (asked.tool or [tool.name]):
                continue
            print(f"running {tool.name}", file=sys.stderr)
            try:
                done.append(measure(tool, program, stack, answers, asked.runs, prefix))
            except (OSError, ValueError, KeyError) as error:
                print(f"{tool.name} is left out: its output could not be read ({error!r})", file=sys.stderr)
    if not done:
        return 1
    print(f"{len(answers.uses)} uses, {len(answers.controls)} controls", end="; ")
    print("without a network" if prefix else "no network namespace could be made: tools could reach out")
    folders = [run.score.by_folder(run.score.bound) for run in done]
    surfaces = [run.score.by_surface(run.score.named) for run in done]
    print(f"\n{table(done)}")
    print(f"\nUses with model, place and provider right, per firm:\n\n{parts('firm', folders, done)}")
    print(f"\nUses named, per surface:\n\n{parts('surface', surfaces, done)}")
    for run in done:
        if run.tool.name in asked.show:
            print(f"\n{run.tool.name}:\n{details(run.score)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
