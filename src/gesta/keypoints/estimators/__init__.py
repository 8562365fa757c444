"""Finding the 134 points of a person in pictures and films."""
