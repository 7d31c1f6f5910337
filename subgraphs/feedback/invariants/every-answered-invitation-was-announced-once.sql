-- An invitation was answered exactly when one event says so, with the score that was given.
with announced as (
  select programme_id, payload ->> 'invitationId' as id, count(*) as times, max((payload ->> 'score')::int) as score
    from outbox
   where type = 'feedback.survey.answered.v1'
   group by programme_id, payload ->> 'invitationId'
), answered as (
  select invitation.programme_id, invitation.id, answer.score
    from invitation
    left join answer on answer.invitation_id = invitation.id and answer.kind = 'NPS'
   where invitation.answered_at is not null
)
select coalesce(answered.id, announced.id) as invitation_id, coalesce(announced.times, 0) as times,
       answered.score as given_score, announced.score as announced_score
  from answered
  full join announced on announced.programme_id = answered.programme_id and announced.id = answered.id
 where announced.times is distinct from 1 or announced.score is distinct from answered.score::int;
