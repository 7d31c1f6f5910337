-- A programme's cycles are numbered 1, 2, 3 … without a gap in time; the last is open and the clock posts into it.
select y.programme_id, y.number, y.state
  from (
    select id, programme_id, number, state, opens_at,
           lag(number, 1, 0) over cycles as number_before,
           lag(cut_off_at) over cycles as cut_off_before,
           lead(id) over cycles is null as is_last
      from settlement_cycle
    window cycles as (partition by programme_id order by number)
  ) y
  full join programme_clock k on k.programme_id = y.programme_id and y.is_last
 where y.id is null
    or y.number <> y.number_before + 1
    or y.opens_at <> y.cut_off_before
    or (y.state = 'OPEN') <> y.is_last
    or (y.is_last and y.id is distinct from k.open_cycle_id)
