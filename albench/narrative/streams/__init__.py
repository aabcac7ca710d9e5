"""Evidence of streams in sentences: the answer, what could be wrong, what to keep in mind."""
