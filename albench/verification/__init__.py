"""Published numbers beside those of an experiment."""
