"""How a statement that names attempts by their ids asks which of them are still open.

In these words only the primary key answers. PostgreSQL keeps a plan for as long as a connection lives; made
while there were few attempts, it took the index of live ones, which holds all that ever left, and read it
from end to end for each batch (decision 0031).
"""

from typing import Final

UNSETTLED: Final = "coalesce(a.outcome, 'unknown') = 'unknown'"
"""Of the attempt `a`: no outcome is known, or nobody knows it."""
