import { movementsAfter } from './movements';
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

  it('has goods that come back, gifts, redemptions undone and points that wait, the same at every telling', () => {
    const tell = () => {
      const story = tellStory('demo');
      return story.days.flatMap((_, number) => movementsAfter(story, number));
    };
    const movements = tell();
    expect(tell()).toEqual(movements);
    expect(new Set(movements.map(({ ref }) => ref)).size).toBe(movements.length);
    const count = (kind: string) => movements.filter((one) => one.kind === kind).length;
    expect(['RETURN', 'GIFT', 'REVERSAL', 'PROMISE', 'FULFILMENT'].map(count)).toEqual([10, 9, 8, 8, 7]);
  });

  it('brings back no more than was paid, within the story', () => {
    const story = tellStory('demo');
    for (const [number] of story.days.entries())
      for (const movement of movementsAfter(story, number)) {
        if (movement.kind !== 'RETURN') continue;
        expect(movement.amount > 0n && movement.amount <= movement.purchase.amount).toBe(true);
        expect(movement.purchase.occurredAt < story.days[number]!.endsAt).toBe(true);
      }
  });
});
