/** Runs tasks with at most `most` under way; the first failure stops the rest from beginning. */
export async function runLimited<Task>(
  tasks: readonly Task[],
  most: number,
  run: (task: Task) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lanes = Array.from({ length: Math.min(most, tasks.length) }, async () => {
    while (next < tasks.length) {
      const task = tasks[next++] as Task;
      try {
        await run(task);
      } catch (error) {
        next = tasks.length;
        throw error;
      }
    }
  });
  await Promise.all(lanes);
}
