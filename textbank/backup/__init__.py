"""A copy of everything an installation must keep, in one file; and how it becomes an installation again."""
