"""What people wrote to us, as it is stored."""

from tests.factories.town import Town


async def stored(town: Town) -> list[str]:
    """The words of all texts in, in the order of their filing."""
    rows = await town.query(
        "select m.body from message m join carrier_message c on c.message_id = m.id "
        "where m.direction = 'in' order by m.id"
    )
    return [row.body for row in rows]
