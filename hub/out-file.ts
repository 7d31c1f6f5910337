import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '../kernel/errors/fault';

/**
 * Where a command is to write a file. Asked before its work begins: what took long is not lost for want of a folder.
 *
 * @returns the whole path; its folder is there
 * @throws Fault HUB_FILE_NOT_WRITABLE
 */
export function outFile(place: string): string {
  const file = resolve(place);
  const refuse = (why: string, cause?: unknown) =>
    new Fault('HUB_FILE_NOT_WRITABLE', `${place} cannot be written: ${why}`, { cause });
  try {
    mkdirSync(dirname(file), { recursive: true });
    const known = statSync(file, { throwIfNoEntry: false });
    accessSync(known === undefined ? dirname(file) : file, constants.W_OK);
    if (known?.isDirectory() !== true) return file;
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  throw refuse('it is a folder');
}
