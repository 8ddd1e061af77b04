"""Models that lie elsewhere, read by range: the one part of Gauger that speaks to a network, and only when told where."""
