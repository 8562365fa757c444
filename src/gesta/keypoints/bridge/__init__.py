"""From the points of a person in a picture to our body in space, and from our motions to such points."""
