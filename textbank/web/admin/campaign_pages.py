"""The pages about campaigns, in the order in which their addresses are looked at."""

from textbank.web.admin import (
    campaign_draft,
    campaign_hours,
    campaign_limits,
    campaign_live,
    campaign_start,
    campaign_wordings,
    campaigns,
    canned_responses,
    disclaimers,
)

ROUTERS = (
    campaigns.router,
    campaign_draft.router,
    campaign_hours.router,
    campaign_limits.router,
    campaign_start.router,
    campaign_wordings.router,
    canned_responses.router,
    campaign_live.router,
    disclaimers.router,
)
