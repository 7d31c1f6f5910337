import { isPassedOn, knownCodes, type KnownCode } from './catalogues';
import { commandCodes } from './command-codes';
import { settlePage, table } from './page';

const introduction = `# Error codes

Printed by \`npm run docs:print\` from the catalogues in the code; a test keeps the two equal.

A code says what happened, is never renamed and never used again for something else. Codes with a type arrive as data, in the union
a mutation returns; the others under \`errors[].extensions.code\`. *Retry* says whether the very same call, with the same idempotency
key, may succeed later without anybody changing it. When several codes apply the one with the lowest *precedence* is told.
`;

const titles: Readonly<Record<string, string>> = { hub: 'The same everywhere', gateway: 'The gateway' };

const row = ({ code, meaning, action, retryable, type, precedence }: KnownCode): string[] => [
  `\`${code}\``,
  meaning,
  action,
  retryable ? 'yes' : 'no',
  type === '' || type === undefined ? '' : `\`${type}\``,
  precedence === undefined ? '' : String(precedence),
];

function section(area: string, codes: readonly KnownCode[]): string {
  const title = titles[area] ?? `${area.charAt(0).toUpperCase()}${area.slice(1)}`;
  const own = codes.filter((code) => !isPassedOn(code));
  const passedOn = codes.filter((code) => isPassedOn(code)).map(({ code }) => `\`${code}\``);
  const last = passedOn.length > 0 ? `\nPassed on from others: ${passedOn.join(', ')}.\n` : '';
  return `## ${title}\n\n${table(['code', 'what happened', 'what to do', 'retry', 'type', 'precedence'], own.map(row))}\n${last}`;
}

/** Begins the part of the page that is not of the graph. */
export const COMMANDS = '## Commands and starts';

const commands = `${COMMANDS}

Not of the graph: a command, or a process at its start, that cannot go on prints \`hub: CODE: what is wrong\` to standard error and ends
with 1. Printed from wherever the code says so; … stands for what is known only then.

`;

/** The text of docs/errors.md. */
export async function errorsPage(): Promise<string> {
  const codes = await knownCodes();
  const areas = [...new Set(codes.map(({ area }) => area))];
  const sections = areas.map((area) => {
    const told = codes.filter((code) => code.area === area);
    return section(area, told);
  });
  const ofCommands = commandCodes().map(([code, said]) => [`\`${code}\``, said.join(' · ')]);
  return [introduction, ...sections, `${commands}${table(['code', 'what it says'], ofCommands)}\n`].join('\n');
}

if (require.main === module) {
  void errorsPage().then((text) => {
    process.exitCode = settlePage('docs/errors.md', text, process.argv.slice(2));
  });
}
