"""Browsers that want to be told when replies wait."""

from datetime import datetime

import sqlalchemy as sa

from textbank.tables import OrganizationRow, happened, reference, within_organization


class PushSubscription(OrganizationRow, table=True):
    """Where one signed-in browser is reached while no page of ours is open; it goes when the sign-in ends."""

    __tablename__ = "push_subscription"
    __table_args__ = (
        within_organization("member_id", "member"),
        within_organization("sign_in_id", "sign_in"),
        # A browser has one address; whoever signed in there last is told.
        sa.UniqueConstraint("organization_id", "endpoint"),
        sa.Index(None, "organization_id", "member_id"),
        sa.Index(None, "organization_id", "sign_in_id"),
    )
    member_id: int = reference()
    sign_in_id: int = reference()
    endpoint: str
    p256dh: bytes
    auth: bytes
    created_at: datetime = happened()
