"""What the analysis concludes: numbers, names and reason codes as plain frozen data, without a sentence."""
