/** FNV-1a, 32 bits. */
export const fnvPrime = 0x0100_0193;
export const fnvOffset = 0x811c_9dc5 | 0;

/** FNV-1a over a range of bytes. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = fnvOffset;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), fnvPrime);
  return scatter(hash);
}

/** Spreads the bits of a hash, so that its low bits make a good table index. */
export function scatter(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85eb_ca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}
