import type { Principal } from '../../kernel/context/principal';
import { newId } from '../../kernel/values/id';
import { partnersDefinition } from './main';
import { freshKey } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

const SHOWN = `... on ExperimentSuccess { replayed ruleBookVersion experiment { id code kind subject from until
  arms { code weight isControl } } }`;
const ARMS = [
  { code: 'held', weight: 1, isControl: true },
  { code: 'treated', weight: 9, isControl: false },
];
const from = '2026-04-01T00:00:00.000Z';
const until = '2026-05-01T00:00:00.000Z';
const asked = (change: object = {}) => ({
  ...{ code: `x${freshKey()}`.slice(0, 40), name: 'Letters', kind: 'CHANNEL', subject: 'letters', arms: ARMS, from },
  ...change,
});

let graph: PartnersGraph;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
});
afterAll(() => graph.close());

describe('an experiment', () => {
  it('is kept as it was made, announced with the rule book, and made once for its key', async () => {
    const { admin } = await graph.found();
    const input = { idempotencyKey: freshKey(), ...asked({ code: 'letters', until }) };
    const made = await graph.change(admin, 'createExperiment', input, SHOWN);
    expect(made.experiment).toMatchObject({
      code: 'letters',
      kind: 'CHANNEL',
      subject: 'letters',
      arms: ARMS,
      from,
      until,
    });
    expect(await graph.change(admin, 'createExperiment', input, SHOWN)).toEqual({ ...made, replayed: true });
    const { data } = await graph.ask(admin, '{ experiments { id code arms { code } } }');
    expect(data.experiments).toEqual([
      { id: made.experiment.id, code: 'letters', arms: [{ code: 'held' }, { code: 'treated' }] },
    ]);
  });

  it.each([
    ['arms', { arms: ARMS.slice(0, 1) }],
    ['arms', { arms: [ARMS[0], ARMS[0]] }],
    ['arms', { arms: ARMS.map((arm) => ({ ...arm, isControl: true })) }],
    ['arms[1].weight', { arms: [ARMS[0], { ...ARMS[1], weight: 0 }] }],
    ['subject', { subject: null }],
    ['subject', { kind: 'ALL_CAMPAIGNS' }],
    ['until', { until: from }],
    ['code', { code: 'no spaces' }],
  ])('is refused when its %s cannot be so', async (field, change) => {
    const { admin } = await graph.found();
    expect(await graph.change(admin, 'createExperiment', asked(change), SHOWN)).toMatchObject({
      ...{ code: 'INVALID_INPUT', field: `input.${field}` },
    });
  });

  it('is of one code, and of one thing at a time', async () => {
    const { admin } = await graph.found();
    const make = (change: object) => graph.change(admin, 'createExperiment', asked(change), SHOWN);
    expect((await make({ code: 'first', until })).experiment.until).toBe(until);
    expect(await make({ code: 'first', subject: 'calls' })).toMatchObject({ code: 'PARTNERS_EXPERIMENT_CODE_TAKEN' });
    expect(await make({ from: '2026-04-30T23:59:59.999Z' })).toMatchObject({ code: 'PARTNERS_EXPERIMENT_OVERLAPS' });
    expect((await make({ from: until })).__typename).toBe('ExperimentSuccess');
    expect((await make({ subject: 'calls' })).__typename).toBe('ExperimentSuccess');
  });

  it('is about a campaign of the programme, or of none', async () => {
    const { admin } = await graph.found();
    const about = asked({ kind: 'CAMPAIGN', subject: newId('cmp') });
    expect(await graph.change(admin, 'createExperiment', about, SHOWN)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends where it is told, once, between its beginning and its end', async () => {
    const { admin } = await graph.found();
    const { experiment } = await graph.change(admin, 'createExperiment', asked({ until }), SHOWN);
    const stop = (at: string | null) =>
      graph.change(admin, 'stopExperiment', { experimentId: experiment.id, until: at }, SHOWN);
    // Now is before it begins.
    expect(await stop(null)).toMatchObject({ code: 'PARTNERS_EXPERIMENT_ENDED' });
    expect(await stop(until)).toMatchObject({ code: 'PARTNERS_EXPERIMENT_ENDED' });
    const earlier = '2026-04-10T00:00:00.000Z';
    expect((await stop(earlier)).experiment).toMatchObject({ until: earlier, arms: ARMS });
    expect(await stop(earlier)).toMatchObject({ code: 'PARTNERS_EXPERIMENT_ENDED' });
    const nowhere = { experimentId: newId('exp') };
    expect(await graph.change(admin, 'stopExperiment', nowhere, SHOWN)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('neither begins nor ends in the past, which has been lived, but in a sandbox', async () => {
    const [past, now] = ['2026-03-01T09:59:59.999Z', '2026-03-01T10:00:00.000Z'];
    const make = (who: Principal, change: object) => graph.change(who, 'createExperiment', asked(change), SHOWN);
    const { admin } = await graph.found({ isSandbox: false });
    const refused = { code: 'INVALID_INPUT', field: 'input.from' };
    expect(await make(admin, { from: past })).toMatchObject(refused);
    const { experiment } = await make(admin, { from: now, until });
    const stop = (who: Principal, id: string, at: string) =>
      graph.change(who, 'stopExperiment', { experimentId: id, until: at }, SHOWN);
    graph.clock.set(new Date('2026-04-01T00:00:00Z'));
    expect(await stop(admin, experiment.id, past)).toMatchObject({ code: 'INVALID_INPUT', field: 'input.until' });
    graph.clock.set(new Date('2026-05-02T00:00:00Z'));
    const ended = await stop(admin, experiment.id, '2026-05-03T00:00:00Z');
    expect(ended).toMatchObject({ code: 'PARTNERS_EXPERIMENT_ENDED' });
    const sandbox = (await graph.found()).admin;
    const lived = (await make(sandbox, { from: past, until })).experiment;
    expect((await stop(sandbox, lived.id, now)).experiment).toMatchObject({ from: past, until: now });
    graph.clock.set(new Date('2026-03-01T10:00:00Z'));
  });

  it('is an admin’s to make, stop and list', async () => {
    const { programmeId } = await graph.found();
    const finance = { kind: 'finance', programmeId, subject: 'fay' } as const;
    expect(await graph.change(finance, 'createExperiment', asked(), SHOWN)).toMatchObject({ code: 'FORBIDDEN' });
    const stop = { experimentId: newId('exp') };
    expect(await graph.change(finance, 'stopExperiment', stop, SHOWN)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await graph.ask(finance, '{ experiments { id } }')).codes).toEqual(['FORBIDDEN']);
  });
});
