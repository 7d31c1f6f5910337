/** Ends a command with exit code 1 when all there is to say was already said. */
export class Failed extends Error {}

/** A line for the person at the terminal: standard error, so that standard output stays what was asked for. */
export function tell(line: string): void {
  process.stderr.write(`hub: ${line}\n`);
}

/** A line of what was asked for. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
