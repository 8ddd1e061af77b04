"""Gauger: which AI models a stack runs, where they come from, and what the rules say of them."""

__version__ = "0.1.0"
