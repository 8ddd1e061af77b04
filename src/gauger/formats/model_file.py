"""What every reader of weights returns: a directory of tensors and what the header says."""

from __future__ import annotations

import msgspec

from gauger.core.record import Facts


class Encoding(msgspec.Struct, frozen=True, kw_only=True):
    """How bytes that do not simply stand in the file are had from it.

    Attributes:
        kind: `deflate`: a stretch that unpacks to the storage (a member of an archive); `varints`: packed
            base-128 numbers; `tagged-varints`, `tagged-4`, `tagged-8`: each number behind its own tag of one
            byte (repeated fields of a protobuf message that were not packed).
        offset: Of the first encoded byte, from the start of the part.
        size_bytes: Of the encoded bytes.
        begin: Where the tensor begins in the unpacked bytes.
        unpacked_bytes: What the whole stretch unpacks to; 0 where that does not matter.
    """

    kind: str
    offset: int
    size_bytes: int
    begin: int = 0
    unpacked_bytes: int = 0


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
        strides: Elements from one number to the next along each dimension, where the numbers do not stand row
            by row (a transposed view); else empty.
        encoding: Where the bytes have to be unpacked; then `offset` is -1.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    source: int = 0
    offset: int
    size_bytes: int
    strides: tuple[int, ...] = ()
    encoding: Encoding | None = None


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


class QuantisedPair(msgspec.Struct, frozen=True, kw_only=True):
    """A weight in small integers and what turns it into numbers: `(weight - zero_point) * scale`.

    Attributes:
        weight: Name of the integer tensor.
        scale: Name of its scale: one number, or one for each row or column.
        zero_point: Name of its zero point, or empty for 0.
        axis: Along which a list of scales runs; ONNX's own default is 1. A scale with as many dimensions as
            the weight is broadcast instead.
        divide: Whether the integers are divided by the scale (CTranslate2), not multiplied.
        block: Numbers that share a scale along `axis`, where each has not its own; 0: told from the sizes.
        kind: Empty for numbers that stand as such; `nbits`: codes of `bits` packed along the last dimension
            of `shape`, each row in whole bytes (ONNX Runtime's MatMulNBits); `nf4`, `fp4`: as bitsandbytes
            has them.
        bits: Of one code of `nbits`.
        shape: Of the weight, where its integers are packed.
    """

    weight: str
    scale: str
    zero_point: str = ""
    axis: int = 1
    divide: bool = False
    block: int = 0
    kind: str = ""
    bits: int = 8
    shape: tuple[int, ...] = ()


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model as its own files describe it.

    Attributes:
        format: As `sniff` names it: `safetensors`, `gguf`, `onnx`, `pytorch-zip`, `pickle`, `tflite` ...
        parts: Names of the files that belong to it, in order.
        tensors: All tensors, in file order.
        metadata: What the header says, as plain small values (strings cut to 4,000 characters); long arrays
            are left out.
        tokenizer: The tokenizer inside the file (GGUF), or None.
        remarks: Things that are odd but did not stop the reading: a shard that the index does not name.
        unsafe: Names that a pickle would have called on loading, outside the known harmless ones.
        pairs: Weights in small integers with the tensors that hold their scales, by weight name.
        read_bytes: Bytes read to learn all this.
    """

    format: str
    parts: tuple[str, ...]
    tensors: tuple[TensorEntry, ...]
    metadata: Facts = {}
    tokenizer: TokenizerFacts | None = None
    remarks: tuple[str, ...] = ()
    unsafe: tuple[str, ...] = ()
    pairs: tuple[QuantisedPair, ...] = ()
    read_bytes: int = 0
