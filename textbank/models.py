"""Every table of ours in one metadata, for the migrations and the test that they agree with it."""

from textbank.accounts import member_models as members
from textbank.accounts import models as accounts
from textbank.accounts import push_models as push
from textbank.accounts import team_models as teams
from textbank.assignments import models as assignments
from textbank.campaigns import count_models as counts
from textbank.campaigns import models as campaigns
from textbank.consent import models as consent
from textbank.contacts import import_models as imports
from textbank.contacts import models as contacts
from textbank.conversations import models as conversations
from textbank.flows import models as flows
from textbank.keywords import models as keywords
from textbank.messaging import models as messaging
from textbank.messaging import spend_models as spend
from textbank.tables import metadata

__all__ = [
    "accounts",
    "assignments",
    "campaigns",
    "consent",
    "contacts",
    "conversations",
    "counts",
    "flows",
    "imports",
    "keywords",
    "members",
    "messaging",
    "metadata",
    "push",
    "spend",
    "teams",
]
