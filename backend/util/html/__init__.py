"""HTML as text; used in bounded processes only."""
