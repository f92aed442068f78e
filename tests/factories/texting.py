"""A peer-to-peer campaign under way in a town, with an audience by name and texters on it."""

from dataclasses import dataclass

from tests.factories.office import Office
from tests.factories.town import Town, phones

SCRIPT = "Hi {first_name|friend}, it is {texter} from {organization}. Are you coming on Saturday?"
NAMES = ("Ana", "Beto", "Chen", "Dara", "Ewa", "Femi", "Gita", "Hugo", "Ines", "Jamal")


@dataclass(frozen=True, slots=True)
class Texting:
    """A campaign's id, and whom it reaches."""

    campaign_id: int
    people: dict[str, int]
    """phone → recipient"""


async def make_campaign(town: Town, count: int = 20, *, texters: tuple[int, ...] = ()) -> Texting:
    """Make the campaign, its audience and its script, and put these members on it."""
    numbers = phones(count, start=5_000)
    recipients = await town.subscribe(*numbers)
    for position, recipient in enumerate(recipients):
        await town.execute(
            "update contact set first_name = :first, last_name = 'Okafor' where id = "
            "(select contact_id from contact_number where recipient_id = :r limit 1)",
            first=NAMES[position % len(NAMES)],
            r=recipient,
        )
    [(campaign,)] = await town.query(
        "with s as (insert into script (organization_id, body) values (:o, :body) returning id) "
        "insert into campaign (organization_id, kind, name, script_id, state, launched_at, frozen_at) "
        "select :o, 'p2p', 'Saturday meeting', id, 'running', now(), now() from s returning id",
        o=town.organization_id,
        body=SCRIPT,
    )
    await town.execute(
        "insert into campaign_list (organization_id, campaign_id, list_id) values (:o, :c, :l)",
        o=town.organization_id,
        c=campaign,
        l=town.list_id,
    )
    await town.execute(
        "insert into audience_member (organization_id, campaign_id, recipient_id, contact_id) "
        "select :o, :c, recipient_id, min(contact_id) from contact_number where recipient_id = any(:r) "
        "group by recipient_id",
        o=town.organization_id,
        c=campaign,
        r=recipients,
    )
    for member in texters:
        await town.execute(
            "insert into campaign_texter (organization_id, campaign_id, member_id) values (:o, :c, :m)",
            o=town.organization_id,
            c=campaign,
            m=member,
        )
    return Texting(campaign, dict(zip(numbers, recipients, strict=True)))


async def give_a_script(town: Town, campaign_id: int) -> None:
    """Ready-made answers and a question."""
    await town.execute(
        "insert into canned_response (organization_id, campaign_id, title, body, position) values "
        "(:o, :c, 'Where', 'It is at the hall, {first_name|friend}. See you there!', 1), "
        "(:o, :c, 'Cannot come', 'Thank you for telling us, another time!', 2)",
        o=town.organization_id,
        c=campaign_id,
    )
    await town.execute(
        "with q as (insert into question (organization_id, campaign_id, words) "
        "values (:o, :c, 'Is this person coming?') returning id) "
        "insert into question_option (organization_id, question_id, label, position) "
        "select :o, q.id, t.label, t.position from q, "
        "(values ('Yes', 1), ('Maybe', 2), ('No', 3)) as t (label, position)",
        o=town.organization_id,
        c=campaign_id,
    )


async def more_texters(office: Office, count: int) -> list[int]:
    """Further texters of the town's organization."""
    rows = await office.town.query(
        "insert into member (organization_id, name, role) "
        "select :o, 'Texter ' || i, 'texter' from generate_series(1, cast(:n as int)) i returning id",
        o=office.town.organization_id,
        n=count,
    )
    return [row[0] for row in rows]
