"""What the rules say of each model: three-valued, dated, under three readings, with its reasons."""
