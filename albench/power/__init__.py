"""Before a run: which differences and which label savings a grid can show, and what a wanted one takes."""
