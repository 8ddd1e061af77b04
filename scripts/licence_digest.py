"""Prints the digest of licence texts, as the knowledge base records it under `text-sha256`.

A text is compared and not kept: the repository holds its digest and short quotes only. So that a copy with
other line breaks or indents gives the same digest, all white space is folded to single blanks before. A
leading block between two lines of `---`, in which collections keep their own notes, is no part of the text.

    python scripts/licence_digest.py LICENSE [OTHER …]
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

_NOTES = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def digest(text: str) -> str:
    """Which SHA-256 has this text with its white space folded, as UTF-8?"""
    folded = " ".join(_NOTES.sub("", text.replace("\r\n", "\n"), count=1).split())
    return hashlib.sha256(folded.encode("utf-8")).hexdigest()


def main(paths: list[str]) -> int:
    """One line a file: the digest, two blanks, the file's name."""
    for path in paths:
        print(f"{digest(Path(path).read_text(encoding='utf-8'))}  {Path(path).name}")
    return 0 if paths else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
