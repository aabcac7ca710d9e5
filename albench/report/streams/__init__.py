"""The page of an experiment on streams, in the look of that of pools."""
