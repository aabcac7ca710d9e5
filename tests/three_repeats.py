"""Curves of random and margin in three repeats whose numbers are worked out by hand."""

import numpy as np

# Random gains 0.1 a round, margin 0.2 a round up to 0.9; three repeats that differ by level.
RANDOM = np.array([[0.5, 0.6, 0.7, 0.8, 0.9], [0.4, 0.5, 0.6, 0.7, 0.8], [0.6, 0.7, 0.8, 0.9, 1.0]])
MARGIN = np.array([[0.5, 0.7, 0.9, 0.9, 0.9], [0.4, 0.6, 0.8, 0.8, 0.8], [0.6, 0.7, 0.9, 1.0, 1.0]])
# Areas by hand, trapezoid over four equal steps: random 0.7, 0.6, 0.8; margin 0.8, 0.7, 0.85.
