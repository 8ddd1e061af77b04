"""What every reader of weights returns: a directory of tensors and what the header says."""

from __future__ import annotations

import msgspec

from gauger.core.record import Facts


class TensorEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One tensor's place and shape; its numbers stay in the file.

    Attributes:
        name: As written in the file.
        dtype: In the format's own words: `BF16`, `Q4_K`, `FLOAT`, `torch.HalfStorage`.
        shape: Dimensions, outermost first (row-major), whatever the format's own order; `()` for a scalar.
        source: Which of the model's parts holds the bytes: an index into `ModelFile.parts`.
        offset: Of the first byte, from the start of that part; -1 where the bytes are inside a message
            (ONNX `*_data` fields) or compressed.
        size_bytes: Of the stored bytes.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    source: int = 0
    offset: int
    size_bytes: int


class TokenizerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a tokenizer consists of, whatever file it came from.

    Attributes:
        kind: `bpe`, `unigram`, `wordpiece`, `rank-bpe`, or empty where the file does not say.
        pieces: The base vocabulary in id order, as bytes in the file's own spelling (byte-level BPE stays in
            its printable spelling); added tokens are left out.
        merges: Merge rules in order, each as `left` + space + `right`, as bytes; empty where there are none.
        added: Added or special tokens as (id, text), in id order.
        pre: The pre-tokenizer's name, where the file has one (GGUF `tokenizer.ggml.pre`), else empty.
        chat_template: The template's text, or empty.
        declared_class: `tokenizer_class` or the GGUF model name, as declared.
    """

    kind: str = ""
    pieces: tuple[bytes, ...] = ()
    merges: tuple[bytes, ...] = ()
    added: tuple[tuple[int, str], ...] = ()
    pre: str = ""
    chat_template: str = ""
    declared_class: str = ""


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model as its own files describe it.

    Attributes:
        format: `safetensors`, `gguf`, `onnx`, `pytorch-zip`, `pickle`.
        parts: Names of the files that belong to it, in order.
        tensors: All tensors, in file order.
        metadata: What the header says, as plain small values (strings cut to 4,000 characters); long arrays
            are left out.
        tokenizer: The tokenizer inside the file (GGUF), or None.
        remarks: Things that are odd but did not stop the reading: a shard that the index does not name.
        unsafe: Names that a pickle would have called on loading, outside the known harmless ones.
        read_bytes: Bytes read to learn all this.
    """

    format: str
    parts: tuple[str, ...]
    tensors: tuple[TensorEntry, ...]
    metadata: Facts = {}
    tokenizer: TokenizerFacts | None = None
    remarks: tuple[str, ...] = ()
    unsafe: tuple[str, ...] = ()
    read_bytes: int = 0
