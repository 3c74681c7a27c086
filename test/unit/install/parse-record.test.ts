import t from "tap";
import { GotError } from "../../../src/base/errors.ts";
import { emptyRecord, formatRecord, type InstallRecord } from "../../../src/install/install-record.ts";
import { parseRecord } from "../../../src/install/parse-record.ts";
import { fingerprint, loadEntry, saveEntry } from "../../../src/install/saved-entry.ts";

const record: InstallRecord = {
  ...emptyRecord("1.2.3", "husky"),
  state: "installed",
  files: [
    { path: "got/x", how: "whole", before: { kind: "absent" }, after: "absent" },
    {
      path: "../package.json",
      how: "json",
      at: ["a"],
      before: { kind: "file", mode: "0644", base64: "/w==" },
      after: "x",
    },
    { path: "/l", how: "part", before: { kind: "link", target: "t" }, after: "x" },
  ],
  chains: [{ path: "hooks/a", chained: "hooks/a.got-chained", after: "x" }],
  config: [{ key: "a.b", before: ["x"], after: [] }],
  configFile: { before: { kind: "file", mode: "0600", text: "é" }, after: "x" },
  directories: ["info"],
};

await t.test("a record is read as it was written", async (t) => {
  t.strictSame(parseRecord(formatRecord(record), "install.json"), record);
});

await t.test("a broken or newer record is refused with the file and the member", async (t) => {
  const reasonOf = (text: string): string => {
    try {
      parseRecord(text, "/x/install.json");
    } catch (error) {
      if (error instanceof GotError && error.code === "INSTALL_CONFLICT") return error.message;
      throw error;
    }
    return "accepted";
  };
  const changed = (change: object): string => JSON.stringify({ ...record, ...change });
  t.equal(reasonOf("{"), "/x/install.json cannot be used: it is not valid JSON");
  t.match(reasonOf("[]"), /the record is not an object/);
  t.match(reasonOf(changed({ version: 2 })), /version is 2; this got-hooks understands 1/);
  t.match(reasonOf(changed({ tier: "magic" })), /tier is not one of/);
  t.match(reasonOf(changed({ files: {} })), /files is not a list/);
  t.match(reasonOf(changed({ files: [{ path: 1 }] })), /files\[0\]\.path is not a string/);
  t.match(
    reasonOf(
      changed({
        files: [{ path: "a", how: "part", before: { kind: "file", mode: "9", text: "" }, after: "x" }],
      }),
    ),
    /files\[0\]\.before\.mode is no octal mode/,
  );
});

await t.test("every byte of an entry survives being saved", async (t) => {
  const bytes = Buffer.from([0, 255, 10, 0xc3, 0x28]);
  for (const content of [bytes, Buffer.from("text é\r\n")]) {
    const entry = { kind: "file", mode: 0o4751, content } as const;
    t.equal(fingerprint(loadEntry(saveEntry(entry))), fingerprint(entry));
  }
});
