"""Cutting a person out of a picture: layers that can move, and the whole background behind them."""
