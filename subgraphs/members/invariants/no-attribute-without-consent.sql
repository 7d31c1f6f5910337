-- Attributes are kept only of members that let themselves be profiled.
select attribute.programme_id, attribute.member_id, attribute.partner_id, attribute.name
  from member_attribute as attribute
  left join member_fact_version as facts
    on facts.programme_id = attribute.programme_id and facts.member_id = attribute.member_id
 where facts.consented is not true;
