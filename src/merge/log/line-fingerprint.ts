import { Buffer } from "node:buffer";
import { canonicalLine } from "./canonical-line.ts";
import { fnvOffset, fnvPrime, scatter } from "./hash-bytes.ts";

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const unicodeEscape = Buffer.from(String.raw`\u`);
const slashEscape = Buffer.from(String.raw`\/`);

/**
 * A 32-bit hash that is equal for lines with the same canonical JSON, so that only lines that share it need parsing:
 * the sum over what stands between brackets and commas, white space outside strings left out. Key order, spacing and
 * line terminators do not change it; escapes that canonical JSON would write otherwise are resolved first.
 */
export function lineFingerprint(content: Buffer): number {
  if (content.indexOf(unicodeEscape) >= 0 || content.indexOf(slashEscape) >= 0) {
    const canonical = canonicalLine(content);
    if (canonical !== null) return hashPieces(Buffer.from(canonical));
  }
  return hashPieces(content);
}

function hashPieces(bytes: Buffer): number {
  let sum = 0;
  let piece = fnvOffset;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      piece = Math.imul(piece ^ byte, fnvPrime);
      if (byte === backslash) piece = Math.imul(piece ^ (bytes[++at] ?? 0), fnvPrime);
      else if (byte === quote) inString = false;
      continue;
    }
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    if (byte === quote) inString = true;
    // Brackets differ from braces in bit 5 only: { } [ ] are 7b 7d 5b 5d.
    if (byte === comma || (byte | 0x20) === 0x7b || (byte | 0x20) === 0x7d) {
      sum = (sum + scatter(piece) + byte) | 0;
      piece = fnvOffset;
    } else piece = Math.imul(piece ^ byte, fnvPrime);
  }
  return scatter((sum + scatter(piece)) | 0);
}
