"""At least one row in every table of an organization, made by an organizer's desk."""

from tests.promises.desk import Desk
from textbank.consent.seal import seal

_A_CAMPAIGNS_OWN = """
    with c as (select min(id) as id from campaign where organization_id = :o),
      who as (select min(id) as id from member where organization_id = :o),
      law as (insert into disclaimer (organization_id, words) values (:o, 'Paid for by us.')),
      seen as (insert into campaign_preview (organization_id, campaign_id, of_change)
        select :o, id, now() from c on conflict do nothing),
      looked as (insert into number_lookup (organization_id, recipient_id) values (:o, :r)),
      far as (insert into campaign_progress (organization_id, campaign_id) select :o, id from c
        on conflict do nothing),
      worded as (insert into campaign_wording (organization_id, campaign_id, position, body)
        select :o, id, 1, 'Another one.' from c),
      ready as (insert into canned_response (organization_id, campaign_id, title, body)
        select :o, id, 'Where', 'At the hall.' from c),
      said as (insert into own_phrase (organization_id, phrase, key, meaning, member_id)
        select :o, 'Enough!', 'enough', 'stop', id from who),
      q as (insert into question (organization_id, campaign_id, words) select :o, id, 'Coming?' from c
        returning id, campaign_id),
      a as (insert into question_option (organization_id, question_id, label) select :o, id, 'Yes' from q
        returning id, question_id)
    insert into question_answer
      (organization_id, campaign_id, recipient_id, question_id, option_id, member_id)
    select :o, q.campaign_id, :r, q.id, a.id, who.id from q, a, who
"""


_CONVERSATIONS_AND_TEXTERS = """
    with who as (insert into member (organization_id, name, role) values (:o, 'Bo', 'texter') returning id),
      what as (insert into tag (organization_id, name) values (:o, 'call back') returning id),
      noted as (insert into conversation_note (organization_id, recipient_id, member_id, body)
        select :o, :r, id, 'Call after six.' from who),
      wondered as (insert into captain_question (organization_id, recipient_id, asked_by_id, question)
        select :o, :r, id, 'What do I say?' from who),
      marked as (insert into conversation_tag (organization_id, recipient_id, tag_id)
        select :o, :r, id from what),
      keyed as (insert into reply_key (organization_id, recipient_id, key, message_id)
        select :o, :r, 'once', min(id) from message where organization_id = :o),
      held as (update conversation set assigned_member_id = who.id,
          campaign_id = (select min(id) from campaign where organization_id = :o)
        from who where organization_id = :o and recipient_id = :r),
      batch as (update audience_member set assigned_member_id = who.id, skipped_by_id = who.id
        from who where organization_id = :o)
    insert into campaign_texter (organization_id, campaign_id, member_id)
    select :o, min(c.id), min(who.id) from campaign c, who where c.organization_id = :o
"""


_FLOWS = """
    with f as (insert into flow (organization_id, name) values (:o, 'Welcome') returning id),
      v as (insert into flow_version (organization_id, flow_id, version, document)
        select :o, id, 1, '{}' from f returning id),
      s as (select min(id) as id from sender where organization_id = :o),
      k as (select min(id) as id from keyword where organization_id = :o),
      r as (insert into flow_run (organization_id, version_id, recipient_id, sender_id, language, member)
        select :o, v.id, :r, s.id, 'en', 'new' from v, s returning id),
      c as (insert into flow_call (organization_id, run_id, url, body) select :o, id, '', '{}' from r),
      m as (insert into meant_keyword (organization_id, recipient_id, keyword_id) select :o, :r, id from k),
      b as (insert into referral (organization_id, recipient_id, referrer_id, keyword_id)
        select :o, :r, :r, id from k),
      w as (insert into office_hours (organization_id, zone, opens, closes, words)
        values (:o, 'America/Los_Angeles', '09:00', '17:00', '{}'))
    insert into referrer_code (organization_id, code, recipient_id) values (:o, 'MARIA', :r)
"""


async def rows_everywhere(desk: Desk) -> None:
    """Give an organization at least one row in every table of its kind."""
    recipient = await desk.subscribe("+15105550123")
    await desk.launch()
    answer = await desk.permit_all()
    await desk.record(answer)
    await desk.hear("+15105550123", "JOIN")
    await desk.hear("+15105550123", "STOP")
    await desk.hear("+15105550123", "START")
    async with desk.database.transaction(desk.organization_id) as session:
        await seal(session, desk.organization_id)
    await desk.execute(_CONVERSATIONS_AND_TEXTERS, o=desk.organization_id, r=recipient)
    await desk.execute(
        "with b as (insert into brand (organization_id, name, day_cap) values (:o, 'Riverside', 2000) "
        "returning id), "
        "k as (insert into registered_campaign (organization_id, brand_id, name, segments_per_minute) "
        "select :o, id, 'Rent', 75 from b returning id) "
        "update sender set registered_campaign_id = k.id from k where organization_id = :o",
        o=desk.organization_id,
    )
    await desk.hear("+15105550124", "STOP")
    await desk.execute(
        "with m as (insert into member (organization_id, name, role) values (:o, 'Bo', 'organizer') "
        "returning id), "
        "i as (insert into contact_import (organization_id, member_id, file_name, size) "
        "select :o, id, 'people.csv', 1 from m returning id), "
        "c as (insert into import_chunk (organization_id, import_id, position, data) "
        "select :o, id, 0, 'x' from i) "
        "insert into import_not_taken (organization_id, import_id, line, cause, reason, fields) "
        "select :o, id, 2, 'no number', 'has none', '[]' from i",
        o=desk.organization_id,
    )
    await desk.execute(
        "insert into audit_event (organization_id, actor, action) values (:o, 'test', 'looked')",
        o=desk.organization_id,
    )
    await desk.execute(
        "with m as (insert into member (organization_id, name, role) values (:o, 'Ana', 'owner') "
        "returning id), "
        "s as (insert into sign_in (organization_id, member_id, digest) select :o, id, 'd' from m "
        "returning id, member_id), "
        "p as (insert into push_subscription (organization_id, member_id, sign_in_id, endpoint, p256dh, "
        "auth) select :o, member_id, id, 'https://push.example.net/x', 'k', 'a' from s) "
        "insert into invite (organization_id, digest, role, made_by_id, expires_at, head_count) "
        "select :o, 'd', 'texter', id, now(), 1 from m",
        o=desk.organization_id,
    )
    await desk.execute(
        "with t as (insert into team (organization_id, name) values (:o, 'North') returning id), "
        "who as (insert into team_member (organization_id, team_id, member_id) select :o, t.id, "
        "(select min(id) from member where organization_id = :o) from t), "
        "n as (insert into texter_tally (organization_id, member_id) "
        "select :o, min(id) from member where organization_id = :o), "
        "k as (insert into tally_mark (organization_id, message_id, suppression_id) values (:o, 0, 0)), "
        "w as (insert into waiting_browser (organization_id, digest, word, expires_at) "
        "values (:o, 'd', '4821', now())) "
        "insert into team_campaign (organization_id, team_id, campaign_id) select :o, t.id, "
        "(select min(id) from campaign where organization_id = :o) from t",
        o=desk.organization_id,
    )
    await desk.execute(
        "insert into opt_in_request (organization_id, recipient_id, list_id, source, evidence, expires_at) "
        "select :o, :r, id, 'web', '{}', now() from contact_list where organization_id = :o",
        o=desk.organization_id,
        r=recipient,
    )
    await desk.execute(
        "with erased as (insert into erased_number (organization_id, digest, carrier_time) "
        "values (:o, 'd', now())) "
        "insert into web_form (organization_id, list_id) select :o, id from contact_list "
        "where organization_id = :o",
        o=desk.organization_id,
    )
    await desk.execute(_FLOWS, o=desk.organization_id, r=recipient)
    await desk.execute(_A_CAMPAIGNS_OWN, o=desk.organization_id, r=recipient)
