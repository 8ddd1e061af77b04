"""Fuzzes the readers of JSON, YAML, configs and cards: `python tests/fuzz/fuzz_documents.py`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("json", "yaml", "config", "card", "manifest")
