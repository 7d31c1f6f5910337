import { isConditionFault, readCondition, type Condition } from './condition';
import { CONDITION_LIMITS } from './limits';
import { ConditionLine, customValue, type ConditionFacts } from './vocabulary';

const line = (n: number) => new ConditionLine({ sku: `s${n}`, category: 'shoes', quantity: 1n, amount: BigInt(n) });
const facts = (some: Partial<ConditionFacts> = {}): ConditionFacts => ({
  purchase: { amount: 4_999n, currency: 'USD', channel: 'ONLINE', branch: 'north' },
  lines: [line(3_000), line(1_999)],
  time: { date: '2026-03-02', year: 2026n, month: 3n, day: 2n, weekday: 1n, hour: 8n, minute: 30n },
  member: { tier: 'GOLD', enrolledDays: 7n, consented: true },
  orders: { day: 1n, month: 2n, quarter: 5n, year: 5n },
  segments: ['students'],
  profile: { birthMonth: 3n },
  attributes: { minutes: 61n, note: 'x' },
  ...some,
});
function read(source: string): Condition {
  const condition = readCondition(source);
  if (isConditionFault(condition)) throw new Error(`${condition.message} at ${condition.position}`);
  return condition;
}
const outcome = (source: string, some?: Partial<ConditionFacts>) => read(source).ask(facts(some)).outcome;

describe('a condition', () => {
  it.each([
    ['orders.quarter == 5', 'TRUE'],
    ['time.hour >= 8 && time.hour < 10 && time.weekday == 1', 'TRUE'],
    ['attributes.minutes > 60', 'TRUE'],
    ['attributes.minutes > 61', 'FALSE'],
    ['"students" in segments && member.tier == "GOLD"', 'TRUE'],
    ['lines.exists(l, l.category == "shoes" && l.amount > 2000)', 'TRUE'],
    ['lines.map(l, l.amount).all(amount, amount < 2000)', 'FALSE'],
    ['has(attributes.none) && attributes.none > 3', 'FALSE'],
    ['profile.birthMonth == time.month', 'TRUE'],
    ['member.enrolledDays <= 7', 'TRUE'],
  ])('reads %s', (source, answer) => {
    expect(outcome(source)).toBe(answer);
  });

  it('asks for weather and place only where they were told', () => {
    const cold = 'time.hour >= 8 && time.hour < 10 && place.distance < 500.0 && weather.temperature < 5.0';
    expect(outcome(cold)).toBe('NOT_TOLD');
    expect(outcome(cold, { place: { distance: 499 }, weather: { temperature: 4.9 } })).toBe('TRUE');
    expect(outcome(cold, { place: { distance: 500 }, weather: { temperature: 4.9 } })).toBe('FALSE');
    expect(outcome(cold, { place: { distance: 499 }, weather: { temperature: 5 } })).toBe('FALSE');
  });

  it('tells what it uses, so that nothing else is read for it', () => {
    expect([...read('orders.quarter == 5 && time.hour > 3').uses].sort()).toEqual(['orders', 'time']);
  });

  it('fails alone on a value it cannot compare', () => {
    expect(outcome('attributes.note > 5')).toBe('FAILED');
    expect(outcome('attributes.none == 5')).toBe('FAILED');
    expect(outcome('10 / (orders.day - 1) > 2')).toBe('FAILED');
  });
});

describe('a hostile condition', () => {
  it.each([
    ['text compared with a number', 'purchase.amount > "x"', 0],
    ['an unknown field', 'purchase.discount > 3', 9],
    ['an unknown name', 'wallet.points > 3', 0],
    ['something that is neither true nor false', 'purchase.amount', 0],
    ['half an expression', 'purchase.amount >', 17],
    ['pattern matching', 'attributes.note.matches("(a+)+$")', 0],
    ['a loop in a loop', 'lines.all(l, lines.all(m, m.amount == l.amount))', 13],
    ['splitting text into a long list', '"a,b".split(",").size() > 1', 0],
    ['what is nested too deeply', `${'('.repeat(200)}true${')'.repeat(200)}`, CONDITION_LIMITS.depth],
  ])('is refused when saved: %s', (_, source, position) => {
    const fault = readCondition(source);
    expect(isConditionFault(fault) && fault.position).toBe(position);
  });

  it.each([
    ['a long text', `"${'x'.repeat(CONDITION_LIMITS.source)}" == "x"`],
    ['many nodes', Array.from({ length: 150 }, () => 'true').join(' && ')],
    ['a long list', `1 in [${Array.from({ length: 51 }, () => '1').join()}]`],
    ['deep negation', `${'!'.repeat(1_000)}true`],
    ['a deep chain of fields', `attributes${'.a'.repeat(300)} == 1`],
  ])('is refused when saved: %s', (_, source) => {
    expect(isConditionFault(readCondition(source))).toBe(true);
  });

  it('is stopped before it begins when what it walks is too long', () => {
    const slow = 'lines.filter(l, l.amount > 1 && l.amount < 9).size() == 7';
    expect(outcome(slow)).toBe('FALSE');
    expect(outcome(slow, { lines: Array.from({ length: 1_000 }, (_, n) => line(n)) })).toBe('TRUE');
    const slower = slow.replace(')', ' && l.sku != "a" && l.category != "b" && l.quantity != 3 && l.quantity != 4)');
    expect(outcome(slower, { lines: Array.from({ length: 1_000 }, (_, n) => line(n)) })).toBe('FAILED');
  });

  it('cannot make a list grow by joining it', () => {
    const joined = `(${Array.from({ length: 30 }, () => 'segments').join(' + ')}).all(s, s != "a")`;
    expect(outcome(joined, { segments: Array.from({ length: 1_000 }, (_, n) => `s${n}`) })).toBe('FAILED');
  });

  it('meets no value nested without end', () => {
    const deep = Array.from({ length: 10_000 }).reduce<unknown>((inner) => ({ inner }), 1);
    expect(customValue(deep)).toEqual({ inner: { inner: { inner: { inner: '' } } } });
  });
});
