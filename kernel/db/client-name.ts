/** What every connection of this process is called in `pg_stat_activity`, up to the purpose. */
export const clientNamePrefix = `hub:${process.pid}:`;

/**
 * The `application_name` of a connection. It carries our process number, so that whoever is about to stop a shared
 * server can tell its own connections from those of its neighbours.
 *
 * @param purpose what the connection is for, such as a subgraph's name; cut to the 63 bytes PostgreSQL keeps
 */
export function clientName(purpose: string): string {
  return `${clientNamePrefix}${purpose}`.slice(0, 63);
}
