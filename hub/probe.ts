/** Asks one address whether it is ready, for the health checks of containers: exit code 0 when it answers 200. */
async function probe(url: string): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_500) }).catch(() => null);
  return response?.status === 200 ? 0 : 1;
}

void probe(process.argv[2] ?? '').then((exitCode) => {
  process.exitCode = exitCode;
});
