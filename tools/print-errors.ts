import { isPassedOn, knownCodes, type KnownCode } from './catalogues';
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

/** The text of docs/errors.md. */
export async function errorsPage(): Promise<string> {
  const codes = await knownCodes();
  const areas = [...new Set(codes.map(({ area }) => area))];
  const sections = areas.map((area) => {
    const told = codes.filter((code) => code.area === area);
    return section(area, told);
  });
  return [introduction, ...sections].join('\n');
}

if (require.main === module) {
  void errorsPage().then((text) => {
    process.exitCode = settlePage('docs/errors.md', text, process.argv.slice(2));
  });
}
