"""Trains the zoo: a family of tiny models whose lineage is known, from seeds.

    python bench/zoo/make.py [--only NAME …] [--out FOLDER] [--jobs 2] [--list]

Folders with `truth.json` go to `.cache/zoo`; a folder whose recipe did not change is left alone. `--only`
takes names or shell patterns (`llama-00*`), and makes what those start from too.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import shutil
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one process a model; sums in one order

from zoo import files, text
from zoo.build import built, measured
from zoo.folders import content_digest, save_model
from zoo.recipes import Recipe, recipes
from zoo.truth import Truth

OUT = Path(__file__).parents[2] / ".cache" / "zoo"


def wanted(all_of_them: dict[str, Recipe], patterns: list[str]) -> dict[str, Recipe]:
    """The recipes asked for and everything that they need, in order."""
    todo = [n for n in all_of_them if not patterns or any(fnmatch.fnmatch(n, p) for p in patterns)]
    names: set[str] = set()
    while todo:
        name = todo.pop()
        names.add(name)
        todo += [needed for needed in all_of_them[name].inputs if needed not in names]
    return {name: recipe for name, recipe in all_of_them.items() if name in names}


def digests(all_of_them: dict[str, Recipe]) -> dict[str, str]:
    """The digest of every recipe, in an order in which inputs come first."""
    known: dict[str, str] = {}
    read = text.digest()

    def digest(name: str) -> str:
        if name not in known:
            for needed in all_of_them[name].inputs:
                digest(needed)
            known[name] = all_of_them[name].digest(known, read)
        return known[name]

    for name in all_of_them:
        digest(name)
    return known


def ready(folder: Path, digest: str) -> bool:
    """Is the model there, made by this recipe?"""
    mark = folder / "recipe"
    return mark.exists() and mark.read_text() == digest


def load(folder: Path) -> files.Model:
    """A model that others start from: a folder, or an adapter."""
    adapter = folder / "adapter_model.safetensors"
    if adapter.exists():
        return files.Model(files.read_safetensors(adapter), {})
    return files.read_folder(folder)


def make(recipe: Recipe, out: Path, digest: str) -> float:
    """Make one model; gives the seconds that it took."""
    start = time.perf_counter()
    folder = out / recipe.name
    shutil.rmtree(folder, ignore_errors=True)
    inputs = [load(out / name) for name in recipe.inputs]
    model = built(recipe, inputs)
    save_model(folder, model, recipe.save)
    facts = {**recipe.options, **measured(recipe, model, inputs), "save": recipe.save}
    facts |= {"taught_by": recipe.taught_by, "sha256": content_digest(folder)}
    root = recipe.roots[0]
    how = f"{recipe.make} of {', '.join(recipe.inputs) or 'a seed'}"
    Truth(recipe.name, recipe.family, root, how, recipe.parents, recipe.roots, facts).write(folder)
    (folder / "recipe").write_text(digest)
    return time.perf_counter() - start


def sweep(out: Path, names: set[str]) -> None:
    """Remove models that no recipe names any more."""
    for mark in sorted(out.glob("*/recipe")):
        if mark.parent.name not in names:
            shutil.rmtree(mark.parent)


def make_all(chosen: dict[str, Recipe], known: dict[str, str], out: Path, jobs: int) -> None:
    """Make what is missing, as soon as its inputs are there."""
    todo = [r for n, r in chosen.items() if not ready(out / n, known[n])]
    missing = {recipe.name for recipe in todo}
    for part in text.PARTS:
        text.tokens(part)
    text.labelled()
    running: dict[Future[float], Recipe] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        while todo or running:
            for recipe in [r for r in todo if missing.isdisjoint(r.inputs)]:
                todo.remove(recipe)
                running[pool.submit(make, recipe, out, known[recipe.name])] = recipe
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                recipe = running.pop(done)
                print(f"{recipe.name:44} {done.result():6.1f} s", flush=True)
                missing.discard(recipe.name)


def main() -> int:
    """Make the zoo, or list it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    everything = recipes()
    chosen = wanted(everything, asked.only)
    if asked.list:
        print("\n".join(chosen))
        return 0
    start = time.perf_counter()
    asked.out.mkdir(parents=True, exist_ok=True)
    sweep(asked.out, set(everything))
    make_all(chosen, digests(everything), asked.out, asked.jobs)
    print(f"{len(chosen)} models in {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
