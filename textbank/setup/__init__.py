"""The checks of the first hour, for `textbank setup` and the page /setup alike.

Each asks the outside (our own public address, the carrier) with no transaction open, and answers with what it
found as a value; `check.py` runs one by name and keeps the answer.
"""
