"""Fingerprints of weights: made where the weights are, compared where they are not."""
