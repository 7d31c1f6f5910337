import type { SubgraphLink } from '../../kernel/graph/link';
import type { Logger } from '../../kernel/telemetry/log';
import { newId, type ProgrammeId } from '../../kernel/values/id';

/** How long uses are gathered before partners is told of them. */
const GATHER_MS = 5_000;
/** Keys of one programme in one command. */
const AT_ONCE = 1_000;
const PATIENCE_MS = 3_000;

const NOTE = 'mutation NotePartnerKeyUses($uses: [PartnerKeyUseInput!]!) { notePartnerKeyUses(uses: $uses) }';

interface Use {
  readonly programmeId: ProgrammeId;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

/**
 * When partner keys were used last. Gathered in memory and told to partners for many requests at once, so that a request writes
 * nothing; what cannot be told now is told with the next, and a killed process loses its last few seconds.
 */
export class KeyUses {
  private gathered = new Map<string, Use>();
  private due: NodeJS.Timeout | null = null;
  private telling: Promise<void> = Promise.resolve();
  private isOpen = true;

  /** @param link the way to partners; undefined where there is nobody to be told */
  constructor(
    private readonly link: SubgraphLink | undefined,
    private readonly log: Logger,
    private readonly gatherMs = GATHER_MS,
  ) {}

  used({ keyId, programmeId }: { readonly keyId: string; readonly programmeId: ProgrammeId }): void {
    if (this.link === undefined || !this.isOpen) return;
    this.gathered.set(keyId, { programmeId, usedAt: Date.now() });
    this.due ??= setTimeout(() => this.tell(), this.gatherMs).unref();
  }

  /** Tells what was gathered, once more. */
  async stop(): Promise<void> {
    this.isOpen = false;
    if (this.due !== null) clearTimeout(this.due);
    this.tell();
    await this.telling;
  }

  private tell(): void {
    this.due = null;
    this.telling = this.telling.then(() => this.tellAll());
  }

  private async tellAll(): Promise<void> {
    const { gathered } = this;
    this.gathered = new Map();
    const byProgramme = new Map<ProgrammeId, (readonly [string, Use])[]>();
    for (const entry of gathered) {
      const { programmeId } = entry[1];
      const uses = byProgramme.get(programmeId);
      if (uses === undefined) byProgramme.set(programmeId, [entry]);
      else uses.push(entry);
    }
    for (const [programmeId, uses] of byProgramme)
      for (let at = 0; at < uses.length; at += AT_ONCE) await this.tellSome(programmeId, uses.slice(at, at + AT_ONCE));
  }

  private async tellSome(programmeId: ProgrammeId, uses: readonly (readonly [string, Use])[]): Promise<void> {
    try {
      const { errors } = await this.link!.execute({
        query: NOTE,
        operationName: 'NotePartnerKeyUses',
        variables: { uses: uses.map(([keyId, { usedAt }]) => ({ keyId, usedAt: new Date(usedAt).toISOString() })) },
        context: {
          principal: { kind: 'service', name: 'gateway', programmeId },
          requestId: newId('req'),
          deadlineAt: new Date(Date.now() + PATIENCE_MS),
        },
      });
      if (errors !== undefined) throw new Error(errors[0]?.message);
    } catch (error) {
      this.log.warn({ event: 'keys.uses.untold', err: error });
      this.keep(uses);
    }
  }

  /** Puts back what could not be told, unless something later is known by now. */
  private keep(uses: readonly (readonly [string, Use])[]): void {
    for (const [keyId, use] of uses) if (!this.gathered.has(keyId)) this.gathered.set(keyId, use);
    if (this.isOpen) this.due ??= setTimeout(() => this.tell(), this.gatherMs).unref();
  }
}
