-- Billed and carry are all that was due, and a carry is never more than half a minor unit.
select d.cycle_id, d.pair, d.billed_minor, d.carry_micros
  from directional_total d
  join settlement_cycle y on y.id = d.cycle_id
 cross join lateral (
    -- Micro-units in a minor unit; the currencies are those that ISO 4217 gives other than two decimals.
    select case
             when y.currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
             when y.currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV',
                                 'XAF', 'XOF', 'XPF') then 1000000
             else 10000
           end as micros
  ) as minor
 where d.billed_minor * minor.micros + d.carry_micros <> d.carry_in_micros + d.exact_micros
    or abs(d.carry_micros) * 2 > minor.micros
