import { defaultBudgets, type BudgetSizes } from './budgets';
import { defaultLanes, type GatewayLanes } from './lanes';

/** A client that sends its request this slowly is cut off: it holds a connection others could use. */
export const REQUEST_MS = 30_000;

/** How much one request, one document and one socket may ask for; the same over HTTP and WebSocket. */
export interface GatewayLimits {
  /** Bytes of a request's body, after decompression. */
  readonly bodyBytes: number;
  /** Bytes of the body of a bulk mutation. */
  readonly bulkBodyBytes: number;
  /** Root fields whose body may be as large as `bulkBodyBytes`. */
  readonly bulkMutations: readonly string[];
  /** Tokens of a document. */
  readonly tokens: number;
  /** Levels of fields, fragments resolved. */
  readonly depth: number;
  /** Levels below `__schema` and `__type`; the usual introspection query has 15. */
  readonly introspectionDepth: number;
  /** Fields, fragments resolved: a fragment used twice counts twice. */
  readonly fields: number;
  /** Spreads of fragments, as they are written in the document. */
  readonly spreads: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly mutationRootFields: number;
  /** The longest page: the most that any argument named `first` may be. */
  readonly pageSize: number;
  /** Levels of lists and objects within variables. */
  readonly variableDepth: number;
  /** What one operation may cost, in points of `OperationCost`; bulk mutations are bounded by their rows. */
  readonly cost: number;
  /** What each kind of caller may spend in a minute. */
  readonly budgets: BudgetSizes;
  /** How much goes on at once. */
  readonly lanes: GatewayLanes;
  /** How long a call may take. */
  readonly deadlineMs: number;
  /** How long a call may take that contains one of `patientMutations`. */
  readonly patientDeadlineMs: number;
  /** Root fields that do in one call what may take long, and then answer how far they came. */
  readonly patientMutations: readonly string[];
  /** Bytes of one WebSocket message. */
  readonly frameBytes: number;
  /** Messages a socket may send within one second. */
  readonly messagesPerSecond: number;
  /** Live operations of one socket. */
  readonly subscriptionsPerSocket: number;
  /** Bytes that may wait on a socket before the streams on it are held back. */
  readonly bufferedBytes: number;
  /** How long a socket may take to say who it is. */
  readonly initMs: number;
  /** How often a socket is asked whether it is still there; one that has not answered by the next time is ended. */
  readonly pingMs: number;
}

const BULK_MUTATIONS = ['recordPurchases', 'importBankStatement'];

export const defaultLimits: GatewayLimits = {
  bodyBytes: 128 * 1024,
  bulkBodyBytes: 1024 * 1024,
  bulkMutations: BULK_MUTATIONS,
  tokens: 2_000,
  depth: 10,
  introspectionDepth: 16,
  fields: 1_000,
  spreads: 50,
  aliases: 30,
  directives: 50,
  rootFields: 15,
  mutationRootFields: 5,
  pageSize: 100,
  variableDepth: 20,
  cost: 50_000,
  budgets: defaultBudgets,
  lanes: defaultLanes,
  deadlineMs: 5_000,
  patientDeadlineMs: 30_000,
  patientMutations: [
    ...BULK_MUTATIONS,
    'cutOffSettlementCycle',
    'advanceSettlementCycle',
    'approveSettlementStep',
    'setTestClock',
  ],
  frameBytes: 64 * 1024,
  messagesPerSecond: 200,
  subscriptionsPerSocket: 100,
  bufferedBytes: 256 * 1024,
  initMs: 5_000,
  pingMs: 12_000,
};
