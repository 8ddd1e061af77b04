"""Fuzzes the reader of PyTorch archives: `python tests/fuzz/fuzz_pytorch_zip.py -max_total_time=60`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("pytorch_zip")
