import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { buildSchema, parse, validate, type GraphQLError } from 'graphql';
import { listDocuments, publishDocuments, retireDocument } from '../../gateway/main';
import { projectRoot } from '../../kernel/config/project-root';
import type { Database } from '../../kernel/db/database';
import { Fault } from '../../kernel/errors/fault';
import { digest } from '../../kernel/values/canonical';
import { overGatewayDatabase } from '../composition/gateway-database';
import { print } from '../console';

/** `hub operations`: the documents clients may name by their hash, and which alone members run in production. */
export function operationsCommand(): Command {
  const command = new Command('operations').description(
    'Publishes the documents clients may name by their SHA-256 instead of sending them. In production mode members may run no others.',
  );
  command
    .command('publish')
    .description('Trusts documents from now on: files, or folders of *.graphql. Prints the id of each as JSON.')
    .argument('<path...>', 'files or folders')
    .requiredOption('--client <name>', 'the program they belong to, such as portal')
    .action((paths: readonly string[], { client }: { client: string }) => publish(paths, client));
  command
    .command('list')
    .description('Prints every document that was published: id, client, name, and whether it is still trusted.')
    .action(() => overGatewayDatabase(list));
  command
    .command('retire')
    .description('Trusts a document no more; gateways know within two seconds.')
    .argument('<id>', 'as `hub operations list` prints it')
    .action((id: string) => overGatewayDatabase((database) => retire(database, id)));
  return command;
}

async function publish(paths: readonly string[], client: string): Promise<void> {
  const files = paths.flatMap(filesAt);
  if (files.length === 0) throw new Fault('HUB_OPERATIONS_NONE', `There is no *.graphql file in ${paths.join(', ')}.`);
  const documents = files.map((file) => {
    const text = readFileSync(file, 'utf8');
    return { id: digest(text), text, client, name: basename(file) };
  });
  assertValid(documents);
  await overGatewayDatabase((database) => publishDocuments(database, documents));
  print(JSON.stringify(Object.fromEntries(documents.map(({ name, id }) => [name, `sha256:${id}`])), null, 2));
}

function filesAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Fault('HUB_OPERATIONS_NONE', `There is no file or folder ${path}.`);
  if (found.isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => join(path, name));
}

/** A document that does not fit the schema would be refused at every call. */
function assertValid(documents: readonly { name: string; text: string }[]): void {
  const schema = buildSchema(readFileSync(join(projectRoot(), 'schema', 'api.graphql'), 'utf8'));
  const faults = documents.flatMap(({ name, text }) => faultsIn(text, schema).map((fault) => `${name}: ${fault}`));
  if (faults.length > 0) throw new Fault('HUB_OPERATIONS_INVALID', faults.join('\n  '));
}

function faultsIn(text: string, schema: ReturnType<typeof buildSchema>): string[] {
  try {
    return validate(schema, parse(text)).map(({ message }) => message);
  } catch (error) {
    return [(error as GraphQLError).message];
  }
}

async function list(database: Database): Promise<void> {
  for (const { id, client, name, publishedAt, retiredAt } of await listDocuments(database)) {
    const standing = retiredAt === null ? 'trusted' : `retired ${retiredAt.toISOString()}`;
    print(`${id}  ${client}  ${name}  published ${publishedAt.toISOString()}  ${standing}`);
  }
}

async function retire(database: Database, id: string): Promise<void> {
  if (!(await retireDocument(database, id.replace(/^sha256:/, ''))))
    throw new Fault('HUB_OPERATIONS_NONE', `No trusted document has the id ${id}.`);
  print(`${id} is retired`);
}
