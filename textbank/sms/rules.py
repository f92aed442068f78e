"""The version of the rules by which texts are understood; stands in the ledger beside what they decided."""

from typing import Final

RULES: Final = "2026-11-22.3"
"""A change of `classify`, its words or its phrases that can change a decision gives it a new one."""
