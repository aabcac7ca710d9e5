"""Stream-based active learning: rows arrive one by one, and each is bought at once or never."""
