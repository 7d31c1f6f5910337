import type { Database } from '../../kernel/db/database';
import type { Logger } from '../../kernel/telemetry/log';
import { digest } from '../../kernel/values/canonical';
import { rateWords, type Budgets, type BudgetStanding, type Payer } from './budgets';
import { NEW_DOCUMENT_COST } from './cost';
import { findDocument } from './document-store';
import { Kept, TEXT_KEPT_MAX } from './kept';
import type { limitRefusals } from './refusals';

/** What of a request says which document it means. */
export interface RequestedDocument {
  readonly query?: string | null;
  /** `sha256:` and the document's hash, as the appendix on persisted documents of GraphQL over HTTP writes it. */
  readonly documentId?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>> | null;
}

/** The document a request means. */
export interface ResolvedDocument {
  readonly query: string;
  /** To be called when it was admitted: from then on it is known by the hash it was sent with. */
  admitted(): void;
}

/** Why a request's document is not known or not allowed. */
export interface DocumentFault {
  readonly status: number;
  readonly code: keyof typeof limitRefusals | 'GATEWAY_BAD_REQUEST' | 'SUBGRAPH_UNAVAILABLE';
  readonly message: string;
  /** What is left of the caller's budget, where it was charged. */
  readonly standing?: BudgetStanding | null;
}

export interface DocumentBookOptions {
  readonly database: Database;
  readonly budgets: Budgets;
  /** Whether members' tokens may run only what was published. */
  readonly membersNeedTrust: boolean;
  readonly log: Logger;
}

const HASH = /^[0-9a-f]{64}$/;
const REMEMBERED = 2_000;
/** Names under which nothing was found, for as long as an answer is fresh: apart, so that they push out no document. */
const MISSES_REMEMBERED = 500;
/** How old an answer about a document may be: so long after its retirement it may still be named. */
const FRESH_MS = 2_000;
/** How long the last answer stands when the database does not give a new one; as long as with keys. */
const STALE_MS = 15 * 60_000;

/**
 * Finds the text of the document a request means: the one it sends; one that was published under its hash; or one that some
 * client sent before with its hash (automatic persisted queries), which saves bytes and stands for no trust. A name that is not known
 * here costs its caller what an unknown document costs, before it is looked for.
 */
export class DocumentBook {
  private readonly sentBefore = new Kept<string>(REMEMBERED);
  private readonly published = new Kept<{ text: string; readAt: number }>(REMEMBERED);
  /** When nothing was found under a name. */
  private readonly misses = new Kept<number>(MISSES_REMEMBERED);

  constructor(private readonly options: DocumentBookOptions) {}

  async resolve(requested: RequestedDocument, payer: Payer): Promise<ResolvedDocument | DocumentFault> {
    try {
      return await this.resolved(requested, payer);
    } catch (error) {
      this.options.log.error({ event: 'gateway.documents.unreadable', err: error });
      return { status: 503, code: 'SUBGRAPH_UNAVAILABLE', message: UNREADABLE };
    }
  }

  private async resolved(requested: RequestedDocument, payer: Payer): Promise<ResolvedDocument | DocumentFault> {
    const hash = hashIn(requested);
    const query = requested.query ?? '';
    if (hash !== null && !HASH.test(hash)) return { status: 400, code: 'GATEWAY_BAD_REQUEST', message: NOT_A_HASH };
    if (hash === null && query === '') return unknownDocument(requested);
    if (hash !== null && query !== '' && digest(query) !== hash)
      return { status: 400, code: 'GATEWAY_DOCUMENT_HASH_MISMATCH', message: OTHER_HASH };
    const text = query === '' ? this.sentBefore.get(hash ?? '') : query;
    const mustBePublished = this.options.membersNeedTrust && payer.principal.kind === 'member';
    if (text !== undefined && !mustBePublished) return { query: text, admitted: () => this.learn(hash, text) };
    const found = await this.publishedText(hash ?? digest(query), payer);
    if ('code' in found) return found;
    if (found.text !== null) return { query: found.text, admitted: () => {} };
    const { standing } = found;
    if (text === undefined) return { ...unknownDocument(requested), standing };
    return { status: 403, code: 'GATEWAY_DOCUMENT_NOT_TRUSTED', message: NOT_TRUSTED, standing };
  }

  private learn(hash: string | null, text: string): void {
    if (hash !== null && text.length <= TEXT_KEPT_MAX) this.sentBefore.set(hash, text);
  }

  private async publishedText(
    hash: string,
    payer: Payer,
  ): Promise<{ text: string | null; standing?: BudgetStanding | null } | DocumentFault> {
    const known = this.published.get(hash);
    if (known === undefined) return this.lookedFor(hash, payer);
    const age = Date.now() - known.readAt;
    if (age < FRESH_MS) return known;
    try {
      return { text: await this.read(hash) };
    } catch (error) {
      if (age >= STALE_MS) throw error;
      return known;
    }
  }

  private async lookedFor(hash: string, { principal, address }: Payer) {
    const standing = await this.options.budgets.spend(principal, address, NEW_DOCUMENT_COST);
    if (standing !== null && !standing.allowed) {
      const message = rateWords(standing, NEW_DOCUMENT_COST);
      return { status: 429, code: 'GATEWAY_RATE_LIMITED', message, standing } as const;
    }
    const isMissing = Date.now() - (this.misses.get(hash) ?? -Infinity) < FRESH_MS;
    return { text: isMissing ? null : await this.read(hash), standing };
  }

  private async read(hash: string): Promise<string | null> {
    const text = await findDocument(this.options.database, hash);
    const readAt = Date.now();
    if (text !== null) this.published.set(hash, { text, readAt });
    else {
      this.published.delete(hash);
      this.misses.set(hash, readAt);
    }
    return text;
  }
}

/** The hash a request names, whichever way; null when it names none. */
function hashIn({ documentId, extensions }: RequestedDocument): string | null {
  if (documentId != null) return typeof documentId === 'string' ? documentId.replace(/^sha256:/, '') : '';
  const persisted = extensions?.['persistedQuery'];
  if (typeof persisted !== 'object' || persisted === null) return null;
  return String((persisted as { sha256Hash?: unknown }).sha256Hash);
}

function unknownDocument({ documentId }: RequestedDocument): DocumentFault {
  // Clients of automatic persisted queries know this message, and answer it by sending the text.
  if (documentId == null) return { status: 200, code: 'GATEWAY_DOCUMENT_UNKNOWN', message: 'PersistedQueryNotFound' };
  return { status: 400, code: 'GATEWAY_DOCUMENT_UNKNOWN', message: 'No document of this id is known.' };
}

const NOT_A_HASH = 'A document is named by the 64 lower-case hexadecimal digits of its SHA-256.';
const OTHER_HASH = 'The hash is not that of the document sent with it.';
const UNREADABLE = 'Documents cannot be looked up now.';
const NOT_TRUSTED = 'Members run published documents only; this one is not among them.';
