"""What a run is given: one block for each kind of value."""
