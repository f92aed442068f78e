"""The pages about campaigns, in the order in which their addresses are looked at."""

from textbank.web.admin import (
    campaign_draft,
    campaign_live,
    campaigns,
    canned_responses,
    disclaimers,
)

ROUTERS = (
    campaigns.router,
    campaign_draft.router,
    canned_responses.router,
    campaign_live.router,
    disclaimers.router,
)
