#!/usr/bin/env node
import { createContext } from "./context.ts";
import { runCli } from "./run-cli.ts";

// A reader that closes the pipe early (`got-hooks … | head`) has seen enough: that is no error of ours.
// Every other failure to write reaches the writer's callback in run-cli.ts.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
process.exitCode = await runCli(process.argv.slice(2), createContext(), process.stdout, process.stderr);
