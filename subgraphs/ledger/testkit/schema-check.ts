import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { projectRoot } from '../../../kernel/config/project-root';

/** Schemas and samples that are not ours to hand on lie beside the project; a test that needs one that is absent says so. */
const folder = resolve(process.env['HUB_SHARED_DIR'] ?? resolve(projectRoot(), '..', 'shared'), 'data', 'reference');

/** A file of the reference folder; undefined, with a printed reason, when it is not there. */
export function referenceFile(name: string): string | undefined {
  const file = resolve(folder, name);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  process.stdout.write(`Not held against ${name}: ../shared/data/reference has no such file here.\n`);
  return undefined;
}

/** What a schema finds wrong with a document; nothing when it is valid. */
export async function schemaFaults(xml: Buffer | string, schema: string): Promise<string[]> {
  const contents = xml.toString('utf8');
  const { valid, errors } = await validateXML({ xml: [{ fileName: 'document.xml', contents }], schema: [schema] });
  return valid ? [] : errors.map(({ message }) => message);
}
