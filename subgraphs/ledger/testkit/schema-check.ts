import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { projectRoot } from '../../../kernel/config/project-root';

/** Schemas and samples that are not ours to hand on lie beside the project; a test that needs one that is absent says so. */
const reference = resolve(process.env['HUB_SHARED_DIR'] ?? resolve(projectRoot(), '..', 'shared'), 'data', 'reference');

/** A file of the reference folder; undefined, with a printed reason, when it is not there. */
export function referenceFile(name: string): string | undefined {
  const file = resolve(reference, name);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  process.stdout.write(`Not held against ${name}: ../shared/data/reference has no such file here.\n`);
  return undefined;
}

interface SchemaFile {
  readonly fileName: string;
  readonly contents: string;
}

/** A schema, and every other that it imports directly or by another. */
export interface XmlSchema {
  readonly main: SchemaFile;
  readonly imported: readonly SchemaFile[];
}

/**
 * A schema by its file's name, such as `UBL-Invoice-2.1.xsd`: of the folder that `HUB_XSD_DIR` names, at any depth, or else of the
 * reference folder; undefined, with a printed reason, when neither has it.
 */
export function xmlSchema(name: string): XmlSchema | undefined {
  const paths = schemaPaths();
  const path = paths.get(name);
  if (path === undefined) {
    process.stdout.write(`Not held against ${name}: no such file in HUB_XSD_DIR nor in ../shared/data/reference.\n`);
    return undefined;
  }
  const read = new Map<string, SchemaFile>();
  const take = (fileName: string, file: string) => {
    if (read.has(fileName)) return;
    const contents = readFileSync(file, 'utf8').replace(
      /schemaLocation="([^"]+)"/g,
      (_, location: string) => `schemaLocation="${basename(location)}"`,
    );
    read.set(fileName, { fileName, contents });
    for (const [, other] of contents.matchAll(/schemaLocation="([^"]+)"/g)) {
      const at = paths.get(other!);
      if (at === undefined) throw new Error(`${fileName} imports ${other}, which is not beside it`);
      take(other!, at);
    }
  };
  take(name, path);
  const [main, ...imported] = read.values();
  return { main: main!, imported };
}

function schemaPaths(): Map<string, string> {
  const folders = [reference, process.env['HUB_XSD_DIR']].filter(
    (folder) => folder !== undefined && existsSync(folder),
  ) as string[];
  return new Map(
    folders.flatMap((folder) =>
      (readdirSync(folder, { recursive: true }) as string[])
        .filter((file) => file.endsWith('.xsd'))
        .map((file): [string, string] => [basename(file), resolve(folder, file)]),
    ),
  );
}

/** In pages of 64 KiB; UBL's common library alone takes more than the validator asks for by itself. */
const MEMORY_PAGES_MAX = 8_192;

/** What a schema finds wrong with a document; nothing when it is valid. */
export async function schemaFaults(xml: Buffer | string, { main, imported }: XmlSchema): Promise<string[]> {
  const { valid, errors } = await validateXML({
    xml: [{ fileName: 'document.xml', contents: xml.toString('utf8') }],
    schema: [main],
    preload: imported,
    maxMemoryPages: MEMORY_PAGES_MAX,
  });
  return valid ? [] : errors.map(({ message }) => message);
}
