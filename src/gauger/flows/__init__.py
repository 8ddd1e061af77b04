"""Thin compositions of the verbs."""
