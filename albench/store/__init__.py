"""Results folders: what cannot be read or written is a ``ResultsError`` that names the file, and advice."""
