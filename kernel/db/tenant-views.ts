import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { EntityManager, type DataSource } from 'typeorm';
import type { ProgrammeId } from '../values/id';
import { survivesLosses } from './borrow';

/** The setting of a connection that says whose rows it may reach; unset or empty: nobody's. See docs/adr/0033. */
export const TENANT_SETTING = 'hub.programme';

/** The role that requests of one programme run as; `provisionDatabase` makes it beside the application's. */
export function tenantRoleOf(applicationRole: string): string {
  return `${applicationRole}_tenant`;
}

/** A database as one programme sees it. */
export interface TenantView {
  readonly dataSource: DataSource;
  readonly pool: Pool;
}

/** Views kept at most; one is some hundred bytes, and the oldest goes first. */
const VIEWS_MAX = 10_000;
const SET_TENANT = `/* kernel.tenant.set */ select set_config('${TENANT_SETTING}', $1, false)`;

type Connected = (error: Error | undefined, client: PoolClient | undefined, release: (error?: unknown) => void) => void;

interface Handing {
  readonly release: (error?: unknown) => void;
  readonly told: Connected;
}

/** Whether a connection is in no transaction, as far as its last answer told. */
const isIdle = (client: PoolClient): boolean => client.getTransactionStatus() === 'I';

/**
 * A pool of connections under the tenant role, and a view of it for each programme. A connection is handed out only once it is set
 * to the programme of the view it is borrowed through; it keeps that setting until a view of another programme borrows it. One
 * that is given back inside a transaction is closed: undoing the transaction would undo a setting made in it as well, and the
 * next one would see the rows of the programme before.
 */
export class TenantViews {
  private readonly pool: Pool;
  private readonly views = new Map<ProgrammeId | '', TenantView>();
  /** What each connection is set to; one that is being set, or could not be, is not in it. */
  private readonly settings = new WeakMap<PoolClient, string>();

  /**
   * @param dataSource the application's own, whose rows and statements the views share
   * @param config     how to connect as the application, which may become the tenant role
   */
  constructor(
    private readonly dataSource: DataSource,
    { role, onError, ...config }: PoolConfig & { readonly role: string; readonly onError: (error: Error) => void },
  ) {
    // As an option of the connection, so that RESET ROLE and DISCARD ALL come back to it.
    this.pool = new Pool({ ...config, options: `-c role=${role.replaceAll(/[\\\s]/g, '\\$&')}` });
    this.pool.on('error', onError);
    survivesLosses(this.pool);
  }

  /** The rows of one programme; of none for null. */
  of(programmeId: ProgrammeId | null): TenantView {
    const tenant = programmeId ?? '';
    const known = this.views.get(tenant);
    if (known !== undefined) return known;
    if (this.views.size >= VIEWS_MAX) this.views.delete(this.views.keys().next().value!);
    const pool = this.poolOf(tenant);
    const view = { pool, dataSource: viewOf(this.dataSource, pool) };
    this.views.set(tenant, view);
    return view;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** The pool, but what is borrowed is set to the tenant first; `query` of `pg` borrows through `connect` as well. */
  private poolOf(tenant: string): Pool {
    const connect = (told: Connected): void =>
      this.pool.connect((error, client, release) => {
        if (error !== undefined || client === undefined) told(error, client, release);
        else if (this.settings.get(client) === tenant) this.handOut(client, { release, told });
        else this.set(client, tenant, { release, told, again: () => connect(told) });
      });
    const either = (told?: Connected): unknown =>
      told === undefined
        ? new Promise((resolve, reject) => connect((error, client) => (error ? reject(error) : resolve(client))))
        : connect(told);
    return Object.create(this.pool, { connect: { value: either } }) as Pool;
  }

  /** Whoever borrows one gives it back by one of these two. */
  private handOut(client: PoolClient, { release, told }: Handing): void {
    const giveBack = (error?: unknown): void => release(error ?? !isIdle(client));
    client.release = giveBack;
    told(undefined, client, giveBack);
  }

  /** A connection that cannot be set is closed, never given back. */
  private set(
    client: PoolClient,
    tenant: string,
    { release, told, again }: Handing & { readonly again: () => void },
  ): void {
    this.settings.delete(client);
    // One that is lost meanwhile fails the statement; without a listener of its own it would end the process as well.
    const lost = (): void => undefined;
    client.on('error', lost);
    client.query(SET_TENANT, [tenant]).then(
      () => {
        client.off('error', lost);
        if (isIdle(client)) {
          this.settings.set(client, tenant);
          this.handOut(client, { release, told });
        } else {
          // Its last user gave it back while the statement that begins one was still under way.
          release(true);
          again();
        }
      },
      (error: Error) => {
        release(error);
        client.off('error', lost);
        told(error, undefined, () => undefined);
      },
    );
  }
}

/** The data source over another pool: everything but the way to connections is the original's. */
function viewOf(dataSource: DataSource, pool: Pool): DataSource {
  const view = Object.create(dataSource) as DataSource;
  const driver = Object.create(dataSource.driver) as DataSource['driver'];
  Object.defineProperties(driver, {
    master: { value: pool },
    dataSource: { value: view },
    connection: { value: view },
  });
  Object.defineProperties(view, { driver: { value: driver }, manager: { value: new EntityManager(view) } });
  return view;
}
