import { Argument, Command, InvalidArgumentError } from 'commander';
import { SUBGRAPHS, type SubgraphName } from '../../kernel/context/principal';
import { readHubConfig, SUBGRAPH_PORTS } from '../composition/config';
import { serveGateway, serveOneSubgraph } from '../composition/serve-one';
import { closeOnSignal } from '../composition/shutdown';
import { print, tell } from '../console';

/** `hub serve`: one part of the hub as a process of its own. */
export function serveCommand(): Command {
  const ports = SUBGRAPHS.map((name) => `${name} ${SUBGRAPH_PORTS[name]}`).join(', ');
  return new Command('serve')
    .description('Runs one part of the hub in this process; the others are reached over HTTP (HUB_SUBGRAPH_URL_*).')
    .addArgument(new Argument('<part>', 'which part').choices(['gateway', ...SUBGRAPHS]))
    .option('--port <number>', `port to listen on (gateway: HUB_PORT; ${ports})`, readPort)
    .action(async (part: 'gateway' | SubgraphName, { port }: { port?: number }) => {
      const config = readHubConfig();
      const served =
        part === 'gateway'
          ? await serveGateway({ config, port: port ?? config.port, onProgress: tell })
          : await serveOneSubgraph(part, { config, port: port ?? SUBGRAPH_PORTS[part], onProgress: tell });
      print(`${part} answers at ${served.url}`);
      await closeOnSignal(served, () => tell(`stopping ${part}`));
      tell(`stopped ${part}`);
    });
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return port;
}
