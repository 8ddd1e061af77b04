"""Header-first, bounded readers of model files. Nothing here executes what it reads."""
