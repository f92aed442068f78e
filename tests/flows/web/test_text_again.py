"""A blast that is over may be repeated for whom it did not reach; never for who refused, nor too early."""

import pytest

from tests.factories.office import Office
from tests.factories.town import phones
from textbank.campaigns.finish import finish_campaigns
from textbank.campaigns.launch import launch
from textbank.campaigns.queue_audience import queue_audience

FATES = {
    "undelivered": (
        ("undelivered", 30008, "2 days"),
        ("failed", None, "25 hours"),
        ("failed", 30003, "3 days"),
    ),
    "not again": (
        ("undelivered", 30004, "2 days"),
        ("undelivered", 30005, "2 days"),
        ("undelivered", 30006, "2 days"),
        ("undelivered", 30007, "2 days"),
        ("failed", 21610, "2 days"),
        ("undelivered", 30008, "23 hours"),
        ("delivered", None, "2 days"),
        ("sent", None, "2 days"),
        ("given_up", None, "2 days"),
    ),
}


async def over(office: Office) -> tuple[int, list[str]]:
    """A blast that is over, each text with a fate; its id, and who ought to be texted again."""
    fates = [(fate, kind == "undelivered") for kind, some in FATES.items() for fate in some]
    people = phones(len(fates))
    await office.town.subscribe(*people)
    campaign = await office.town.launch()
    await office.town.behave(callbacks_enabled=False)
    await office.town.pump()
    for phone, ((status, code, ago), _) in zip(people, fates, strict=True):
        await office.town.execute(
            "update delivery d set status = :status, error_code = :code, "
            "updated_at = now() - cast(cast(:ago as text) as interval) "
            "from message m join recipient r on r.id = m.recipient_id "
            "where d.message_id = m.id and m.campaign_id = :c and r.e164 = :phone",
            status=status,
            code=code,
            ago=ago,
            c=campaign,
            phone=phone,
        )
    async with office.town.database.transaction(office.town.organization_id) as session:
        await finish_campaigns(session, office.town.organization_id)
    return campaign, [phone for phone, (_, again) in zip(people, fates, strict=True) if again]


async def test_the_undelivered_are_texted_again_and_nobody_else(office: Office) -> None:
    campaign, undelivered = await over(office)
    staff = await office.signed_in("organizer")
    answer = await staff.post(f"/campaigns/{campaign}/again")
    assert answer.status == 303
    draft = int(answer.location.split("/")[2])
    page = (await staff.get(answer.location)).text
    assert "the earlier campaign" in page
    [(reached,)] = await office.town.query(
        "select reached from campaign_preview where campaign_id = :c", c=draft
    )
    assert reached == 3
    async with office.town.database.transaction(office.town.organization_id) as session:
        await launch(session, office.town.organization_id, draft)
    queued = 1
    while queued:
        async with office.town.database.transaction(office.town.organization_id) as session:
            queued = await queue_audience(session, office.town.organization_id, draft)
    await office.town.pump()
    again = await office.town.query(
        "select r.e164 from message m join recipient r on r.id = m.recipient_id "
        "where m.campaign_id = :c order by 1",
        c=draft,
    )
    assert [row.e164 for row in again] == sorted(undelivered)


@pytest.mark.parametrize("state", ["running", "draft"])
async def test_what_is_not_over_cannot_be_repeated(office: Office, state: str) -> None:
    await office.town.subscribe(*phones(2))
    campaign = await office.town.launch()
    await office.town.execute("update campaign set state = :state", state=state)
    staff = await office.signed_in("organizer")
    assert (await staff.post(f"/campaigns/{campaign}/again")).status == 409
    assert len(await office.town.query("select 1 from campaign")) == 1
