import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { projectRoot } from '../kernel/config/project-root';

const root = projectRoot();
const schema = buildSchema(readFileSync(join(root, 'schema', 'api.graphql'), 'utf8'));
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));
const pages = ['README.md', 'CONTRIBUTING.md', ...['docs', 'subgraphs', 'gateway', 'schema'].flatMap(markdownIn)];
const read = (page: string) => readFileSync(join(root, page), 'utf8');

/** What a shell makes of a page's blocks: one array of arguments for each call of curl; nothing is sent or started. */
const PRELUDE = `
npm() { echo 'token'; }
curl() { for one in "$@"; do printf '%s\\0' "$one"; done >&3; printf '\\0' >&3; echo 'cyc_0 ptr_0'; }
export ID=mem_0 TOKEN=token KEY=key
`;

function curlsOf(text: string): string[][] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  const script = blocks.filter((block) => /\bcurl /.test(block)).join('\n');
  // Its third descriptor is the process's own standard output, and what the block prints goes nowhere.
  const printed = execFileSync('bash', ['-euc', `exec 3>&1 >/dev/null\n${PRELUDE}${script}`], { encoding: 'utf8' });
  const calls = printed.split('\0\0').slice(0, -1);
  return calls.map((call) => call.split('\0'));
}

/** What the hub would refuse of a call before it looked at anything: a body that is no JSON, a document unlike the graph. */
function faultsOf(call: readonly string[]): string[] {
  const bodies = call.filter((_, place) => call[place - 1] === '-d');
  return bodies.flatMap((body) => {
    try {
      const { query } = JSON.parse(body) as { query?: string };
      return query === undefined ? [] : validate(schema, parse(query)).map(({ message }) => message);
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

describe('what a page prints to be tried', () => {
  it('is found at all', () => {
    const found = pages.filter((page) => curlsOf(read(page)).length > 0);
    expect(found).toEqual(
      expect.arrayContaining(['README.md', 'docs/GATEWAY.md', 'docs/INTAKE.md', 'docs/OPERATIONS.md']),
    );
  });

  it('has bodies that a shell passes on whole, and that fit the graph', () => {
    const faults = pages.flatMap((page) =>
      curlsOf(read(page))
        .flatMap(faultsOf)
        .map((fault) => [page, fault]),
    );
    expect(faults).toEqual([]);
  });

  it('is marked as for the shell, or it would go unread', () => {
    expect(pages.filter((page) => /^```\n(?:(?!```)[\s\S])*?\bcurl /m.test(read(page)))).toEqual([]);
  });

  it('names folders of operations that are there', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/\bschema\/operations\/[\w-]+/g)].map(([path]) => path),
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('is found out when a line breaks within a string, or when it asks for a field that is not there (control)', () => {
    const block = (body: string) => `\`\`\`sh\ncurl -s http://127.0.0.1:4000/graphql -d '${body}'\n\`\`\``;
    const faults = (body: string) => curlsOf(block(body)).flatMap(faultsOf);
    expect(faults('{"query":\n  "{ me { displayName } }"}')).toEqual([]);
    expect(faults('{"query": "{ me {\n displayName } }"}')).toHaveLength(1);
    expect(faults('{"query": "{ me { shoeSize } }"}')).toHaveLength(1);
  });
});
