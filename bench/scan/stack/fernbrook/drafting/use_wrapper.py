"""Who calls the wrapper."""

from .wrapper import complete


def clause(topic):
    """A clause about a topic."""
    return complete(f"Write a clause about {topic}", model="togethercomputer/m2-bert-80M-32k-retrieval")


def from_table(row, prompt):
    """The table of tenants says which model."""
    return complete(prompt, model=row.model_name)
