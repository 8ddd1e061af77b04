"""Vectors for clauses."""

from sentence_transformers import CrossEncoder, SentenceTransformer

from . import names
from .names import RERANKER

# once: SentenceTransformer("sentence-transformers/gtr-t5-xxl")
encoder = SentenceTransformer(names.EMBEDDER)
judge = CrossEncoder(RERANKER, max_length=512)
small = SentenceTransformer("nomic-ai/nomic-embed-text-v1.5", trust_remote_code=True)


def vectors(texts):
    """One row per text."""
    return encoder.encode(texts, normalize_embeddings=True)
