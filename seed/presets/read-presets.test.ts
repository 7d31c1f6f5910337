import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../kernel/config/project-root';
import { presetSchema } from './preset';
import { presetNames, readPreset } from './read-presets';

it('every preset is whole, says what it leaves out and carries its file’s name', () => {
  for (const name of presetNames()) expect(readPreset(name)).toMatchObject({ name });
});

it('a name of no preset is answered with those there are', () => {
  expect(() => readPreset('../package')).toThrow(/There is no preset .*; there are beauty, /);
});

it('what is no preset is refused: an unknown field, points that are no whole number, nothing left out', () => {
  const good = readPreset('beauty');
  expect(presetSchema.safeParse(good).success).toBe(true);
  const [partner] = good.partners;
  for (const bad of [
    { ...good, colour: 'red' },
    { ...good, leftOut: [] },
    { ...good, partners: [{ ...partner, rate: { points: '1.5', perAmountMinor: '100' } }] },
  ])
    expect(presetSchema.safeParse(bad).success).toBe(false);
});

it('preset.schema.json says the same to editors', () => {
  const written = JSON.parse(readFileSync(join(projectRoot(), 'seed/presets/preset.schema.json'), 'utf8')) as object;
  expect(written).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(presetSchema))));
});
