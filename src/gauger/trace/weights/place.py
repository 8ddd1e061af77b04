"""Where in a network a weight matrix sits, in words that no file format chooses."""

from __future__ import annotations

import msgspec

OTHER = "other"
"""The component of a tensor that no part of a transformer could be told for."""

SHARED = "shared"
"""The name of an expert through which every token goes."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the network is it, and what does it do there?

    Attributes:
        component: `embeddings`, `unembedding`, `layers.3`, `layers.3.experts.7`, `layers.3.experts.shared`,
            `vision.layers.2`, `encoder.layers.1`, `decoder.layers.1`, `other`; numbers count from 0.
        role: `gate`, `up`, `down`, `query`, `key`, `value`, `output`, `norm`, `router`, `token-embedding`,
            `position-embedding`, `recurrent-input`, `recurrent-hidden`, `convolution`; empty where it cannot
            be told. Matrices that could not be taken apart keep a joint role: `query-key-value`, `gate-up`.
    """

    component: str = OTHER
    role: str = ""
