import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Express } from 'express';
import { GRAPHIQL_HTML, GRAPHIQL_SCRIPT } from './graphiql-page';

/** Files of the page, by the name the page asks for them; nothing comes from another host. */
const FILES: Readonly<Record<string, { readonly of: string; readonly path: string }>> = {
  'react.js': { of: 'react', path: 'umd/react.production.min.js' },
  'react-dom.js': { of: 'react-dom', path: 'umd/react-dom.production.min.js' },
  'graphiql.js': { of: 'graphiql', path: 'graphiql.min.js' },
  'graphiql.css': { of: 'graphiql', path: 'graphiql.min.css' },
  'graphql-ws.js': { of: 'graphql-ws', path: 'umd/graphql-ws.min.js' },
};

/**
 * Nothing from elsewhere, no inline script, no frame around it. The editor sets styles from its script, and not every
 * browser takes the WebSocket of the same host for the same origin.
 */
function policy(host: string | undefined): string {
  const sockets = host !== undefined && /^[A-Za-z0-9.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self'${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Serves GraphiQL at `/graphiql` from the installed packages. */
export function serveGraphiql(app: Express): void {
  app.get('/graphiql', (request, response) => {
    response.setHeader('content-security-policy', policy(request.headers.host));
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.type('html').send(GRAPHIQL_HTML);
  });
  const read = new Map<string, Buffer>();
  app.get('/graphiql/:file', (request, response, next) => {
    const name = request.params.file;
    if (name !== 'page.js' && !Object.hasOwn(FILES, name)) return next();
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'max-age=3600');
    response.type(name.endsWith('.css') ? 'css' : 'js');
    if (name === 'page.js') return void response.send(GRAPHIQL_SCRIPT);
    const content = read.get(name) ?? readFile(name);
    read.set(name, content);
    return void response.send(content);
  });
}

function readFile(name: string): Buffer {
  const { of, path } = FILES[name] as { of: string; path: string };
  return readFileSync(join(packageFolder(of), path));
}

/** A package's folder; its own `package.json` may not be among what it lets others require. */
function packageFolder(name: string): string {
  const entry = require.resolve(name);
  const folder = join('node_modules', name);
  return entry.slice(0, entry.lastIndexOf(folder) + folder.length);
}
