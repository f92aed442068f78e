"""The pages about campaigns, in the order in which their addresses are looked at."""

from textbank.web.admin import (
    campaign_hours,
    campaign_limits,
    campaign_live,
    campaign_review,
    campaign_start,
    campaign_wordings,
    campaign_words,
    campaigns,
    canned_responses,
    disclaimers,
)

ROUTERS = (
    campaigns.router,
    campaign_words.router,
    campaign_review.router,
    campaign_hours.router,
    campaign_limits.router,
    campaign_start.router,
    campaign_wordings.router,
    canned_responses.router,
    campaign_live.router,
    disclaimers.router,
)
