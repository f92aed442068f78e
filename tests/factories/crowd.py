"""An organization that has grown: tens of thousands of people, conversations and texts, written in bulk."""

from tests.factories.town import Town

PEOPLE = 40_000
IN_ONE_CONVERSATION = 2_000

_STATEMENTS = (
    # Everybody has a number, a name and a conversation; every fourth waits for a reply.
    """
    insert into recipient (organization_id, e164, place, suppressed_at)
    select :o, '+1510' || (3000000 + n), 'test/open', case when n % 7 = 0 then now() end
    from generate_series(1, :people) n
    """,
    """
    insert into consent_event (organization_id, recipient_id, kind, digest)
    select :o, (select min(id) from recipient where e164 like '+15103%'), 'basis', 'd'
    from generate_series(1, :long) n
    """,
    """
    insert into contact (organization_id, first_name, last_name, external_id)
    select :o, 'First' || n % 900, 'Last' || n % 7000, 'crowd-' || r.id
    from (select id, row_number() over (order by id) as n from recipient
      where organization_id = :o and e164 like '+15103%') r
    """,
    """
    insert into contact_number (organization_id, contact_id, recipient_id)
    select :o, c.id, substr(c.external_id, 7)::bigint from contact c
    where c.organization_id = :o and c.external_id like 'crowd-%'
    """,
    """
    insert into subscription (organization_id, list_id, contact_id, recipient_id, state, basis_event_id)
    select :o, :list, n.contact_id, n.recipient_id, 'subscribed', (select min(id) from consent_event)
    from contact_number n where n.organization_id = :o on conflict do nothing
    """,
    """
    insert into suppression (organization_id, recipient_id, cause, event_id)
    select :o, id, 'stop_text', (select min(id) from consent_event) from recipient
    where organization_id = :o and suppressed_at is not null and e164 like '+15103%'
    """,
    """
    insert into message (organization_id, recipient_id, sender_id, direction, purpose, body)
    select :o, id, :sender, case when n = 1 then 'in' else 'out' end, 'none', 'Words ' || n
    from recipient, generate_series(1, 2) n where organization_id = :o and e164 like '+15103%'
    """,
    """
    insert into message (organization_id, recipient_id, sender_id, direction, purpose, body)
    select :o, (select min(id) from recipient where e164 like '+15103%'), :sender, 'in', 'none', 'Hello ' || n
    from generate_series(1, :long) n
    """,
    """
    insert into conversation
      (organization_id, recipient_id, needs_reply_since, last_inbound_at, last_message_at)
    select :o, id, case when id % 4 = 0 then now() - id * interval '1 second' end, now(),
      now() - id * interval '1 second'
    from recipient where organization_id = :o and e164 like '+15103%' on conflict do nothing
    """,
    """
    insert into audience_member (organization_id, campaign_id, recipient_id, contact_id)
    select :o, c.id, n.recipient_id, n.contact_id from contact_number n, campaign c
    where n.organization_id = :o and c.id in (:campaign, :p2p) on conflict do nothing
    """,
    """
    insert into audit_event (organization_id, actor, action)
    select :o, 'command line', 'crowd.' || n from generate_series(1, :people) n
    """,
)


_P2P = """
    with made as (
      insert into campaign (organization_id, kind, name, script_id, state, launched_at)
      select organization_id, 'p2p', 'Doors', script_id, 'running', now() from campaign where id = :campaign
      returning id),
    texter as (
      insert into campaign_texter (organization_id, campaign_id, member_id)
      select :o, id, :member from made)
    insert into campaign_list (organization_id, campaign_id, list_id) select :o, id, :list from made
"""


async def fill(town: Town, campaign_id: int, member_id: int) -> tuple[int, int, int]:
    """Let the town's organization grow.

    Returns (contact, recipient) of who has written most, and the peer-to-peer campaign that the member may
    text on.
    """
    await town.execute(
        _P2P, o=town.organization_id, campaign=campaign_id, member=member_id, list=town.list_id
    )
    [(p2p,)] = await town.query("select max(id) from campaign")
    values = {
        "o": town.organization_id,
        "people": PEOPLE,
        "long": IN_ONE_CONVERSATION,
        "list": town.list_id,
        "sender": town.sender_id,
        "campaign": campaign_id,
        "p2p": p2p,
    }
    for statement in _STATEMENTS:
        await town.execute(
            statement, **{name: value for name, value in values.items() if f":{name}" in statement}
        )
    [(contact, recipient)] = await town.query(
        "select n.contact_id, n.recipient_id from contact_number n "
        "where n.recipient_id = (select min(id) from recipient where e164 like '+15103%')"
    )
    await town.execute(
        "update conversation set assigned_member_id = :member where recipient_id = :recipient",
        member=member_id,
        recipient=recipient,
    )
    return contact, recipient, p2p
