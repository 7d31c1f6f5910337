import { BRANDS, tellStory } from './story';

describe('the demo coalition’s story', () => {
  it('is the same every time it is told', () => {
    expect(tellStory('demo')).toEqual(tellStory('demo'));
  });

  it('has three brands, 200 members with names in three scripts, and 90 days', () => {
    const { members, days } = tellStory('demo');
    expect([BRANDS.length, members.length, days.length]).toEqual([3, 200, 90]);
    expect(new Set(members.map(({ card }) => card)).size).toBe(200);
    expect(members.some(({ name }) => /[ąćęłńóśźż]/i.test(name))).toBe(true);
    expect(members.filter(({ name }) => /\p{Script=Arabic}/u.test(name)).length).toBeGreaterThan(100);
  });

  it('never uses a receipt number twice', () => {
    const refs = tellStory('demo').days.flatMap(({ events }) => events.map(({ ref }) => ref));
    expect(new Set(refs).size).toBe(refs.length);
  });
});
