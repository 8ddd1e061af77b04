"""How often is the behaviour test right? Students of known teachers, non-students, and independent seeds.

    python bench/zoo/behaviour.py [--zoo .cache/zoo] [--prompts own|text] [--ground characters] [--count 120]

Needs the zoo (`python bench/zoo/make.py`); uses those of its models that are there. `text` asks with pieces
of Python that no model was trained on, `own` with the built-in prompts, which are mostly English: far from
what the zoo's models know. Prints one table for each question.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import permutations
from pathlib import Path

import msgspec
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from zoo import text

from gauger.core.readings import Measured
from gauger.runtime.local import local_runner
from gauger.runtime.prompts import Prompt
from gauger.runtime.run import Run, Settings
from gauger.stats.combine import clopper_pearson, uniform_ks
from gauger.trace.behaviour.closeness import closeness
from gauger.trace.behaviour.ground import Apart, apart
from gauger.trace.behaviour.judge import THRESHOLD, Cast, judge
from gauger.trace.behaviour.questions import own_prompts

ZOO = Path(__file__).parents[2] / ".cache" / "zoo"
TEACHERS = ("llama-00", "llama-01")
LENGTH, EVERY = 160, 700  # characters of a prompt, and from one prompt's start to the next


def held_out(count: int) -> tuple[Prompt, ...]:
    """Prompts from the last tenth of the parts, which training leaves out; cut at the last word's end."""
    found: list[Prompt] = []
    for name in ("main", "third"):
        whole = text.part(name)
        tail = whole[-len(whole) // 10 + 1000 :]
        for start in range(0, len(tail) - LENGTH, EVERY):
            piece = tail[start : start + LENGTH].rsplit(None, 1)[0].strip("\f").rstrip()
            if len(piece) > LENGTH // 2:
                found.append(Prompt(text=piece, domain=name))
    step = max(1, len(found) // count)
    return tuple({p.text: p for p in found[::step]}.values())[:count]


def runs_of(zoo: Path, names: list[str], prompts: tuple[Prompt, ...]) -> dict[str, Run]:
    """Everybody's answers, for those whose folders are there."""
    present = [name for name in names if (zoo / name / "model.safetensors").is_file()]
    return {name: local_runner(zoo / name, name).run(prompts, Settings()) for name in present}


def show(subject: str, runs: dict[str, Run], controls: list[str], truth: str = "") -> tuple[bool, bool]:
    """One subject against both teachers. Returns: is the first one the truth; is any significant."""
    judgement = judge(runs, Cast(subject=subject, candidates=TEACHERS, controls=tuple(controls)), {})
    for verdict in judgement.verdicts:
        close = verdict.closeness
        if (
            close is None
            or not isinstance(close.apart, Measured)
            or not isinstance(close.over_models, Measured)
        ):
            print(f"  {subject:28} {verdict.candidate:10} no test: {verdict.adjusted}")
            continue
        p_value = verdict.adjusted.value if isinstance(verdict.adjusted, Measured) else float("nan")
        print(
            f"  {subject:28} {verdict.candidate:10} {'true' if verdict.candidate == truth else '':5}"
            f"{close.apart.value:7.4f} {close.nearest_apart:7.4f} {close.ahead:5.0%}  "
            f"{close.over_prompts:8.1e} "
            f"{close.over_models.value:8.1e}  {p_value:8.1e}  {len(close.controls)}  {verdict.cell.behaviour}"
        )
    first = judgement.verdicts[0]
    return first.candidate == truth and first.cell.behaviour == "closer", not judgement.none_of_these


def head(title: str) -> None:
    """A table's head."""
    print(f"\n{title}")
    columns = f"{'diverg.':>13} {'control':>7} ahead  p prompt  p models  adjusted  K  verdict"
    print(f"  {'subject':28} {'candidate':10}{columns}")


def null(found: Apart, names: list[str], controls: int, most: int) -> None:
    """Independent seeds of equal training: controls drawn anew for each pair; how often is it significant?"""
    rng = np.random.default_rng(1)
    pairs = list(permutations(names, 2))
    chosen = [pairs[n] for n in rng.permutation(len(pairs))[:most]]
    prompts, models = [], []
    for subject, candidate in chosen:
        others = [name for name in names if name not in (subject, candidate)]
        drawn = [others[n] for n in rng.permutation(len(others))[:controls]]
        close = closeness(found, subject, candidate, drawn)
        prompts.append(close.over_prompts)
        models.append(close.over_models.value if isinstance(close.over_models, Measured) else 1.0)
    over, single = np.maximum(prompts, models), np.array(prompts)
    wrong, alone = int((over < THRESHOLD).sum()), int((single < THRESHOLD).sum())
    low, high = clopper_pearson(wrong, len(over))
    print(
        f"  {len(names)} seeds, {controls} controls, {len(over)} tests: {wrong} below {THRESHOLD} "
        f"(95 % interval {low:.4f} to {high:.4f}); over prompts alone {alone}; over models alone "
        f"{int((np.array(models) < THRESHOLD).sum())}, Kolmogorov-Smirnov p {uniform_ks(models):.3f}"
    )


def main() -> int:
    """Print the tables; the exit code says whether every student was found and no non-student accused."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--zoo", type=Path, default=ZOO)
    parser.add_argument("--prompts", choices=["own", "text"], default="text")
    parser.add_argument("--ground", choices=["pieces", "characters"], default="pieces")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--null", type=int, default=400, help="tests of independent seeds")
    given = parser.parse_args()
    started = time.monotonic()
    prompts = own_prompts(given.count) if given.prompts == "own" else held_out(given.count)
    students = [f"student{t[-2:]}-{n}" for t in TEACHERS for n in range(3)]
    fresh = [f"control-{n}" for n in range(3)]
    seeds = [f"llama-{n:02}" for n in range(24)]
    children = [f"llama-00.{kind}" for kind in ("tuned-other", "further", "hard", "laundered")]
    runs = runs_of(given.zoo, [*students, *fresh, *seeds, *children], prompts)
    if given.ground == "characters":  # as if nobody knew the tokenizers
        runs = {name: msgspec.structs.replace(run, tokenizer="") for name, run in runs.items()}
    seconds = time.monotonic() - started
    asked = f"{len(prompts)} prompts ({given.prompts}, {given.ground})"
    print(f"{asked}, {len(runs)} models, run in {seconds:.0f} s")
    peers, others = seeds[4:12], [name for name in seeds[12:] if name in runs]
    controls = [name for name in ("llama-02", "llama-03", *peers) if name in runs]
    print("controls: two as skilled as the teachers, eight as skilled as the students")

    head("students: the teacher's outputs alone")
    right = [show(s, runs, controls, f"llama-{s[7:9]}")[0] for s in students if s in runs]
    head("non-students: other seeds, as skilled as the students")
    accused = [show(s, runs, controls)[1] for s in others]
    head("non-students: the students' data and steps; controls of their skill are the others of them")
    accused += [
        show(s, runs, [*controls, *(other for other in fresh if other != s and other in runs)])[1]
        for s in fresh
        if s in runs
    ]
    head("descendants by weights")
    for name in children:
        if name in runs:
            show(name, runs, controls, "llama-00")
    print("\nindependent seeds of equal training")
    equal = [name for name in seeds[4:] if name in runs]
    if len(equal) > 2:
        found = apart([runs[name] for name in equal])
        for count in (3, 5, 10):
            if count + 2 <= len(equal):
                null(found, equal, count, given.null)
    print(
        f"\nstudents found: {sum(right)} of {len(right)}; non-students accused: {sum(accused)} of "
        f"{len(accused)} "
        f"(2 candidates each); {time.monotonic() - started:.0f} s"
    )
    return 0 if right and all(right) and not any(accused) else 1


if __name__ == "__main__":
    sys.exit(main())
