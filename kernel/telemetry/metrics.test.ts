import { counter, duration, gauge, scrape } from './metrics';

describe('what a process measures', () => {
  it('is scraped as text with the process’s own figures', async () => {
    counter('hub_test_requests_total', 'Requests of this test.', ['kind']).inc({ kind: 'query' }, 3);
    gauge('hub_test_open', 'Things open in this test.').set(7);
    duration('hub_test_seconds', 'How long this test takes.', ['kind']).observe({ kind: 'query' }, 0.002);
    const { text, contentType } = await scrape();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('hub_test_requests_total{kind="query"} 3');
    expect(text).toContain('hub_test_open 7');
    expect(text).toContain('hub_test_seconds_bucket{le="0.0025",kind="query"} 1');
    expect(text).toContain('process_cpu_seconds_total');
    expect((await scrape()).text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('is one measure however often it is named', () => {
    const name = 'hub_test_twice_total';
    expect(counter(name, 'Once.', [])).toBe(counter(name, 'Twice.', []));
  });
});
