"""`gauger compute`: how a modification compares with a third of the original's training compute."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import options
from gauger.core.errors import UsageError
from gauger.core.exits import Exit
from gauger.core.text import printable


@click.command()
@click.option("--parameters", type=float, metavar="N", help="Parameters of the model that was trained: 7e9.")
@click.option("--tokens", type=float, metavar="N", help="Tokens it was trained on, every pass counted: 2e9.")
@click.option("--flop", type=float, metavar="N", help="Operations, where they were counted in another way.")
@click.option("--original-flop", type=float, metavar="N", help="Compute of the original's training.")
@click.option("--original", default="", metavar="NAME", help="The original: its recorded compute is used.")
@click.option(
    "--systemic-risk/--no-systemic-risk",
    default=None,
    help="Is the original a model with systemic risk? Decides where its compute is not known.",
)
@options.catalogue
def compute(
    parameters: float | None,
    tokens: float | None,
    flop: float | None,
    original_flop: float | None,
    original: str,
    *,
    systemic_risk: bool | None,
    catalogue_path: Path | None,
) -> int:
    """Count a modification's compute, and compare it with a third of the original's (EU AI Act).

    The count is 6 × parameters × tokens. Above a third of the original's training compute, the Commission
    takes whoever modified the model for the provider of the modification.
    """
    from gauger.assess.compute import is_count, spent, third
    from gauger.core.profile import Modification

    if not all(is_count(number) for number in (parameters, tokens, flop, original_flop)):
        raise UsageError("every count is a number above 0", subject="compute", hint="write 7e9")
    if flop is None and (parameters is None or tokens is None):
        raise UsageError(
            "nothing to count", subject="compute", hint="give --parameters and --tokens, or --flop"
        )
    known = original_flop
    if known is None and original:
        known = _recorded(original, catalogue_path)
    taken = spent(Modification(model="x", parameters=parameters, tokens=tokens, flop=flop))
    if not is_count(taken):
        raise UsageError(
            "so many operations are beyond what can be counted",
            subject="compute",
            hint="look at the exponents",
        )
    found = third(taken, known, systemic_risk=systemic_risk)
    lines = [
        ("modification", f"{taken:.3g} floating-point operations"),
        ("original", f"{known:.3g} floating-point operations" if known is not None else "not known here"),
        ("share", f"{found.share:.3g}" if found.share is not None else "not known"),
        ("threshold", f"{found.threshold:.3g}" if found.threshold is not None else "depends, see below"),
        ("verdict", found.verdict),
        ("because", found.because),
        (
            "source",
            "Commission guidelines C(2025) 7719, points 60 and 61: indicative, not the text of the Act",
        ),
    ]
    for name, words in lines:
        click.echo(f"{name:<13} {words}")
    return int(Exit.DONE)


def _recorded(original: str, catalogue_path: Path | None) -> float | None:
    from gauger.assess.compute import recorded_flop
    from gauger.cli.session import lookup

    found = recorded_flop(original, lookup(catalogue_path).catalogue)
    if found is None:
        click.echo(f"gauger: no training compute is recorded for {printable(original, 100)}", err=True)
    return found
