"""Fuzzes the reader of GGUF: `python tests/fuzz/fuzz_gguf.py -max_total_time=60`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("gguf")
