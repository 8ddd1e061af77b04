"""Which controls of public frameworks does a rule bear on? Data in `frameworks.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.strict import convert
from gauger.formats.bounded_yaml import bounded_yaml
from gauger.report.oscal.fields import Json, token


class Hook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Controls that rules bear on.

    Attributes:
        rules: Beginnings of the ids of instruments.
        framework: Its name, with the edition.
        controls: Ids of the controls there.
        about: What they ask for, in our words.
        source: Where the framework is published.
        read: Whether its wording was read for this edition of the table.
    """

    rules: tuple[str, ...]
    framework: str
    controls: tuple[str, ...]
    about: str
    source: str
    read: bool


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """All hooks.

    Attributes:
        as-of: ISO date of the last change.
        hooks: In the order in which they are shown.
    """

    as_of: str
    hooks: tuple[Hook, ...]


@cache
def table() -> Table:
    """The shipped table."""
    data = (files("gauger.report.oscal") / "frameworks.yaml").read_bytes()
    return convert(bounded_yaml(data, DEFAULT_LIMITS, "frameworks.yaml"), Table, subject="frameworks.yaml")


def hooks_of(instrument: str) -> tuple[Hook, ...]:
    """Which hooks does this rule have?"""
    return tuple(h for h in table().hooks if any(instrument.startswith(rule) for rule in h.rules))


def framework_props(instrument: str) -> list[Json]:
    """The hooks as properties: the framework as name, a control as value."""
    return [
        {"name": token(hook.framework), "ns": f"{_NS}", "value": control, "class": "framework-control"}
        for hook in hooks_of(instrument)
        for control in hook.controls
    ]


_NS = "https://gauger.dev/ns/oscal/frameworks"
