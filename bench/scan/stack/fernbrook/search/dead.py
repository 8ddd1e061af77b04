"""Strings that nothing uses."""

HELP = """
Set the model with --model, for example: --model EleutherAI/gpt-j-6b
"""

if __name__ == "__main__":
    print(HELP)
    print("unlike cerebras/Cerebras-GPT-13B this is quick")


def migrate(name):
    """Rename what was stored. Was: `google/flan-ul2`."""
    return name.replace("old", "new")
