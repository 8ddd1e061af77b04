"""Where models are run: locally, behind an endpoint, or from a recorded run."""
