/** sha256 of a text's UTF-8 bytes, in hex. */
export function sha256Hex(text: string): string {
  // Loaded when it is needed: it would take 4 ms of every merge driver's start, and few documents carry a checksum.
  // oxlint-disable-next-line no-restricted-globals -- the only way to a built-in module that is neither async nor bundled early
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** sha256 of bytes, in hex. */
export function sha256Bytes(bytes: Uint8Array): string {
  // oxlint-disable-next-line no-restricted-globals -- as above
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(bytes).digest("hex");
}
