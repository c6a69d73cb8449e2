// Two servers beside one database, as replicas run behind a balancer: the first one's private database is an outside one
// to the second.
import { startBeside, startServer } from "./server.js";

export async function startReplicas() {
  const first = await startServer();
  try {
    const second = await startBeside(first);
    return {
      first,
      second,
      async stop() {
        await second.stop();
        await first.stop();
      },
    };
  } catch (error) {
    await first.stop();
    throw error;
  }
}
