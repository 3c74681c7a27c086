import { connect, createServer, type Socket } from "node:net";

/** A stand-in for a network: hands bytes on to a local port, each way `delayMs` later and in order. */
export interface DelayedLink {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export async function openDelayedLink(target: number, delayMs: number): Promise<DelayedLink> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: "127.0.0.1", noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => void setTimeout(() => to.writable && to.write(bytes), delayMs));
      from.on("close", () => void setTimeout(() => to.destroy(), delayMs));
      from.on("error", () => from.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
