"""Which names in a pickle are known to be harmless? Everything else is reported."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HARMLESS = frozenset(
    {
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.deque",
        "collections.Counter",
        "_codecs.encode",
        "copyreg._reconstructor",
        "copy_reg._reconstructor",
        "datetime.date",
        "datetime.datetime",
        "datetime.timedelta",
        "datetime.timezone",
        "decimal.Decimal",
        "fractions.Fraction",
        "pathlib.PosixPath",
        "pathlib.PurePosixPath",
        "uuid.UUID",
        "numpy.ndarray",
        "numpy.dtype",
        "numpy.random._pickle.__randomstate_ctor",
        "torch.Size",
        "torch.Tensor",
        "torch.device",
        "torch.dtype",
        "torch.nn.parameter.Parameter",
        "torch.serialization._get_layout",
        "torch.storage.TypedStorage",
        "torch.storage.UntypedStorage",
        "torch._tensor._rebuild_from_type_v2",
    }
)
"""Names whose calling builds plain data. `torch.storage._load_from_bytes` is not one: it loads a pickle.

Source: the names that PyTorch's own restricted loading allows
(https://docs.pytorch.org/docs/stable/notes/serialization.html, `weights_only`), and those
that plain types of NumPy and of the standard library pickle to, seen by pickling them."""

_BUILTINS = frozenset(
    {
        "bool",
        "bytearray",
        "bytes",
        "complex",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "object",
        "range",
        "set",
        "slice",
        "str",
        "tuple",
    }
)

_PATTERNS = (
    re.compile(r"numpy\.(core|_core)\.(multiarray\.(_reconstruct|scalar)|numeric\._frombuffer)"),
    re.compile(r"numpy\.dtypes\.\w+DType"),
    re.compile(r"torch\._utils\._rebuild_\w+"),
    re.compile(r"torch\.(cuda\.)?\w+Storage"),
    re.compile(
        r"torch\.(b?float\d+\w*|u?int\d+|half|double|bool|complex\d+|q?u?int\d+|strided|per_\w+_affine)"
    ),
    re.compile(r"torch\.jit\._pickle\.(build_\w+|restore_type_tag)"),
    re.compile(r"__torch__\..*"),
)
"""`__torch__` names are types that a TorchScript archive brings with it, in its own restricted language."""


def unsafe_names(names: Iterable[str]) -> tuple[str, ...]:
    """Which of these names are not known to be harmless? Sorted."""
    return tuple(sorted(name for name in set(names) if not _is_harmless(name)))


def _is_harmless(name: str) -> bool:
    if name in _HARMLESS:
        return True
    module, _, attribute = name.partition(".")
    if module in ("builtins", "__builtin__"):
        return attribute in _BUILTINS
    return any(pattern.fullmatch(name) for pattern in _PATTERNS)
