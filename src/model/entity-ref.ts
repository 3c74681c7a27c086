/** An entity's name: `task:T-1` is type `task`, id `T-1`, and stands in `.got/entities/task/T-1.json`. */
export interface EntityRef {
  readonly type: string;
  readonly id: string;
}

/** Bytes of a type or id: with `.json` and a temporary file's affixes it still fits into one file name. */
const nameBytes = 200;

/** Names that Windows takes for devices, whatever extension follows. */
const reservedNames = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

export type ParsedRef =
  | { readonly kind: "parsed"; readonly ref: EntityRef }
  | { readonly kind: "invalid"; readonly reason: string };

/** Parses `<type>:<id>`. The first colon divides. */
export function parseRef(text: string): ParsedRef {
  const at = text.indexOf(":");
  if (at === -1) return { kind: "invalid", reason: "it is not written as <type>:<id>" };
  const ref = { type: text.slice(0, at), id: text.slice(at + 1) };
  const reason = complaintAboutRef(ref);
  return reason === null ? { kind: "parsed", ref } : { kind: "invalid", reason };
}

/** Says what is wrong with a type or an id, or null when both can be names of files everywhere. */
export function complaintAboutRef(ref: EntityRef): string | null {
  const type = complaintAboutName(ref.type);
  if (type !== null) return `the type ${type}`;
  const id = complaintAboutName(ref.id);
  return id === null ? null : `the id ${id}`;
}

function complaintAboutName(name: string): string | null {
  if (name === "") return "is empty";
  if (/\p{Cc}/u.test(name)) return "has a control character";
  if (/\p{Surrogate}/u.test(name)) return "has half of a surrogate pair";
  const bad = /[/\\:*?"<>|]/.exec(name)?.[0];
  if (bad !== undefined) return `has the character ${bad}, which no file name may have everywhere`;
  if (name.startsWith(".") || name.startsWith("-")) return `starts with ${name[0]}`;
  if (name.endsWith(".") || name.endsWith(" ") || name.startsWith(" "))
    return "starts or ends with a space, or ends with a dot";
  if (Buffer.byteLength(name) > nameBytes) return `is longer than ${nameBytes} bytes`;
  if (reservedNames.test(name)) return "is a reserved name on Windows";
  return null;
}

/** Two names with one folded form are one file on disks that ignore case or Unicode composition. */
export function foldedName(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}
