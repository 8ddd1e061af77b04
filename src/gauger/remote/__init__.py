"""Models that lie elsewhere, read by range: what speaks to a network, and only when told to whom."""
