import { limits } from "../../base/limits.ts";

/** A decimal number, exactly: `digits` × 10^-`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const lexeme = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,6}))?$/;

/** Reads a JSON number exactly; undefined for other tokens and for more than `limits.numberDigits` digits. */
export function parseDecimal(raw: string): Decimal | undefined {
  const match = lexeme.exec(raw);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const scale = fraction.length - Number(exponent);
  if (whole.length + fraction.length + Math.abs(scale) > limits.numberDigits) return undefined;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = align(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `base` plus what each side added to it. */
export function addDeltas(base: Decimal, ours: Decimal, theirs: Decimal): Decimal {
  const scale = Math.max(base.scale, ours.scale, theirs.scale);
  const at = (number: Decimal): bigint => number.digits * 10n ** BigInt(scale - number.scale);
  return { digits: at(ours) + at(theirs) - at(base), scale };
}

/** The shortest plain notation with the number's own count of decimals. */
export function formatDecimal({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

function align(a: Decimal, b: Decimal): [bigint, bigint] {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale)];
}
