/**
 * A failure of the machine or its configuration that has a name, such as an unreachable data folder: thrown, shown in
 * words by the command line, never to a client of the graph.
 */
export class Fault extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'Fault';
  }
}
