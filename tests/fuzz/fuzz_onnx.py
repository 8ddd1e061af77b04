"""Fuzzes the reader of ONNX: `python tests/fuzz/fuzz_onnx.py -max_total_time=60`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("onnx")
