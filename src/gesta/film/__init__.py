"""Films from one picture: who is in it, what moves, and how it is drawn."""
