"""The body: its asset, its looks, and how a motion carries its surface."""
