"""Pictures of motion: rasteriser, mannequin, preview films with sound, timelines."""
