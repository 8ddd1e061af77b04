"""Signed statements: who says what about which bytes."""
