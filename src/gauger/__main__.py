"""`python -m gauger`: the same as the installed command."""

from gauger.cli.main import run

run()
