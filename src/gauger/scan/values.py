"""What stands where a model's name is expected: text, a name to follow, or something that cannot be known.

Collectors write these down without judging; `gauger.scan.resolve` follows the names across files.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.inventory import Location

NameKind = Literal["environment", "setting", "alias", "variable", "symbol", "path", "constant"]
"""What kind of name is followed.

environment: a process environment name (`OPENAI_MODEL`). setting: a key in a settings file that code reads,
written `file#key.path` (`config/settings.yaml#generation.model`), or `#key.path` where the file is not known.
alias: a model name that a gateway or a server gives to another (`gpt-4o` in a LiteLLM file, vLLM's
`--served-model-name`). variable: a template's or Terraform's variable, local or value (`var.model_id`,
`.Values.modelSpec[0].modelURL`). symbol: a name in a programming language, written `module:name`. path: a
folder or file inside the stack. constant: a constant of a library, whose name may tell the model's id
(`ChatModelGPT4o`).
"""


class Text(msgspec.Struct, frozen=True, kw_only=True, tag="text"):
    """Text that is written out.

    Attributes:
        text: The text itself, already made printable.
        location: Where it stands.
    """

    text: str
    location: Location


class Name(msgspec.Struct, frozen=True, kw_only=True, tag="name"):
    """A name to follow.

    Attributes:
        kind: What kind of name.
        name: The name.
        location: Where it is used.
        default: What holds when nothing else defines it, or None.
    """

    kind: NameKind
    name: str
    location: Location
    default: Value | None = None


class Joined(msgspec.Struct, frozen=True, kw_only=True, tag="joined"):
    """Parts written one after another: an f-string, a concatenation, `${A}/${B}`."""

    parts: tuple[Value, ...]


class Either(msgspec.Struct, frozen=True, kw_only=True, tag="either"):
    """One of several, and the text does not tell which: both branches of a condition, a loop over a list."""

    options: tuple[Value, ...]


class Opaque(msgspec.Struct, frozen=True, kw_only=True, tag="opaque"):
    """Something that cannot be followed.

    Attributes:
        why: What stopped it, in a few words: `a function's parameter`, `read from the network`.
        location: The place where the chain broke.
        absent: Nothing stands there, as far as the stack goes: a parameter that is `None` unless it is given.
    """

    why: str
    location: Location
    absent: bool = False


Value = Text | Name | Joined | Either | Opaque
"""What a collector found where a value was expected."""
