import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { RequestContext } from '../../kernel/context/request-context';
import { LocalLink } from '../../kernel/graph/local-link';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';

/** A subgraph that answers whoever reaches it. */
export interface UnsignedSubgraph {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a subgraph without signatures, for the gateways of others: queries by `POST /graphql`, streams over
 * `graphql-transport-ws` at the same path.
 */
export async function serveUnsigned(open: OpenSubgraph): Promise<UnsignedSubgraph> {
  const link = new LocalLink(open.name, open.schema, (context) => open.createContext(context));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { query: string; variables?: object };
      void link.execute({ query: body.query, variables: body.variables as never, context: nobody() }).then((result) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
      });
    });
  });
  server.keepAliveTimeout = 65_000;
  const sockets = new WebSocketServer({ server, path: '/graphql' });
  const streams = useServer(
    {
      onSubscribe: (_socket, _id, { query, variables }) => ({
        schema: open.schema,
        document: parse(query),
        contextValue: { query, variables: variables ?? undefined },
      }),
      subscribe: (args) => link.subscribe({ ...(args.contextValue as { query: string }), context: nobody() }),
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await streams.dispose();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function nobody(): RequestContext {
  return { principal: { kind: 'anonymous' }, requestId: 'bench', deadlineAt: new Date(Date.now() + 5_000) };
}
