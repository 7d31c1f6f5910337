import fc from 'fast-check';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { armOf, heldOutAt, type Experiment } from './experiment';

const experiment = (change: Partial<Experiment> = {}): Experiment => ({
  ...{ id: newId('exp'), code: 'spring', name: 'Spring', kind: 'CAMPAIGN', subject: 'cmp_1' },
  arms: [
    { code: 'held', weight: 1, isControl: true },
    { code: 'treated', weight: 3, isControl: false },
  ],
  from: new Date('2026-03-01T00:00:00Z'),
  until: null,
  ...change,
});
const members = (count: number): MemberId[] => Array.from({ length: count }, () => newId('mem'));

describe('the arm of a member', () => {
  it('is what it was worked out to be by hand', () => {
    // printf exp_a:mem_1 | sha256sum begins 679f9dd1, then 4e3e9c28, 2745ccfc, 8bd200fc; a quarter of all lie below 40000000.
    const { arms } = experiment();
    const found = ['mem_1', 'mem_2', 'mem_3', 'mem_4'].map((id) => armOf({ id: 'exp_a', arms }, id as MemberId).code);
    expect(found).toEqual(['treated', 'treated', 'held', 'treated']);
  });

  it('is always the same, whoever else is enrolled', () => {
    const one = experiment();
    const first = members(200);
    const before = first.map((id) => armOf(one, id).code);
    for (const id of members(500)) armOf(one, id);
    expect(first.map((id) => armOf(one, id).code)).toEqual(before);
  });

  it('falls to the arms in proportion to their weights, independently in each experiment', () => {
    const all = members(20_000);
    const [one, two] = [experiment(), experiment()];
    const inOne = all.filter((id) => armOf(one, id).code === 'held');
    const inBoth = inOne.filter((id) => armOf(two, id).code === 'held');
    // Five standard deviations of a binomial with p = 1/4.
    expect(Math.abs(inOne.length - 5_000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.1875));
    expect(Math.abs(inBoth.length / inOne.length - 0.25)).toBeLessThan(5 * Math.sqrt(0.1875 / inOne.length));
  });

  it('is found for every member, whatever the weights', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(weights, fc.uuid(), (list, id) => {
        const arms = list.map((weight, n) => ({ code: `a${n}`, weight, isControl: n === 0 }));
        expect(arms).toContain(armOf({ id: 'exp_x', arms }, `mem_${id}` as MemberId));
      }),
    );
  });
});

describe('who does without a campaign', () => {
  const at = new Date('2026-03-05T00:00:00Z');
  const everybody = [{ code: 'held', weight: 1, isControl: true }];
  const memberId = newId('mem') as MemberId;
  const campaignIds = ['cmp_1', 'cmp_2'];
  const held = (change: Partial<Experiment>) => {
    const isHeldOut = heldOutAt([experiment({ arms: everybody, ...change })], memberId, at);
    return campaignIds.filter((id) => isHeldOut(id));
  };

  it('is its own control arm, and of the programme’s holdout for every campaign', () => {
    expect(held({})).toEqual(['cmp_1']);
    expect(held({ kind: 'ALL_CAMPAIGNS', subject: null })).toEqual(['cmp_1', 'cmp_2']);
    expect(held({ kind: 'PLACEMENT', subject: 'cmp_1' })).toEqual([]);
  });

  it('is nobody before it starts and from where it stops', () => {
    expect(held({ from: new Date('2026-03-05T00:00:01Z') })).toEqual([]);
    expect(held({ until: at })).toEqual([]);
  });
});
