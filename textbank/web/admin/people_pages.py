"""All pages about people and what they agreed to, in the order in which their paths are tried."""

from textbank.web.admin import (
    answers,
    consent_file,
    erase,
    flow_publish,
    flows,
    import_run,
    imports,
    keyword_page,
    keywords,
    list_form,
    lists,
    people,
    person,
    phrases,
    suppression_files,
    suppressions,
)

# Paths with a word before those where an id stands in its place.
ROUTERS = (
    people.router,
    imports.router,
    import_run.router,
    person.router,
    erase.router,
    lists.router,
    list_form.router,
    suppressions.router,
    suppression_files.router,
    consent_file.router,
    keywords.router,
    keyword_page.router,
    flow_publish.router,
    flows.router,
    phrases.router,
    answers.router,
)
