import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import t from "tap";
import { bundleWorker } from "../support/bundle-worker.ts";
import { testEnvironment } from "../support/sandbox.ts";
import { createStoreFolder } from "../support/store.ts";

await t.test("eight processes count one entity up: none of their increments is lost", async (t) => {
  const folder = createStoreFolder(t);
  const worker = await bundleWorker(
    path.resolve(import.meta.dirname, "../../bench/support/store-worker.ts"),
    folder.workTree,
  );
  const children: ChildProcess[] = Array.from({ length: 8 }, () =>
    spawn(process.execPath, [worker, folder.workTree, "increment", "all", "10"], {
      env: testEnvironment(folder.workTree),
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  t.teardown(() => children.forEach((child) => child.kill("SIGKILL")));
  await Promise.all(children.map((child) => once(child.stdout ?? child, "data")));
  const ends = children.map((child) => once(child, "exit"));
  for (const child of children) child.stdin?.write("go\n");
  for (const [code] of await Promise.all(ends)) t.equal(code, 0);
  const store = await folder.open();
  t.match(await store.get("counter:all"), { n: 80, version: 80 });
  await store.close();
});
