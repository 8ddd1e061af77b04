"""Tracing by weights: which matrices a model has, and what they say of where it comes from."""
