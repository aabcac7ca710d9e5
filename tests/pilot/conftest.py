import sys
from pathlib import Path

# The study behind forecasts is fitted there.
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
