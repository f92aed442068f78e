"""All pages about people and what they agreed to, in the order in which their paths are tried."""

from textbank.web.admin import import_run, imports, keywords, lists, people, person, suppressions

# Paths with a word before those where an id stands in its place.
ROUTERS = (
    people.router,
    imports.router,
    import_run.router,
    person.router,
    lists.router,
    suppressions.router,
    keywords.router,
)
