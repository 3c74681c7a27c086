import type { Step } from "../../install/step.ts";

/** A step as `--json` shows it: what happens to what, without contents. */
export function stepData(step: Step): Readonly<Record<string, unknown>> {
  switch (step.kind) {
    case "write":
      return {
        kind: step.to.kind === "absent" ? "remove" : step.from.kind === "absent" ? "create" : "change",
        path: step.path,
      };
    case "chain":
      return { kind: "chain", path: step.path, chained: step.chained };
    case "unchain":
      return { kind: "unchain", path: step.path, chained: step.chained };
    case "config":
      return { kind: "config", key: step.key, from: step.from, to: step.to };
    case "remove-directory":
      return { kind: "remove-directory", path: step.path };
  }
}
