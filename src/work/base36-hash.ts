import { createHash } from "node:crypto";

/** Digits of a SHA-256 in base 36. */
const digits = 50;

/** The last `length` digits, in base 36 and lower case, of a text's hash. */
export function base36Hash(text: string, length: number): string {
  const hash = createHash("sha256").update(text).digest("hex");
  // Cut at the end, where each digit is as likely as the next.
  return BigInt(`0x${hash}`).toString(36).padStart(digits, "0").slice(-length);
}
