"""Which models does a Hugging Face cache hold? Named by the cache's own folders, at their commit."""

from __future__ import annotations

import re

from gauger.core.inventory import Artifact, Location
from gauger.core.text import printable
from gauger.formats.shards import group_shards
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.model_folder import Owner, read_stored_model
from gauger.scan.values import Text

_ENTRY = re.compile(
    r"^(?P<top>(?:.*/)?(?P<kind>models|datasets)--(?P<name>[^/]+))/(?P<part>snapshots|refs)/(?P<rest>.+)$"
)
_WEIGHTS = (".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".index.json")
_NOT_WEIGHTS = ("training_args.bin", "optimizer.pt", "scheduler.pt", "rng_state.pth")


class HuggingFaceCache:
    """`models--Org--Name/snapshots/<commit>/…` and `refs/…`, wherever the cache lies.

    Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
    """

    ident = "huggingface-cache"
    globs: tuple[str, ...] = (
        "**/models--*/snapshots/**",
        "**/models--*/refs/**",
        "**/datasets--*/snapshots/**",
    )
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read a whole snapshot when its first file comes.

        Raises:
            LimitExceeded: above the bounds.
            Unreadable: a file cannot be read.
        """
        harvest = Harvest()
        entry = _ENTRY.match(str(view.path))
        if entry is None:
            return harvest.collected()
        name = entry["name"].replace("--", "/")
        if entry["part"] == "refs":
            self._reference(view, entry, name, harvest)
        elif entry["kind"] == "models":
            self._snapshot(view, entry, name, harvest)
        else:
            self._data_set(view, entry, name, harvest)
        return harvest.collected()

    def _snapshot(self, view: FileView, entry: re.Match[str], name: str, harvest: Harvest) -> None:
        commit, _, _ = entry["rest"].partition("/")
        folder = f"{entry['top']}/snapshots/{commit}"
        files = list(view.tree.files_below(folder))
        if str(view.path) != files[0]:
            return
        shown = printable(name, 300)
        owner = Owner(
            surface="huggingface-cache",
            group=f"hub:{shown}@{printable(commit, 80)}",
            name=shown,
            namespace="hub",
            revision=printable(commit, 80),
        )
        weights = [f for f in files if f.endswith(_WEIGHTS) and not f.endswith(_NOT_WEIGHTS)]
        groups = group_shards(weights)
        before = len(harvest.candidates)
        read_stored_model(view, owner, groups, [f for f in files if f not in weights], harvest)
        if len(harvest.candidates) == before:
            self._named(name, commit, Location(path=files[0]), harvest)

    def _reference(self, view: FileView, entry: re.Match[str], name: str, harvest: Harvest) -> None:
        """A reference without a snapshot: the model was asked for, and its files are not here."""
        if entry["kind"] == "models" and not view.tree.is_folder(f"{entry['top']}/snapshots"):
            commit = view.text().strip()
            if re.fullmatch(r"[0-9a-f]{40}", commit):
                self._named(name, commit, Location(path=str(view.path), line=1), harvest)

    def _named(self, name: str, commit: str, location: Location, harvest: Harvest) -> None:
        """A model of the cache at this commit; without a commit, a data set."""
        artifact = Artifact(
            kind="store-entry" if commit else "dataset",
            location=location,
            title=printable(name, 200),
            format="huggingface-cache",
        )
        harvest.artifacts.append(artifact)
        harvest.candidates.append(
            Candidate(
                surface="huggingface-cache",
                api="snapshot",
                location=location,
                written=printable(name),
                model=Text(text=printable(name, 300), location=location),
                namespace="hub",
                role="stored" if commit else "training-data",
                revision=Text(text=printable(commit, 80), location=location) if commit else None,
                artifact=artifact.id,
                weak=not commit,
            )
        )

    def _data_set(self, view: FileView, entry: re.Match[str], name: str, harvest: Harvest) -> None:
        folder = f"{entry['top']}/snapshots/{entry['rest'].partition('/')[0]}"
        files = view.tree.files_below(folder)
        if str(view.path) != files[0]:
            return
        self._named(name, "", Location(path=files[0]), harvest)
