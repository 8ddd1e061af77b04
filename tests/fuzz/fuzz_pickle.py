"""Fuzzes the reader of pickles: `python tests/fuzz/fuzz_pickle.py -max_total_time=60`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("pickle")
