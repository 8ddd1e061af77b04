"""What does a YAML file of the knowledge base say, before it is a record?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from gauger.core.errors import CatalogueError


class CatalogueLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader (in C where it is built), with dates, `yes` and `no` left as the text written."""


_AS_TEXT = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
CatalogueLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _AS_TEXT]
    for first, resolvers in CatalogueLoader.yaml_implicit_resolvers.items()
}
CatalogueLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_text(path: Path, subject: str) -> Any:
    """The plain value of a file.

    Raises:
        CatalogueError: unreadable, or not YAML.
    """
    try:
        return yaml.load(path.read_bytes(), Loader=CatalogueLoader)  # noqa: S506 - PyYAML's safe loader
    except OSError as error:
        raise CatalogueError(error.strerror or "cannot be read", subject=subject) from error
    except yaml.YAMLError as error:
        raise CatalogueError(f"not YAML: {error}", subject=subject) from error
