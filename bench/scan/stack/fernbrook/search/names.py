"""Model names in one place, so that a change is one line."""

EMBEDDER = "intfloat/multilingual-e5-large-instruct"
RERANKER = "BAAI/bge-reranker-v2-m3"
_FAMILY = "Qwen"
SUMMARISER = f"{_FAMILY}/Qwen2.5-14B-Instruct"

BY_TASK = {
    "classify": "microsoft/deberta-v3-large",
    "entities": "urchade/gliner_multi-v2.1",
    "translate": "facebook/nllb-200-distilled-600M",
}
