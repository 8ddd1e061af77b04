"""What does a YAML file of the knowledge base say, before it is a record?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from gauger.core.errors import CatalogueError, LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.text import printable
from gauger.formats.bounded_yaml import could_be_large, yaml_nodes


class CatalogueLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader (in C where it is built), with dates, `yes` and `no` left as the text written."""


_AS_TEXT = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
CatalogueLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _AS_TEXT]
    for first, resolvers in CatalogueLoader.yaml_implicit_resolvers.items()
}
CatalogueLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


_MOST_BYTES = DEFAULT_LIMITS.text_file_bytes


def read_text(path: Path, subject: str) -> Any:
    """The plain value of a file.

    Raises:
        CatalogueError: unreadable, not YAML, or nested or multiplied by aliases beyond what a record needs.
    """
    data = file_bytes(path, subject)
    try:
        if b"&" in data or could_be_large(data.decode("utf-8", "replace"), DEFAULT_LIMITS):
            yaml_nodes(data, DEFAULT_LIMITS, subject)
        return yaml.load(data, Loader=CatalogueLoader)  # noqa: S506 - PyYAML's safe loader
    except (Malformed, LimitExceeded) as error:
        raise CatalogueError(error.message, subject=subject) from error
    except yaml.YAMLError as error:
        raise CatalogueError(f"not YAML: {error}", subject=subject) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:  # a number or tag that is none
        raise CatalogueError(f"not YAML: {printable(str(error), 120)}", subject=subject) from error


def file_bytes(path: Path, subject: str) -> bytes:
    """The bytes of one file of the knowledge base, so many as a text file may have.

    Raises:
        CatalogueError: it cannot be read, is too long, or is a pipe or device, which would never end.
    """
    try:
        if not path.is_file():
            raise CatalogueError("is not a file", subject=subject)
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CatalogueError(error.strerror or "cannot be read", subject=subject) from error
    if len(data) > _MOST_BYTES:
        raise CatalogueError(f"has more than {_MOST_BYTES} bytes", subject=subject)
    return data
