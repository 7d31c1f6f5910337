import type { Principal } from '../../kernel/context/principal';
import type { Database } from '../../kernel/db/database';
import type { Logger } from '../../kernel/telemetry/log';
import { digest } from '../../kernel/values/canonical';
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

/** Why a request's document is not known or not allowed. */
export interface DocumentFault {
  readonly status: number;
  readonly code: keyof typeof limitRefusals | 'GATEWAY_BAD_REQUEST' | 'SUBGRAPH_UNAVAILABLE';
  readonly message: string;
}

export interface DocumentBookOptions {
  readonly database: Database;
  /** Whether members' tokens may run only what was published. */
  readonly membersNeedTrust: boolean;
  readonly log: Logger;
}

const HASH = /^[0-9a-f]{64}$/;
const REMEMBERED = 2_000;
/** How old an answer about a document may be: so long after its retirement it may still be named. */
const FRESH_MS = 2_000;
/** How long the last answer stands when the database does not give a new one; as long as with keys. */
const STALE_MS = 15 * 60_000;

/**
 * Finds the text of the document a request means: the one it sends; one that was published under its hash; or one that some
 * client sent before with its hash (automatic persisted queries), which saves bytes and stands for no trust.
 */
export class DocumentBook {
  private readonly sentBefore = new Kept<string>(REMEMBERED);
  private readonly published = new Kept<{ text: string | null; readAt: number }>(REMEMBERED);

  constructor(private readonly options: DocumentBookOptions) {}

  async resolve(requested: RequestedDocument, principal: Principal): Promise<{ query: string } | DocumentFault> {
    try {
      return await this.resolved(requested, principal);
    } catch (error) {
      this.options.log.error({ event: 'gateway.documents.unreadable', err: error });
      return { status: 503, code: 'SUBGRAPH_UNAVAILABLE', message: UNREADABLE };
    }
  }

  private async resolved(
    requested: RequestedDocument,
    principal: Principal,
  ): Promise<{ query: string } | DocumentFault> {
    const hash = hashIn(requested);
    if (hash !== null && !HASH.test(hash)) return { status: 400, code: 'GATEWAY_BAD_REQUEST', message: NOT_A_HASH };
    const query = requested.query ?? '';
    const text = query === '' ? await this.textOf(hash ?? '') : query;
    if (text === null) return unknownDocument(requested);
    if (query !== '' && hash !== null) {
      if (digest(query) !== hash) return { status: 400, code: 'GATEWAY_DOCUMENT_HASH_MISMATCH', message: OTHER_HASH };
      if (query.length <= TEXT_KEPT_MAX) this.sentBefore.set(hash, query);
    }
    if (this.options.membersNeedTrust && principal.kind === 'member') {
      const isTrusted = (await this.publishedText(hash ?? digest(text))) !== null;
      if (!isTrusted) return { status: 403, code: 'GATEWAY_DOCUMENT_NOT_TRUSTED', message: NOT_TRUSTED };
    }
    return { query: text };
  }

  private async textOf(hash: string): Promise<string | null> {
    return hash === '' ? null : (this.sentBefore.get(hash) ?? (await this.publishedText(hash)));
  }

  private async publishedText(hash: string): Promise<string | null> {
    const known = this.published.get(hash);
    const age = known === undefined ? Infinity : Date.now() - known.readAt;
    if (known !== undefined && age < FRESH_MS) return known.text;
    try {
      const text = await findDocument(this.options.database, hash);
      this.published.set(hash, { text, readAt: Date.now() });
      return text;
    } catch (error) {
      if (known === undefined || age >= STALE_MS) throw error;
      return known.text;
    }
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
