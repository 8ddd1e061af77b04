"""Fuzzes the readers of tar files and images: `python tests/fuzz/fuzz_archives.py -max_total_time=60`."""

from target import fuzz

if __name__ == "__main__":
    fuzz("tar", "packed_tar", "image_manifest", "image_index", "saved_images")
