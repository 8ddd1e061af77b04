"""Names that are only compared."""

RETIRED = frozenset({"text-curie-001", "claude-2.0"})


def is_retired(name: str) -> bool:
    """May this still be used? For instance gpt-4-32k-0613 may not."""
    if name.startswith("gpt-3.5"):
        raise ValueError(f"{name} is too old, try Llama instead")
    return name in RETIRED
