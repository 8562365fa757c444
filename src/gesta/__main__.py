"""`python -m gesta` is the `gesta` program."""

from gesta.cli import main

main()
