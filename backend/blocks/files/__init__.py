"""Files: given to a run, read, written, stored."""
