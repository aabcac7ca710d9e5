"""A labelling project: which rows of a user's file to label next, their answers, the log of it all."""
