/** The page: React, GraphiQL and the WebSocket client as their packages ship them, and a few lines that join them. */
export const GRAPHIQL_HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Loyalty Hub</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/graphiql/graphiql.css" />
    <style>body { margin: 0; } #graphiql { height: 100vh; }</style>
  </head>
  <body>
    <div id="graphiql">Loading …</div>
    <script src="/graphiql/react.js"></script>
    <script src="/graphiql/react-dom.js"></script>
    <script src="/graphiql/graphql-ws.js"></script>
    <script src="/graphiql/graphiql.js"></script>
    <script src="/graphiql/page.js"></script>
  </body>
</html>
`;

/**
 * How the page asks: queries and mutations by POST, subscriptions over a WebSocket of their own that says who it is by
 * the same headers. Written for browsers, hence as text.
 */
export const GRAPHIQL_SCRIPT = `'use strict';
(() => {
  const httpUrl = new URL('/graphql', location.href).href;
  const socketUrl = httpUrl.replace(/^http/, 'ws');

  async function post(params, headers) {
    const response = await fetch(httpUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(params),
    });
    return response.json();
  }

  function stream(params, headers) {
    return {
      subscribe(observer) {
        const client = graphqlWs.createClient({ url: socketUrl, connectionParams: headers, retryAttempts: 0 });
        const leave = client.subscribe(params, {
          next: (result) => observer.next(result),
          complete: () => observer.complete(),
          error: (error) => observer.error(error.code === undefined ? error : { closed: error.code, reason: error.reason }),
        });
        return { unsubscribe: () => { leave(); client.dispose(); } };
      },
    };
  }

  function isSubscription(documentAST, operationName) {
    return documentAST?.definitions.some(
      (definition) => definition.operation === 'subscription' && (!operationName || definition.name?.value === operationName),
    );
  }

  const fetcher = (params, options) => {
    const headers = options?.headers ?? {};
    return isSubscription(options?.documentAST, params.operationName) ? stream(params, headers) : post(params, headers);
  };

  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, { fetcher, shouldPersistHeaders: false, defaultEditorToolsVisibility: 'headers' }),
  );
})();
`;
