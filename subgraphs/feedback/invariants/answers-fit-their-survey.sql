-- An invitation has a score exactly when it was answered, no words without it, and nothing its survey does not ask.
with checked as (
  select invitation.id, invitation.answered_at, answer.question_id, answer.kind,
         case answer.kind when 'NPS' then survey.question_id when 'TEXT' then survey.follow_up_id end as asked_id
    from invitation
    join survey on survey.id = invitation.survey_id
    left join answer on answer.invitation_id = invitation.id
)
select id as invitation_id, answered_at, count(question_id) as answers,
       count(*) filter (where kind = 'NPS') as scores,
       count(*) filter (where question_id is distinct from asked_id) as misfits
  from checked
 group by id, answered_at
having count(*) filter (where kind = 'NPS') <> (case when answered_at is null then 0 else 1 end)
    or (answered_at is null and count(question_id) > 0)
    or count(*) filter (where question_id is distinct from asked_id) > 0;
