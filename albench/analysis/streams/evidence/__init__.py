"""What is concluded from streams: numbers, names and reason codes as plain frozen data."""
