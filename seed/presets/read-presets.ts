import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../kernel/config/project-root';
import { Fault } from '../../kernel/errors/fault';
import { presetSchema, type Preset } from './preset';

const folder = () => join(projectRoot(), 'seed/presets');

/** The names of all presets, in order. */
export function presetNames(): string[] {
  return readdirSync(folder())
    .flatMap((file) => /^([a-z0-9-]+)\.json$/.exec(file)?.[1] ?? [])
    .toSorted();
}

/** @throws Fault HUB_PRESET_UNKNOWN naming those there are, HUB_PRESET_INVALID naming what is wrong in the file */
export function readPreset(name: string): Preset {
  const names = presetNames();
  if (!names.includes(name))
    throw new Fault('HUB_PRESET_UNKNOWN', `There is no preset ${name}; there are ${names.join(', ')}.`);
  const read = presetSchema.safeParse(JSON.parse(readFileSync(join(folder(), `${name}.json`), 'utf8')));
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new Fault('HUB_PRESET_INVALID', `The preset ${name} is not one: ${faults}`);
}
