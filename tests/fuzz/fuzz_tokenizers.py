"""Fuzzes the readers of tokenizers: `python tests/fuzz/fuzz_tokenizers.py -max_total_time=60`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("tokenizer_json", "tokenizer_config", "sentencepiece", "tiktoken", "vocab_txt", "vocab_json")
