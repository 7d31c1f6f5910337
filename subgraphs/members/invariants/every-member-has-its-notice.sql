-- Once a version of the terms was told, every member who had enrolled when it was announced has a notice of it.
select member.programme_id, member.id as member_id, terms.version
  from announced_terms as terms
  join member on member.programme_id = terms.programme_id and member.enrolled_at < terms.takes_effect_at
  left join terms_notice as notice on notice.member_id = member.id and notice.version = terms.version
 where terms.told_at is not null and notice.member_id is null;
