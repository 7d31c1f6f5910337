import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { TOKEN_ALGORITHMS, type TokenIssuer } from '../../gateway/main';
import { port, readEnv } from '../../kernel/config/env';
import { projectRoot } from '../../kernel/config/project-root';
import { SUBGRAPHS, type SubgraphName } from '../../kernel/context/principal';
import { Fault } from '../../kernel/errors/fault';

/** Whoever has a database of its own. */
export const DATABASE_OWNERS = [...SUBGRAPHS, 'gateway'] as const;
export type DatabaseOwner = (typeof DATABASE_OWNERS)[number];

/** Where each subgraph's own process listens unless told otherwise. */
export const SUBGRAPH_PORTS: Readonly<Record<SubgraphName, number>> = {
  members: 4001,
  ledger: 4002,
  rewards: 4003,
  partners: 4004,
  feedback: 4005,
};

const secret = z.string().min(32, 'must be at least 32 characters');
const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://');
const httpUrl = z.url({ protocol: /^https?$/ });

/** Every variable the hub reads. docs/CONFIGURATION.md says the same in words; a test keeps the two equal. */
export const HUB_VARIABLES = {
  HUB_MODE: z.enum(['development', 'production']).default('development'),
  HUB_HOST: z.string().default('127.0.0.1'),
  HUB_PORT: port.default(4000),
  HUB_DATA_DIR: z.string().optional(),
  HUB_SUPERGRAPH_FILE: z.string().min(1).optional(),
  HUB_LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
  HUB_TRACES_URL: httpUrl.optional(),
  HUB_TRACES_RATIO: z.coerce.number().min(0).max(1).default(1),
  HUB_SECRET_INTERNAL: secret.optional(),
  HUB_SECRET_IDENTITY: secret.optional(),
  HUB_SECRET_CURSOR: secret.optional(),
  HUB_SECRET_SIGNING: secret.optional(),
  HUB_TOKEN_ISSUER: z.string().optional(),
  HUB_TOKEN_AUDIENCE: z.string().optional(),
  HUB_TOKEN_JWKS_URL: httpUrl.optional(),
  HUB_TOKEN_ALGORITHMS: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(TOKEN_ALGORITHMS)).min(1))
    .default(['EdDSA']),
  HUB_DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  HUB_DATABASE_ADMIN_URL: databaseUrl.optional(),
  HUB_DATABASE_URL_MEMBERS: databaseUrl.optional(),
  HUB_DATABASE_URL_LEDGER: databaseUrl.optional(),
  HUB_DATABASE_URL_REWARDS: databaseUrl.optional(),
  HUB_DATABASE_URL_PARTNERS: databaseUrl.optional(),
  HUB_DATABASE_URL_FEEDBACK: databaseUrl.optional(),
  HUB_DATABASE_URL_GATEWAY: databaseUrl.optional(),
  HUB_DATABASE_OWNER_URL_MEMBERS: databaseUrl.optional(),
  HUB_DATABASE_OWNER_URL_LEDGER: databaseUrl.optional(),
  HUB_DATABASE_OWNER_URL_REWARDS: databaseUrl.optional(),
  HUB_DATABASE_OWNER_URL_PARTNERS: databaseUrl.optional(),
  HUB_DATABASE_OWNER_URL_FEEDBACK: databaseUrl.optional(),
  HUB_DATABASE_OWNER_URL_GATEWAY: databaseUrl.optional(),
  HUB_LOCAL_SUBGRAPHS: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(SUBGRAPHS)))
    .optional(),
  HUB_SUBGRAPH_URL_MEMBERS: httpUrl.optional(),
  HUB_SUBGRAPH_URL_LEDGER: httpUrl.optional(),
  HUB_SUBGRAPH_URL_REWARDS: httpUrl.optional(),
  HUB_SUBGRAPH_URL_PARTNERS: httpUrl.optional(),
  HUB_SUBGRAPH_URL_FEEDBACK: httpUrl.optional(),
} as const;

/** The hub's configuration, read once. */
export interface HubConfig {
  readonly mode: 'development' | 'production';
  readonly host: string;
  readonly port: number;
  /** Absolute path. */
  readonly dataDir: string;
  readonly logLevel: string;
  /** A supergraph of the operator's, followed while the gateway runs; null: the one this version was built with. */
  readonly supergraphFile: string | null;
  /** Where spans are sent, and of which share of the requests; null: nobody watches. */
  readonly traces: { readonly url: string; readonly ratio: number } | null;
  /** Those given by the environment. */
  readonly secrets: {
    readonly internal?: string;
    readonly identity?: string;
    readonly cursor?: string;
    readonly signing?: string;
  };
  /** Whose tokens are believed; null: the development issuer's of this data folder. */
  readonly tokenIssuer: (TokenIssuer & { readonly jwks: URL }) | null;
  readonly databasePool: number;
  /** For `hub migrate --provision`: a role that may create databases and roles. */
  readonly databaseAdminUrl: string | null;
  /** External databases, as the application's role; the embedded server holds the others. */
  readonly databaseUrls: Readonly<Partial<Record<DatabaseOwner, string>>>;
  /** The same databases as the role that owns and migrates them; without one the application's role does both. */
  readonly databaseOwnerUrls: Readonly<Partial<Record<DatabaseOwner, string>>>;
  /** The subgraphs that `hub serve gateway` runs in its own process, each once. */
  readonly localSubgraphs: readonly SubgraphName[];
  /** Where other processes serve the subgraphs; those of the gateway's own process are served there too. */
  readonly subgraphUrls: Readonly<Record<SubgraphName, string>>;
}

/**
 * Reads the environment and reports all that is wrong with it at once.
 *
 * @throws Fault HUB_CONFIGURATION_INVALID
 */
export function readHubConfig(env: NodeJS.ProcessEnv = process.env): HubConfig {
  const read = readEnv(HUB_VARIABLES, env);
  if (read.HUB_MODE === 'production') assertFitForProduction(read);
  const peers = SUBGRAPHS.map(
    (name) => [name, read[`HUB_SUBGRAPH_URL_${upper(name)}`] ?? `http://127.0.0.1:${SUBGRAPH_PORTS[name]}`] as const,
  );
  return {
    mode: read.HUB_MODE,
    host: read.HUB_HOST,
    port: read.HUB_PORT,
    dataDir: resolve(read.HUB_DATA_DIR ?? defaultDataDir()),
    logLevel: read.HUB_LOG_LEVEL,
    supergraphFile: read.HUB_SUPERGRAPH_FILE === undefined ? null : resolve(read.HUB_SUPERGRAPH_FILE),
    traces: read.HUB_TRACES_URL === undefined ? null : { url: read.HUB_TRACES_URL, ratio: read.HUB_TRACES_RATIO },
    secrets: {
      internal: read.HUB_SECRET_INTERNAL,
      identity: read.HUB_SECRET_IDENTITY,
      cursor: read.HUB_SECRET_CURSOR,
      signing: read.HUB_SECRET_SIGNING,
    },
    tokenIssuer: tokenIssuerOf(read),
    databasePool: read.HUB_DATABASE_POOL,
    databaseAdminUrl: read.HUB_DATABASE_ADMIN_URL ?? null,
    ...externalDatabases(read),
    localSubgraphs: [...new Set(read.HUB_LOCAL_SUBGRAPHS ?? [])],
    subgraphUrls: Object.fromEntries(peers) as Record<SubgraphName, string>,
  };
}

type Variables = z.infer<z.ZodObject<typeof HUB_VARIABLES>>;

/** An owner's URL belongs to an external database and names a role of its own: one role for both would guard nothing. */
function externalDatabases(read: Variables): Pick<HubConfig, 'databaseUrls' | 'databaseOwnerUrls'> {
  const databaseUrls: Partial<Record<DatabaseOwner, string>> = {};
  const databaseOwnerUrls: Partial<Record<DatabaseOwner, string>> = {};
  const faults: string[] = [];
  for (const owner of DATABASE_OWNERS) {
    const url = read[`HUB_DATABASE_URL_${upper(owner)}`];
    const ownerUrl = read[`HUB_DATABASE_OWNER_URL_${upper(owner)}`];
    if (url !== undefined) databaseUrls[owner] = url;
    if (ownerUrl === undefined) continue;
    databaseOwnerUrls[owner] = ownerUrl;
    const told = `HUB_DATABASE_OWNER_URL_${upper(owner)}`;
    if (url === undefined) faults.push(`${told}: needs HUB_DATABASE_URL_${upper(owner)} as well`);
    else if (roleOf(url) === roleOf(ownerUrl))
      faults.push(`${told}: must name another role than HUB_DATABASE_URL_${upper(owner)}`);
  }
  if (faults.length > 0) throw unusable(faults);
  return { databaseUrls, databaseOwnerUrls };
}

/** The role that a database URL connects as. */
export function roleOf(databaseUrlText: string): string {
  return decodeURIComponent(new URL(databaseUrlText).username);
}

const ISSUER_VARIABLES = ['HUB_TOKEN_ISSUER', 'HUB_TOKEN_AUDIENCE', 'HUB_TOKEN_JWKS_URL'] as const;
const SECRET_VARIABLES = ['HUB_SECRET_INTERNAL', 'HUB_SECRET_IDENTITY', 'HUB_SECRET_CURSOR'] as const;

/** An issuer of the operator's own, when all three of its variables are set. */
function tokenIssuerOf(read: Variables): HubConfig['tokenIssuer'] {
  const { HUB_TOKEN_ISSUER: issuer, HUB_TOKEN_AUDIENCE: audience, HUB_TOKEN_JWKS_URL: jwks } = read;
  if (issuer !== undefined && audience !== undefined && jwks !== undefined)
    return { issuer, audience, jwks: new URL(jwks), algorithms: read.HUB_TOKEN_ALGORITHMS };
  const isPartlySet = ISSUER_VARIABLES.some((name) => read[name] !== undefined);
  if (isPartlySet) throw unusable([`${ISSUER_VARIABLES.join(', ')}: set all three or none`]);
  return null;
}

/** In production nothing is made up: secrets are given, and tokens come from an issuer of the operator's own. */
function assertFitForProduction(read: Variables): void {
  const required = [...SECRET_VARIABLES, ...ISSUER_VARIABLES];
  const faults = required
    .filter((name) => read[name] === undefined)
    .map((name) => `${name}: must be set in production`);
  const secrets = [...SECRET_VARIABLES, 'HUB_SECRET_SIGNING' as const]
    .map((name) => read[name])
    .filter((value) => value !== undefined);
  if (new Set(secrets).size < secrets.length) faults.push('HUB_SECRET_*: must differ from each other');
  if (secrets.some(isGuessable)) faults.push('HUB_SECRET_*: must be random, such as 32 bytes in hexadecimal');
  if (faults.length > 0) throw unusable(faults);
}

function unusable(faults: readonly string[]): Fault {
  return new Fault('HUB_CONFIGURATION_INVALID', ['The configuration cannot be used:', ...faults].join('\n  '));
}

/** Placeholders such as `change-me-change-me-…` repeat themselves. */
function isGuessable(secretText: string): boolean {
  return new Set(secretText).size < 8 || /change.?me|secret|password|example/i.test(secretText);
}

/** `.hub` in the clone; beside the caller when this package is installed as a dependency. */
function defaultDataDir(): string {
  const root = projectRoot();
  const isInstalled = root.split(/[\\/]/).includes('node_modules') || !existsSync(join(root, 'tsconfig.json'));
  return join(isInstalled ? process.cwd() : root, '.hub');
}

function upper<Name extends string>(name: Name): Uppercase<Name> {
  return name.toUpperCase() as Uppercase<Name>;
}
