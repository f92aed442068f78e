"""From the draft to the answer: staff launch by hand, a texter comes by the link, a supporter replies."""

import re

from tests.factories.campaigning import draft, launch, people
from tests.factories.office import Office
from tests.flows.web.test_texting_by_hand import batch_of, press, reply_form

WORDS = "Hi {first_name|neighbor}, {texter} here from {organization}. Hearing on Tuesday?"


async def test_a_launched_campaign_is_texted_by_who_comes_by_its_link(office: Office) -> None:
    phones = await people(office)
    campaign = await draft(office, kind="p2p", words=WORDS)
    await launch(office, campaign)
    staff = await office.signed_in("organizer")
    made = await staff.post(f"/campaigns/{campaign}/invite", head_count=1, days=1)
    found = re.search(r'value="http[^"]*(/join/[^"]+)"', made.text)
    assert found, made.text
    texter = office.signed_out()
    joined = await texter.request("POST", found[1], data={"name": "Nadia Brandt", "alias": "Nadi"})
    assert joined.location == "/texting/practice"
    assert "Hearing" in (await texter.get("/texting")).text
    assert (await texter.post(f"/texting/{campaign}/batch")).status == 303
    texts = await batch_of(texter, campaign)
    assert len(texts) == len(phones)
    for text in texts:
        assert (await press(texter, campaign, text))["sent"]
    await office.town.pump()
    assert sorted([(await office.town.received(phone))[0][:24] for phone in phones]) == [
        "Hi Ana, Nadi here from R",
        "Hi neighbor, Nadi here f",
        "Hi neighbor, Nadi here f",
    ]
    await office.town.text(phones[0], "Which room?")
    [(recipient,)] = await office.town.query(
        "select recipient_id from conversation where needs_reply_since is not null"
    )
    path = f"/texting/conversations/{recipient}"
    form = await reply_form(texter, path)
    assert (await texter.post(f"{path}/reply", body="Room 2", **form)).status == 303
    await office.town.pump()
    assert (await office.town.received(phones[0]))[-1] == "Room 2"
