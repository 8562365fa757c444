"""Public networks that published measures of films are made with, defined here; their weights are the user's."""
