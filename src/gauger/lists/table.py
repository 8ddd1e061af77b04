"""Tables of comma-separated values: rows by column name, with an error that names what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from gauger.core.errors import Malformed
from gauger.core.strict import nearest
from gauger.core.text import printable

Row = dict[str, str]
_PREAMBLE = 5
"""Lines that may stand before the head of a table."""
_COLUMNS = 1_000


def columns_in(lines: list[str], separator: str) -> list[list[str]]:
    """The cells of each of these lines."""
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    except csv.Error:
        return []


def rows(
    file: BinaryIO, required: tuple[str, ...], separator: str, subject: str
) -> Iterator[tuple[int, Row]]:
    """Every row below the table's head, with its line number; what stands before the head comes first.

    The head is the first line with most of the required columns. A line that stands before it comes out
    as one cell under the empty key.

    Raises:
        Malformed: not UTF-8, a column is missing (with the nearest that is there), a row is cut short.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="strict", newline="")
    reader = csv.reader(text, delimiter=separator)
    head: list[str] = []
    cut = 0
    try:
        for row in reader:
            if head:
                if not any(cell.strip("\x1a \t") for cell in row):
                    continue  # an empty line, or the end mark of old systems
                cut = len(row) if len(row) < len(head) else 0
                yield reader.line_num, dict(zip(head, [*row, *[""] * (len(head) - len(row))], strict=False))
            elif _is_head(row, required):
                head = [cell.strip() for cell in row][:_COLUMNS]
                _complete(head, required, subject)
            elif reader.line_num > _PREAMBLE:
                break
            elif any(row):
                yield reader.line_num, {"": separator.join(row)}
    except UnicodeDecodeError as error:
        raise Malformed(
            f"not UTF-8 (byte {error.start} of a block)",
            subject=subject,
            hint="import the file as it was downloaded, not as a spreadsheet program saved it",
        ) from error
    except csv.Error as error:
        raise Malformed(f"line {reader.line_num}: {printable(str(error), 120)}", subject=subject) from error
    finally:
        text.detach()
    if cut:
        raise Malformed(
            f"the last row has {cut} of {len(head)} columns: the file is cut off", subject=subject
        )
    if not head:
        raise Malformed("no line names the columns", subject=subject, hint="expected: " + ", ".join(required))


def _is_head(row: list[str], required: tuple[str, ...]) -> bool:
    named = {cell.strip() for cell in row}
    return 2 * sum(column in named for column in required) > len(required)


def _complete(head: list[str], required: tuple[str, ...], subject: str) -> None:
    for column in required:
        if column not in head:
            guess = nearest(column, head)
            raise Malformed(
                f"the column {column!r} is missing",
                subject=subject,
                hint=f"the nearest that is there is {printable(guess, 60)!r}" if guess else "",
            )
