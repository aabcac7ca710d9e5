"""One trial pick by pick: what was queried, its utility, the probabilities, the nearest labelled row."""
