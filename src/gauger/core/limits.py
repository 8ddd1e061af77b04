"""How much of anything Gauger will read: one object, passed down, so that no part invents its own bound."""

from __future__ import annotations

import msgspec

from gauger.core.errors import LimitExceeded

_KIB = 1024
_MIB = 1024 * _KIB


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds on hostile input. Sizes are bytes, depths are levels of nesting, times are seconds.

    The defaults let every real file named in the project's references through with room to spare and keep
    the whole of `gauger check` under 1 GB: the largest safetensors header seen in public is about 10 MB (the
    format's reference implementation caps it at 100 MB), the largest tokenizer about 35 MB.

    Source: the 100 MB header cap is documented in the safetensors format description
        (https://huggingface.co/docs/safetensors/index).
    """

    text_file_bytes: int = 8 * _MIB
    """A source, configuration or document file; a longer one is not parsed."""
    line_bytes: int = 1 * _MIB
    """One line of such a file."""
    header_bytes: int = 100 * _MIB
    """A model file's header: safetensors JSON, GGUF key-values and tensor directory, an ONNX graph."""
    tokenizer_bytes: int = 64 * _MIB
    """`tokenizer.json`, a SentencePiece model, a vocabulary."""
    string_bytes: int = 4 * _MIB
    """One string inside a header."""
    items: int = 2_000_000
    """Entries of one list inside a header: vocabulary pieces, merges, tensors."""
    tensors: int = 200_000
    """Tensors of one model."""
    depth: int = 64
    """Levels of nesting in JSON, YAML, protobuf, pickles and folders inside archives."""
    nodes: int = 400_000
    """Nodes of one parsed document, aliases expanded (a YAML bomb ends here)."""
    block_bytes: int = 8 * _MIB
    """One block of tensor data held in memory at a time."""
    files: int = 1_000_000
    """Files that one scan looks at."""
    folder_depth: int = 128
    """Levels of folders below the scanned root."""
    archive_members: int = 100_000
    """Members of one archive."""
    archive_depth: int = 4
    """Archives inside archives: an image in an archive in a folder is two deep."""
    unpacked_members: int = 1_000_000
    """Members of all archives and image layers that one scan lists."""
    unpacked_bytes: int = 64 * 1024 * _MIB
    """Bytes to which packed archives and layers of one scan unpack, and bytes of checked digests."""
    kept_bytes: int = 16 * 1024 * _MIB
    """Of those, bytes that are kept in temporary files while the scan runs."""
    unpack_ratio: int = 200
    """Unpacked bytes for each packed byte of one archive, once 64 MiB were unpacked."""
    images: int = 200
    """Images of one image file, platforms counted one by one."""
    image_layers: int = 1_000
    """Layers of one image."""
    hops: int = 16
    """Steps that the resolver follows from a name to its value."""
    fetched_bytes: int = 64 * 1024 * _MIB
    """Bytes that one run reads over the network."""
    unranged_bytes: int = 256 * _MIB
    """A remote file that its server does not send by range; it is read whole."""
    listed_files: int = 20_000
    """Files of one remote folder, repository or bucket prefix that are looked through."""
    parse_s: float = 20.0
    """Wall time for one file; checked between steps, so a single step may overrun it."""

    def check(self, value: int, field: str, *, subject: str = "") -> int:
        """Is this amount within the bound of that name?

        Args:
            value: The amount that a file asks for.
            field: The name of a field of this class.
            subject: The file, for the message.

        Returns:
            `value`, unchanged, so that a read can be written around the check.

        Raises:
            LimitExceeded: `value` is negative or above the bound.
        """
        bound = getattr(self, field)
        if value < 0 or value > bound:
            raise LimitExceeded(f"{field} is {value}, the bound is {bound}", subject=subject)
        return value


DEFAULT_LIMITS = Limits()
"""The bounds that the command line uses."""
