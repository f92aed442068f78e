"""Texters get fewer first texts while those who wrote back wait for an answer."""

from datetime import timedelta

import pytest

from tests.factories.office import Office
from tests.factories.texting import make_campaign


@pytest.mark.parametrize(
    ("waiting", "minutes", "gets"), [(0, 0, 20), (9, 5, 20), (10, 5, 5), (1, 25, 5), (10, 25, 0)]
)
async def test_a_texter_with_waiting_replies_gets_fewer_first_texts(
    office: Office, waiting: int, minutes: int, gets: int
) -> None:
    town, member = office.town, office.members["texter"]
    texting = await make_campaign(town, 40, texters=(member,))
    await town.execute(
        "insert into conversation (organization_id, recipient_id, assigned_member_id, needs_reply_since, "
        "last_message_at, last_inbound_at) "
        "select :o, id, :m, now() - cast(:ago as interval), now(), now() from recipient "
        "where id = any(:people) order by id limit :n",
        o=town.organization_id,
        m=member,
        ago=timedelta(minutes=minutes),
        people=list(texting.people.values()),
        n=waiting,
    )
    staff = await office.signed_in("texter")
    answer = await staff.post(f"/texting/{texting.campaign_id}/batch")
    held = await town.query("select count(*) from audience_member where assigned_member_id = :m", m=member)
    assert held == [(gets,)]
    assert ("Answer the replies first" in answer.text) is (gets == 0)
    if gets == 0:
        await town.execute("update conversation set needs_reply_since = null")
        assert (await staff.post(f"/texting/{texting.campaign_id}/batch")).status == 303
