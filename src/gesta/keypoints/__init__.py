"""Operations on the 134 points of a person in a picture: layout, vectors, drawing, masks, smoothing, files."""
