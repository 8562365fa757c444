"""The puppet: a film of the person in a picture, cut out, given depth by our fitted body, and moved in space."""
