"""A texter whose first texts have left, and people who answer them."""

from dataclasses import dataclass

from tests.factories.office import Office
from tests.factories.texting import Texting, give_a_script, make_campaign

_ON_SHIFT = """
    insert into sign_in (organization_id, member_id, digest)
    select :o, cast(:m as bigint), sha256(convert_to('on shift ' || cast(:m as bigint), 'UTF8'))
"""
_FIRST_TEXTS = """
    with sent as (
      insert into message (organization_id, recipient_id, sender_id, campaign_id, direction, purpose, body,
        sent_by)
      select :o, a.recipient_id, (select min(id) from sender where organization_id = :o), :c, 'out',
        'first_text', 'Hi, are you coming on Saturday? Reply STOP to opt out.',
        'member ' || cast(:m as bigint)
      from audience_member a where a.organization_id = :o and a.campaign_id = :c
      returning id, recipient_id),
    told as (insert into delivery (organization_id, message_id, status, rank)
      select :o, id, 'delivered', 5 from sent)
    update audience_member a set message_id = sent.id, assigned_member_id = cast(:m as bigint) from sent
    where a.organization_id = :o and a.campaign_id = :c and a.recipient_id = sent.recipient_id
"""


@dataclass(frozen=True, slots=True)
class Replying:
    """A campaign whose first texts are the texter's, and whom they reached, in order."""

    texting: Texting
    phones: list[str]

    def path(self, position: int) -> str:
        """Where the conversation with one of them is answered."""
        return f"/texting/conversations/{self.recipient(position)}"

    def recipient(self, position: int) -> int:
        return self.texting.people[self.phones[position]]


async def begin_replying(office: Office, count: int = 6) -> Replying:
    """The texter has texted them all; staff gave a question and two ready answers, one for one press."""
    town, me = office.town, office.members["texter"]
    texting = await make_campaign(town, count, texters=(me,))
    await give_a_script(town, texting.campaign_id)
    await town.execute("update canned_response set one_tap = true where title = 'Where'")
    await come_on_shift(office, me)
    await town.execute(_FIRST_TEXTS, o=town.organization_id, c=texting.campaign_id, m=me)
    await town.execute("update recipient set place = 'test/open'")
    return Replying(texting, list(texting.people))


async def come_on_shift(office: Office, member: int) -> None:
    """They have a page open somewhere: replies to their first texts are theirs."""
    town = office.town
    await town.execute(_ON_SHIFT, o=town.organization_id, m=member)


async def fall_silent(office: Office, member: int, minutes: int = 60) -> None:
    """No browser of theirs has asked for anything since."""
    await office.town.execute(
        "update sign_in set seen_at = now() - make_interval(mins => :n) where member_id = :m",
        n=minutes,
        m=member,
    )
