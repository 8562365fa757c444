"""The viewer: one self-contained page in which a body moves, with its sound, in any browser and without a network."""
