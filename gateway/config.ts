import { z } from 'zod';
import { milliseconds, port, readEnv } from '../kernel/config/env';
import { OPERATION_BYTES_MAX } from '../kernel/graph/link';
import { isAddressRange } from '../kernel/values/address-range';
import { NEW_DOCUMENT_COST } from './limits/cost';
import type { LaneSizes } from './limits/lanes';
import { defaultLimits, REQUEST_MS, type GatewayLimits } from './limits/limits';

/** What the gateway is told from outside. */
export interface GatewayConfig {
  /** In production mode introspection needs a credential, and the development issuer does not run. */
  readonly mode: 'development' | 'production';
  /** Web origins that may open a WebSocket besides the hub's own; none by default. */
  readonly allowedOrigins: readonly string[];
  /** Addresses and ranges of the operator's own proxies, whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies: readonly string[];
  /** How long requests under way may take to end when the gateway closes. */
  readonly drainMs: number;
  /** How long a client may take to send the headers of a request; at most what it has for all of it, `REQUEST_MS`. */
  readonly headersMs: number;
  /** What a scraper of `/metrics` must bring as its bearer token; null: this machine may, and in production nobody. */
  readonly metricsToken: string | null;
  readonly limits: GatewayLimits;
}

export const defaultGatewayConfig: GatewayConfig = {
  mode: 'development',
  allowedOrigins: [],
  trustedProxies: [],
  drainMs: 5_000,
  headersMs: 10_000,
  metricsToken: null,
  limits: defaultLimits,
};

const bytes = z.coerce.number().int().min(1_024);
/** Of what goes on to subgraphs: a quarter of what they take is for the planner's document around it. */
const requestBytes = bytes.max((OPERATION_BYTES_MAX / 4) * 3);
const count = z.coerce.number().int().min(1).max(1_000_000);
const cost = z.coerce.number().int().min(100).max(1_000_000_000);
/** Ten documents that are not known yet: nearer to the price of one, nothing new would ever run. */
const budget = cost.min(10 * NEW_DOCUMENT_COST);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** The gateway's part of the environment; docs/CONFIGURATION.md says what each means. */
const variables = {
  HUB_PORT: port.default(4000),
  HUB_HOST: z.string().default('127.0.0.1'),
  HUB_MODE: z.enum(['development', 'production']).default('development'),
  HUB_ALLOWED_ORIGINS: list.default([]),
  HUB_TRUSTED_PROXIES: list
    .refine(
      (texts) => texts.every(isAddressRange),
      'must be addresses or ranges such as 10.0.0.0/8, separated by commas',
    )
    .default([]),
  HUB_DRAIN_MS: milliseconds.default(defaultGatewayConfig.drainMs),
  HUB_HEADERS_MS: milliseconds.max(REQUEST_MS).default(defaultGatewayConfig.headersMs),
  HUB_METRICS_TOKEN: z.string().min(16, 'must be at least 16 characters').optional(),
  HUB_LIMIT_BODY_BYTES: requestBytes.default(defaultLimits.bodyBytes),
  HUB_LIMIT_BULK_BODY_BYTES: requestBytes.default(defaultLimits.bulkBodyBytes),
  HUB_LIMIT_TOKENS: count.default(defaultLimits.tokens),
  HUB_LIMIT_DEPTH: count.default(defaultLimits.depth),
  HUB_LIMIT_INTROSPECTION_DEPTH: count.default(defaultLimits.introspectionDepth),
  HUB_LIMIT_FIELDS: count.default(defaultLimits.fields),
  HUB_LIMIT_SPREADS: count.default(defaultLimits.spreads),
  HUB_LIMIT_ALIASES: count.default(defaultLimits.aliases),
  HUB_LIMIT_DIRECTIVES: count.default(defaultLimits.directives),
  HUB_LIMIT_ROOT_FIELDS: count.default(defaultLimits.rootFields),
  HUB_LIMIT_MUTATION_ROOT_FIELDS: count.default(defaultLimits.mutationRootFields),
  HUB_LIMIT_VARIABLE_DEPTH: count.default(defaultLimits.variableDepth),
  HUB_LIMIT_PAGE_SIZE: z.coerce.number().int().min(1).max(100).default(defaultLimits.pageSize),
  HUB_LIMIT_DEADLINE_MS: milliseconds.default(defaultLimits.deadlineMs),
  HUB_LIMIT_PATIENT_DEADLINE_MS: milliseconds.default(defaultLimits.patientDeadlineMs),
  HUB_LIMIT_COST: cost.default(defaultLimits.cost),
  HUB_BUDGET_PARTNER: budget.default(defaultLimits.budgets.partner),
  HUB_BUDGET_MEMBER: budget.default(defaultLimits.budgets.member),
  HUB_BUDGET_PERSON: budget.default(defaultLimits.budgets.person),
  HUB_BUDGET_ANONYMOUS: budget.default(defaultLimits.budgets.anonymous),
  HUB_LANE_TILLS: count.default(defaultLimits.lanes.tills.running),
  HUB_LANE_TILLS_WAITING: count.default(defaultLimits.lanes.tills.waiting),
  HUB_LANE_BULK: count.default(defaultLimits.lanes.bulk.running),
  HUB_LANE_BULK_WAITING: count.default(defaultLimits.lanes.bulk.waiting),
  HUB_LIMIT_FRAME_BYTES: requestBytes.default(defaultLimits.frameBytes),
  HUB_LIMIT_BUFFERED_BYTES: bytes.max(64 * 1024 * 1024).default(defaultLimits.bufferedBytes),
  HUB_LIMIT_MESSAGES_PER_SECOND: count.default(defaultLimits.messagesPerSecond),
  HUB_LIMIT_INIT_MS: milliseconds.min(500).default(defaultLimits.initMs),
  HUB_LIMIT_PING_MS: milliseconds.min(1_000).default(defaultLimits.pingMs),
  HUB_LIMIT_SUBSCRIPTIONS_PER_SOCKET: count.default(defaultLimits.subscriptionsPerSocket),
};

/** Where the gateway listens, besides how it behaves. */
export interface GatewayEnvironment {
  readonly host: string;
  readonly port: number;
  readonly config: GatewayConfig;
}

/** @throws Fault HUB_CONFIGURATION_INVALID naming every faulty variable */
export function readGatewayConfig(env?: NodeJS.ProcessEnv): GatewayEnvironment {
  const read = readEnv(variables, env);
  const limits: GatewayLimits = {
    ...defaultLimits,
    bodyBytes: read.HUB_LIMIT_BODY_BYTES,
    bulkBodyBytes: Math.max(read.HUB_LIMIT_BULK_BODY_BYTES, read.HUB_LIMIT_BODY_BYTES),
    tokens: read.HUB_LIMIT_TOKENS,
    depth: read.HUB_LIMIT_DEPTH,
    introspectionDepth: read.HUB_LIMIT_INTROSPECTION_DEPTH,
    fields: read.HUB_LIMIT_FIELDS,
    spreads: read.HUB_LIMIT_SPREADS,
    aliases: read.HUB_LIMIT_ALIASES,
    directives: read.HUB_LIMIT_DIRECTIVES,
    rootFields: read.HUB_LIMIT_ROOT_FIELDS,
    mutationRootFields: read.HUB_LIMIT_MUTATION_ROOT_FIELDS,
    variableDepth: read.HUB_LIMIT_VARIABLE_DEPTH,
    pageSize: read.HUB_LIMIT_PAGE_SIZE,
    deadlineMs: read.HUB_LIMIT_DEADLINE_MS,
    patientDeadlineMs: read.HUB_LIMIT_PATIENT_DEADLINE_MS,
    cost: read.HUB_LIMIT_COST,
    budgets: {
      partner: read.HUB_BUDGET_PARTNER,
      member: read.HUB_BUDGET_MEMBER,
      person: read.HUB_BUDGET_PERSON,
      anonymous: read.HUB_BUDGET_ANONYMOUS,
    },
    lanes: {
      tills: laneOf(defaultLimits.lanes.tills, read.HUB_LANE_TILLS, read.HUB_LANE_TILLS_WAITING),
      bulk: laneOf(defaultLimits.lanes.bulk, read.HUB_LANE_BULK, read.HUB_LANE_BULK_WAITING),
    },
    frameBytes: read.HUB_LIMIT_FRAME_BYTES,
    bufferedBytes: read.HUB_LIMIT_BUFFERED_BYTES,
    messagesPerSecond: read.HUB_LIMIT_MESSAGES_PER_SECOND,
    initMs: read.HUB_LIMIT_INIT_MS,
    pingMs: read.HUB_LIMIT_PING_MS,
    subscriptionsPerSocket: read.HUB_LIMIT_SUBSCRIPTIONS_PER_SOCKET,
  };
  const config: GatewayConfig = {
    mode: read.HUB_MODE,
    allowedOrigins: read.HUB_ALLOWED_ORIGINS,
    trustedProxies: read.HUB_TRUSTED_PROXIES,
    drainMs: read.HUB_DRAIN_MS,
    headersMs: read.HUB_HEADERS_MS,
    metricsToken: read.HUB_METRICS_TOKEN ?? null,
    limits,
  };
  return { host: read.HUB_HOST, port: read.HUB_PORT, config };
}

/** A lane of other sizes, in which one caller has the same part of what may wait. */
function laneOf(usual: LaneSizes, running: number, waiting: number): LaneSizes {
  return { ...usual, running, waiting, waitingOfOne: Math.ceil((waiting * usual.waitingOfOne) / usual.waiting) };
}
