import { GotError } from "../base/errors.ts";
import {
  type ChainRecord,
  type ConfigRecord,
  type FileRecord,
  type InstallRecord,
  tiers,
} from "./install-record.ts";
import type { SavedEntry } from "./saved-entry.ts";

/**
 * Parses the text of `install.json`; unknown members are ignored.
 *
 * @throws GotError INSTALL_CONFLICT naming the file and the member, when it is broken or from a newer version: what it
 * says is needed to uninstall, so it is never overwritten.
 */
export function parseRecord(text: string, file: string): InstallRecord {
  const fail: Fail = (at, reason) => {
    throw broken(file, `${at} ${reason}`);
  };
  const root = object(parseJson(text, file), "the record", fail);
  if (root["version"] !== 1)
    fail("version", `is ${JSON.stringify(root["version"])}; this got-hooks understands 1`);
  const configFile = root["configFile"] ?? null;
  const sharedHooks = root["sharedHooks"] ?? null;
  return {
    version: 1,
    state: oneOf(["installing", "installed", "uninstalling"], root["state"], "state", fail),
    gotVersion: string(root["gotVersion"], "gotVersion", fail),
    tier: oneOf(tiers, root["tier"], "tier", fail),
    files: list(root["files"], "files", fail).map((value, index) =>
      fileRecord(value, `files[${index}]`, fail),
    ),
    chains: list(root["chains"], "chains", fail).map((value, index) =>
      chainRecord(value, `chains[${index}]`, fail),
    ),
    config: list(root["config"], "config", fail).map((value, index) =>
      configRecord(value, `config[${index}]`, fail),
    ),
    configFile: configFile === null ? null : configFileRecord(configFile, fail),
    sharedHooks: sharedHooks === null ? null : string(sharedHooks, "sharedHooks", fail),
    directories: strings(root["directories"], "directories", fail),
  };
}

type Fail = (at: string, reason: string) => never;
type Members = Readonly<Record<string, unknown>>;

function fileRecord(value: unknown, at: string, fail: Fail): FileRecord {
  const members = object(value, at, fail);
  return {
    path: string(members["path"], `${at}.path`, fail),
    how: oneOf(["whole", "part", "json", "seed"], members["how"], `${at}.how`, fail),
    ...(members["at"] === undefined ? {} : { at: strings(members["at"], `${at}.at`, fail) }),
    before: savedEntry(members["before"], `${at}.before`, fail),
    after: string(members["after"], `${at}.after`, fail),
  };
}

function chainRecord(value: unknown, at: string, fail: Fail): ChainRecord {
  const members = object(value, at, fail);
  return {
    path: string(members["path"], `${at}.path`, fail),
    chained: string(members["chained"], `${at}.chained`, fail),
    after: string(members["after"], `${at}.after`, fail),
  };
}

function configRecord(value: unknown, at: string, fail: Fail): ConfigRecord {
  const members = object(value, at, fail);
  return {
    key: string(members["key"], `${at}.key`, fail),
    before: strings(members["before"], `${at}.before`, fail),
    after: strings(members["after"], `${at}.after`, fail),
  };
}

function configFileRecord(value: unknown, fail: Fail): NonNullable<InstallRecord["configFile"]> {
  const members = object(value, "configFile", fail);
  return {
    before: savedEntry(members["before"], "configFile.before", fail),
    after: string(members["after"], "configFile.after", fail),
  };
}

function savedEntry(value: unknown, at: string, fail: Fail): SavedEntry {
  const members = object(value, at, fail);
  const kind = oneOf(["absent", "file", "link"], members["kind"], `${at}.kind`, fail);
  if (kind === "absent") return { kind };
  if (kind === "link") return { kind, target: string(members["target"], `${at}.target`, fail) };
  const mode = string(members["mode"], `${at}.mode`, fail);
  if (!/^[0-7]{1,4}$/.test(mode)) fail(`${at}.mode`, "is no octal mode");
  if (members["base64"] !== undefined)
    return { kind, mode, base64: string(members["base64"], `${at}.base64`, fail) };
  return { kind, mode, text: string(members["text"], `${at}.text`, fail) };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken(file, "it is not valid JSON", cause);
  }
}

function object(value: unknown, at: string, fail: Fail): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail(at, "is not an object");
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown, at: string, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail(at, "is not a list");
}

function strings(value: unknown, at: string, fail: Fail): readonly string[] {
  return list(value, at, fail).map((one, index) => string(one, `${at}[${index}]`, fail));
}

function string(value: unknown, at: string, fail: Fail): string {
  return typeof value === "string" ? value : fail(at, "is not a string");
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown, at: string, fail: Fail): Word {
  return words.find((word) => word === value) ?? fail(at, `is not one of ${words.join(", ")}`);
}

function broken(file: string, reason: string, cause?: unknown): GotError {
  return new GotError("INSTALL_CONFLICT", `${file} cannot be used: ${reason}`, {
    facts: { file },
    hint: "It is needed to undo the installation. Restore it, or move it away and install again.",
    ...(cause === undefined ? {} : { cause }),
  });
}
