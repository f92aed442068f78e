"""So that parts can be started as `python -m textbank.cli`, wherever the script `textbank` lies."""

from textbank.cli import main

main()
