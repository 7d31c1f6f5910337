-- No member was invited twice within the quiet period of the later invitation's survey, counted between the purchases.
select later.programme_id, later.member_id, earlier.id as earlier_id, later.id as later_id
  from invitation as later
  join survey on survey.id = later.survey_id
  join invitation as earlier
    on earlier.programme_id = later.programme_id
   and earlier.member_id = later.member_id
   and earlier.id < later.id
   and earlier.purchase_recorded_at > later.purchase_recorded_at - survey.quiet_days * interval '24 hours'
   and earlier.purchase_recorded_at < later.purchase_recorded_at + survey.quiet_days * interval '24 hours';
