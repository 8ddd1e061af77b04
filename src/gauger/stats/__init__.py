"""Tests, bounds and corrections: numbers in, numbers out; nothing is read, every draw has a fixed seed."""
