"""Fuzzes the reader of safetensors: `python tests/fuzz/fuzz_safetensors.py -max_total_time=60`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("safetensors")
