-- A rule book's version is the number of times it was published, and each version was published once.
select book.programme_id, book.version, count(outbox.id) as published,
       count(distinct outbox.payload ->> 'version') as distinct_versions
  from rule_book_version as book
  left join outbox on outbox.programme_id = book.programme_id and outbox.type = 'partners.rule_book.published.v1'
 group by book.programme_id, book.version
having book.version <> count(outbox.id)
    or book.version <> count(distinct outbox.payload ->> 'version')
    or book.version <> max((outbox.payload ->> 'version')::bigint);
