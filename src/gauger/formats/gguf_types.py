"""GGUF's numbers: tensor types with their block sizes, kinds of values, kinds of tokens.

Source: the GGUF specification (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) and `ggml.h` beside
it; a test compares the table with the constants of the `gguf` package.
"""

from __future__ import annotations

TENSOR_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}
"""Number in the file: name, elements of one block, bytes of one block."""

BLOCKS: dict[str, tuple[int, int]] = {name: (n, size) for name, n, size in TENSOR_TYPES.values()}
"""By name: elements and bytes of one block."""

SCALARS: dict[int, str] = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
"""Value kinds of fixed size, as `struct` codes."""

FLOAT32 = 6
STRING = 8
ARRAY = 9

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
"""Token kinds, those of SentencePiece. Source: `llama_token_type` in llama.cpp,
`sentencepiece_model.proto`."""

TOKENIZER_KINDS = {
    "gpt2": "bpe",
    "llama": "bpe",
    "gemma4": "bpe",
    "bert": "wordpiece",
    "t5": "unigram",
    "plamo2": "unigram",
    "rwkv": "rank-bpe",
}
"""`tokenizer.ggml.model` to our kinds. `llama` is SentencePiece with byte-pair merges. Source: llama.cpp,
`llama_vocab_type`."""
