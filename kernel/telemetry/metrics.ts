import { collectDefaultMetrics, Counter, Gauge, Histogram, register } from 'prom-client';

/**
 * What this process measures, in the text format that Prometheus scrapes. Names begin with `hub_`; durations are in seconds;
 * labels have few values and never name a person, a partner or a member.
 */

/** A number that only grows, such as requests. The same name answers the same counter. */
export function counter<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): Counter<Label> {
  const known = register.getSingleMetric(name) as Counter<Label> | undefined;
  return known ?? new Counter({ name, help, labelNames: [...labelNames] });
}

/** A number that rises and falls, such as open sockets. */
export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  const known = register.getSingleMetric(name) as Gauge<Label> | undefined;
  return known ?? new Gauge({ name, help, labelNames: [...labelNames] });
}

/** What is read when it is scraped; named again, it is read anew. */
export function reading<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  read: () => readonly { readonly labels: Record<Label, string>; readonly value: number }[],
): void {
  register.removeSingleMetric(name);
  const known = new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    collect: () => read().forEach(({ labels, value }) => known.set(labels, value)),
  });
}

/** How long something takes, in seconds: from a tenth of a millisecond to ten seconds. */
export function duration<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): Histogram<Label> {
  const known = register.getSingleMetric(name) as Histogram<Label> | undefined;
  return known ?? new Histogram({ name, help, labelNames: [...labelNames], buckets: BUCKETS });
}

const BUCKETS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

let hasProcessMetrics = false;

/** All that was measured, with the process's own memory, processor and event loop; and the text's media type. */
export async function scrape(): Promise<{ text: string; contentType: string }> {
  if (!hasProcessMetrics) {
    collectDefaultMetrics();
    hasProcessMetrics = true;
  }
  return { text: await register.metrics(), contentType: register.contentType };
}
