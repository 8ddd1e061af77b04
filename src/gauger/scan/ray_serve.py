"""Which models does a Ray Serve configuration load, and under which names does it serve them?"""

from __future__ import annotations

import re

from gauger.scan.collector import Collected, FileView
from gauger.scan.document_kinds import document_kind
from gauger.scan.harvest import Harvest
from gauger.scan.model_keys import read_model_keys
from gauger.scan.yaml_place import yaml_documents

_HINT = re.compile(r"^applications\s*:", re.MULTILINE)


class RayServe:
    """Ray Serve's configuration files, told by their applications."""

    ident = "ray-serve"
    globs: tuple[str, ...] = ("**/*.yml", "**/*.yaml")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read every application's arguments.

        Source: https://docs.ray.io/en/latest/serve/production-guide/config.html

        Raises:
            Malformed: a file with `applications` is not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        text = view.text()
        harvest = Harvest()
        if "import_path" not in text or not _HINT.search(text):
            return harvest.collected()
        for document in yaml_documents(text, str(view.path), view.limits):
            if document_kind(document) == "ray-serve":
                read_model_keys(document, self.ident, harvest)
        return harvest.collected()
