import { send } from './send';

/** How many a gateway has turned away, by code, as its metrics say. */
export type Refusals = Readonly<Record<string, number>>;

export async function refusals(url: string): Promise<Refusals> {
  const { text } = await send(`${url}/metrics`, { method: 'GET', headers: {} });
  const lines = text.matchAll(/^hub_gateway_refused_total\{code="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, code, count]) => [code as string, Number(count)]));
}

/** What was turned away between two looks. */
export function since(before: Refusals, after: Refusals): Refusals {
  const grown = Object.entries(after).map(([code, count]) => [code, count - (before[code] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count !== 0));
}
