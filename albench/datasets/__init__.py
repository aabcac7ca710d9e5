"""Datasets: what cannot be used is a ``DatasetError`` that names the file, the column and the row."""
