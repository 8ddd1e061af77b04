"""Finds the policy wording that a claim is about."""

from pathlib import Path

import yaml
from sentence_transformers import CrossEncoder, SentenceTransformer

SETTINGS = yaml.safe_load((Path(__file__).parent / "settings.yaml").read_text())

embedder = SentenceTransformer(SETTINGS["search"]["embedding_model"])
reranker = CrossEncoder(SETTINGS["search"]["reranker_model"])


def best(question: str, passages: list[str]) -> list[str]:
    vectors = embedder.encode([question, *passages], normalize_embeddings=True)
    near = sorted(range(len(passages)), key=lambda i: -float(vectors[0] @ vectors[i + 1]))
    near = near[: 4 * SETTINGS["search"]["results"]]
    scores = reranker.predict([(question, passages[i]) for i in near])
    ranked = sorted(zip(scores, near, strict=True), reverse=True)
    return [passages[i] for _, i in ranked[: SETTINGS["search"]["results"]]]
